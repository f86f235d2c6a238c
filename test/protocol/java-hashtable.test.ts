import { describe, expect, test } from "vitest";
import { hashSetOrder, hashtableOrder } from "../../host/protocol/java-hashtable.js";

const order = (...keys: readonly string[]): string[] => hashtableOrder(new Map(keys.map((key) => [key, 0]))).map(([key]) => key);

/** What java.util.Hashtable gives for the same puts. */
describe("the order of Java's Hashtable", () => {
  test("goes by hash, not by age", () => {
    expect(order()).toEqual([]);
    expect(order("a", "b", "c")).toEqual(["b", "a", "c"]);
    expect(order("c", "b", "a")).toEqual(["b", "a", "c"]);
    expect(order("1,", "1,2,", "", "returnvalue")).toEqual(["1,2,", "1,", "returnvalue", ""]);
  });

  test("has the newest first among equals", () => {
    expect(order("a", "l", "w")).toEqual(["w", "l", "a"]);
  });

  test("grows with the ninth key, which turns equals around", () => {
    expect(order(..."alwbcdefg")).toEqual([..."lgfedcbaw"]);
    const forty = Array.from({ length: 40 }, (_, i) => `v${i}`);
    expect(order(...forty)).toEqual(forty.reverse());
  });
});

test("the order of Java's HashSet", () => {
  expect(hashSetOrder([..."cba"])).toEqual([..."abc"]);
  expect(hashSetOrder(["0xFF", "0x00", "0x1000", "0xABCD", "a", "q"])).toEqual(["a", "q", "0xABCD", "0x1000", "0xFF", "0x00"]);
  const large = Array.from({ length: 13 }, (_, i) => `0x${i}`);
  expect(hashSetOrder(large).slice(-4)).toEqual(["0x10", "0x9", "0x12", "0x11"]);
});
