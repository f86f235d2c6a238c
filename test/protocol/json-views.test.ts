import { describe, expect, test } from "vitest";
import { JsonDouble, jsonObject, printJson } from "../../host/protocol/json.js";
import { coinToJSON, stateVariableToJSON, tokenToJSON } from "../../host/protocol/json-views/coin-json.js";
import { javaDateText } from "../../host/protocol/json-views/java-date.js";
import { txpowToJSON } from "../../host/protocol/json-views/txpow-json.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { stateVariableFromText } from "../../host/protocol/state-variable.js";
import { tokenId } from "../../host/protocol/token.js";
import { sampleCoin, sampleToken, sampleTxPoW } from "./samples.js";

describe("Java dates", () => {
  test.each([
    [1_700_000_777_132n, "UTC", "Tue Nov 14 22:26:17 UTC 2023"],
    [0n, "UTC", "Thu Jan 01 00:00:00 UTC 1970"],
    [1_700_000_777_132n, "Europe/Berlin", "Tue Nov 14 23:26:17 CET 2023"],
    [1_690_000_000_000n, "Europe/Berlin", "Sat Jul 22 06:26:40 CEST 2023"],
    [1_700_000_777_132n, "America/New_York", "Tue Nov 14 17:26:17 EST 2023"],
    [-12_219_292_800_000n, "UTC", "Fri Oct 15 00:00:00 UTC 1582"],
    [-12_219_292_800_001n, "UTC", "Thu Oct 04 23:59:59 UTC 1582"],
    [-62_135_769_600_001n, "UTC", "Fri Dec 31 23:59:59 UTC 1"],
    [-(1n << 63n), "UTC", "Sun Dec 02 16:47:04 UTC 292269055"],
    [(1n << 63n) - 1n, "UTC", "Sun Aug 17 07:12:55 UTC 292278994"],
  ])("%d in %s", (millis, zone, text) => {
    expect(javaDateText(millis, zone)).toBe(text);
  });
});

describe("JSON of objects", () => {
  test("a state variable has bare numbers", () => {
    expect(printJson(stateVariableToJSON(stateVariableFromText(3, "1.50")))).toBe('{"port":3,"type":2,"data":"1.5"}');
  });

  test("a simple state is an object of texts", () => {
    const coin = sampleCoin({ state: [stateVariableFromText(0, "true"), stateVariableFromText(7, "[a/b]")] });
    expect(printJson(coinToJSON(coin, "simple"))).toContain('"state":{"0":"TRUE","7":"[a\\/b]"}');
    expect(printJson(coinToJSON(coin))).toContain('"state":[{"port":0,"type":8,"data":"TRUE"},');
  });

  test("a token amount is there only with a token", () => {
    const token = sampleToken({ scale: MiniNumber.of(1) });
    expect(coinToJSON(sampleCoin()).has("tokenamount")).toBe(false);
    expect(coinToJSON(sampleCoin({ token, tokenid: tokenId(token) })).get("tokenamount")).toBe("100");
  });

  test.each([
    ['{"name":"a"}', '"name":{"name":"a"},'],
    [' \n{"b":1,', '"name": \n{"b":1,,'],
    ["plain", '"name":"plain",'],
    ["[1]", '"name":"[1]",'],
  ])("the token name %j", (name, printed) => {
    expect(printJson(tokenToJSON(sampleToken({ name })))).toContain(printed);
  });

  test("a TxPoW without body burns nothing and has the text null for a body", () => {
    const json = txpowToJSON(sampleTxPoW(null), "UTC");
    expect([printJson(json.get("burn") ?? ""), json.get("hasbody"), json.get("body")]).toEqual(["0", false, "null"]);
  });

  test("keys come in the order of the reference", () => {
    expect([...txpowToJSON(sampleTxPoW(), "UTC").keys()].join(" ")).toBe(
      "txpowid isblock istransaction superblock size burn header hasbody body",
    );
    expect(printJson(jsonObject(["b", new JsonDouble(1)], undefined, ["a", 2n]))).toBe('{"b":1.0,"a":2}');
  });
});

describe("state variables from text (spec 02 §3)", () => {
  test.each([
    ["0xabc", 1, "0x0ABC"],
    ["0X", 1, ""],
    ["Mx8002JVVHNZ", 1, ""],
    ["TrUe", 8, "TRUE"],
    ["fal\u017Fe", 8, "FALSE"],
    ["[]", 4, "[]"],
    ["1E3", 2, "1000"],
  ])("%j", (text, type, value) => {
    expect(stateVariableFromText(1, text)).toEqual({ port: 1, type, text: value });
  });

  test.each(["", " ", "[", "]", "hello", "12 ", "0xZZ", "MxZZ", "18446744073709551616"])("%j is refused", (text) => {
    expect(() => stateVariableFromText(1, text)).toThrow();
  });

  test.each([-1, 256, 1.5])("port %d is refused", (port) => {
    expect(() => stateVariableFromText(port, "1")).toThrow();
  });
});
