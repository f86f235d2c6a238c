import { expect, test } from "vitest";
import { MLSServer } from "../../host/maxima/mls-server.js";
import { TextList } from "../../host/maxima/text-list.js";
import { readMLSPacketGETResp } from "../../host/protocol/messages/mls.js";
import { decode } from "../../host/protocol/reader.js";
import { textStore } from "./post-office.js";

const UNKNOWN = Uint8Array.of(2);
const DAY_MS = 24 * 3600 * 1000;

function server(limits = { entries: 3, keys: 2, text: 20, total: 100 }): { mls: MLSServer; time: { now: number } } {
  const time = { now: 1_000_000 };
  return { mls: new MLSServer(new TextList(textStore(), "permanent"), () => time.now, limits), time };
}

test("only those on the list get an address, compared as text", () => {
  const { mls } = server();
  mls.set("0xAA", { identity: "Mx@h:1", publicKeys: ["0xBB", "0xCC"] });
  const asked = { publicKey: "0xAA", randomUid: "0x07" };
  expect(decode(readMLSPacketGETResp, mls.get("0xBB", asked))).toEqual({ publicKey: "0xAA", address: "Mx@h:1", randomUid: "0x07" });
  expect(mls.get("0xbb", asked)).toEqual(UNKNOWN);
  expect(mls.get("0xAA", asked)).toEqual(UNKNOWN);
  expect(mls.get("0xBB", { ...asked, publicKey: "0xDD" })).toEqual(UNKNOWN);
  mls.set("0xAA", { identity: "Mx@h:2", publicKeys: [] });
  expect(mls.get("0xBB", asked)).toEqual(UNKNOWN);
  mls.permanent.add("0xAA");
  expect(decode(readMLSPacketGETResp, mls.get("0xDD", asked)).address).toBe("Mx@h:2");
  mls.permanent.clear();
  expect(mls.get("0xDD", asked)).toEqual(UNKNOWN);
});

test("entries live for a day, and make room for new ones", () => {
  const { mls, time } = server();
  for (const [i, from] of ["0x01", "0x02", "0x03", "0x01", "0x04"].entries()) {
    time.now += 1;
    mls.set(from, { identity: `i${i}`, publicKeys: [] });
  }
  expect(mls.entries().map(({ publicKey, identity }) => [publicKey, identity])).toEqual([
    ["0x03", "i2"],
    ["0x01", "i3"],
    ["0x04", "i4"],
  ]);
  time.now += DAY_MS - 1;
  mls.purge();
  expect(mls.entries().map(({ publicKey }) => publicKey)).toEqual(["0x04"]);
});

test("what is too large is not kept, and all together stays bounded", () => {
  const { mls } = server();
  mls.set("0x01", { identity: "i", publicKeys: ["a", "b", "c"] });
  mls.set("0x01", { identity: "i".repeat(21), publicKeys: [] });
  mls.set("0x01", { identity: "i", publicKeys: ["k".repeat(21)] });
  expect(mls.entries()).toEqual([]);
  for (const from of ["0x01", "0x02", "0x03"]) mls.set(from, { identity: "i".repeat(20), publicKeys: ["k".repeat(20)] });
  expect(mls.entries().map(({ publicKey }) => publicKey)).toEqual(["0x02", "0x03"]);
});
