import { describe, expect, test } from "vitest";
import { parseJson } from "../host/protocol/json.js";
import { type CompareRules, compareJson, formOf } from "./conformance/rpc/compare-json.js";
import { IdMap } from "./conformance/rpc/id-map.js";
import { splitHttp } from "./conformance/rpc/raw-http.js";
import { firstHeight, heightIn, hookPort, seedPhrase, selectionHeight } from "./conformance/rpc/recording.js";

const A = `0x${"A".repeat(64)}`;
const B = `0x${"B".repeat(64)}`;
const C = `0x${"C".repeat(64)}`;

function compare(recorded: unknown, ours: unknown, rules: Partial<CompareRules> = {}): string[] {
  const all = { ids: new IdMap(), exact: false, consistent: true, ...rules };
  return [...compareJson(parseJson(JSON.stringify(recorded)), parseJson(JSON.stringify(ours)), all).differences];
}

describe("comparing answers with recorded ones", () => {
  test("sees keys, their order and types", () => {
    expect(compare({ a: 1, b: "x" }, { a: 2, b: "x" })).toEqual([]);
    expect(compare({ a: 1, b: "x" }, { b: "x", a: 1 })).toHaveLength(1);
    expect(compare({ a: 1 }, { a: 1, b: 2 })).toHaveLength(1);
    expect(compare({ a: 1 }, { a: "1" })).toHaveLength(1);
    expect(compare({ a: null }, { a: {} })).toHaveLength(1);
    expect(compare({ a: true }, { a: false })).toHaveLength(1);
    expect(compare({ a: [1, 2] }, { a: [1] })).toHaveLength(1);
    expect(compare({ proof: [{ left: true }, { left: false }] }, { proof: [{ left: true }] })).toEqual([]);
    expect(compare({ proof: [{ left: true }] }, { proof: [{ right: true }] })).toHaveLength(1);
  });

  test("compares the form of texts that vary, and the others as they are", () => {
    expect(formOf("0 Years 2 Minutes, 68.0 KB, 192.0.2.2")).toBe("<n> Years <n> Minutes, <size>, <ip>");
    expect(compare({ a: A, b: "12" }, { a: B, b: "7.5" })).toEqual([]);
    expect(compare({ a: A }, { a: "0x00" })).toHaveLength(1);
    expect(compare({ a: "RETURN TRUE" }, { a: "RETURN FALSE" })).toHaveLength(1);
    expect(compare({ amount: "1.5" }, { amount: "1.50" })).toHaveLength(1);
    expect(compare({ a: A }, { a: B }, { exact: true })).toHaveLength(1);
  });

  test("finds coins in another order, and ids that mean something else than before", () => {
    const ids = new IdMap();
    const coin = (coinid: string, amount: string): unknown => ({ coinid, amount });
    expect(compare([coin(A, "1"), coin(B, "2")], [coin(C, "2"), coin(B, "1")], { ids })).toEqual([]);
    ids.learn(A, C);
    expect(compare({ coinid: A }, { coinid: B }, { ids })).toHaveLength(1);
    expect(compare({ coinid: A }, { coinid: C }, { ids })).toEqual([]);
  });
});

test("ids and ports of a request are replaced wherever they stand", () => {
  const ids = new IdMap();
  ids.share([`RETURN SIGNEDBY(${C})`]);
  ids.learn(A, B);
  ids.learn(C, A);
  ids.learnPort(9171, 4000);
  expect(ids.translate(`send multi:["${A}:1","${C}:2"] hook:http://127.0.0.1:9171/all 127.0.0.1:1`)).toBe(
    `send multi:["${B}:1","${C}:2"] hook:http://127.0.0.1:4000/all 127.0.0.1:1`,
  );
});

test("a recording tells its seed, its height and its web hook", () => {
  const answer = (value: unknown): string => JSON.stringify(value);
  const recording = [
    { request: "webhooks action:add hook:http://127.0.0.1:9171/all", response: answer({ status: true }) },
    { request: "healthcheck", response: answer({ response: { chain: { tip: "9" } } }) },
    { wait_blocks: 2 },
    { request: "vault action:seed", response: answer({ response: { phrase: "A B" } }) },
    { request: "quit", response: "" },
  ];
  expect([seedPhrase(recording), firstHeight(recording), hookPort(recording)]).toEqual(["A B", 9, 9171]);
  const proof = { coin: { created: "3" }, proof: { blocktime: "4" } };
  const made = { response: { isblock: false, superblock: -1, header: { block: "14" }, body: { witness: { mmrproofs: [proof] } } } };
  expect([heightIn(parseJson(answer(made))), selectionHeight(parseJson(answer(made)))]).toEqual([13, 12]);
});

test("a response is split whatever its line ends", () => {
  const parts = { statusLine: "HTTP/1.1 200 OK", headers: ["A: b"], body: "x\r\n\r\ny" };
  expect(splitHttp("HTTP/1.1 200 OK\nA: b\n\nx\r\n\r\ny")).toEqual(parts);
  expect(splitHttp("HTTP/1.1 200 OK\r\nA: b\r\n\r\nx\r\n\r\ny")).toEqual(parts);
  expect(splitHttp("")).toBeNull();
});
