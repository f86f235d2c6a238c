import { expect, test } from "vitest";
import { packBytes, unpackBytes } from "../../host/protocol/packed-bytes.js";

test("bytes come back as they were, also from the middle of a buffer", () => {
  const all = Uint8Array.from({ length: 512 }, (_, i) => i & 0xff);
  for (const bytes of [all, all.subarray(7, 300), all.subarray(0, 0)]) {
    const packed = packBytes(bytes);
    expect(packed).toHaveLength(bytes.length);
    expect(Array.from(unpackBytes(packed))).toEqual(Array.from(bytes));
  }
});

test("what is unpacked shares no memory with anything", () => {
  const packed = packBytes(Uint8Array.of(1, 2, 3));
  const bytes = unpackBytes(packed);
  expect(bytes.buffer.byteLength).toBe(3);
  bytes[0] = 9;
  expect(Array.from(unpackBytes(packed))).toEqual([1, 2, 3]);
});
