import { describe, expect, test } from "vitest";
import {
  isMaximaAddress,
  maximaAddressText,
  parseMaximaAddress,
  parsePermanentAddress,
  permanentAddressText,
} from "../../host/maxima/address.js";
import { ProtocolError } from "../../host/protocol/errors.js";

const key = new Uint8Array(162).fill(7);
const endpoint = { host: "1.2.3.4", port: 9001 };
const text = maximaAddressText(key, endpoint);

describe("Maxima addresses", () => {
  test("are read as they are written, the key as Mx or as hex", () => {
    expect(text).toMatch(/^MxG18[0-9A-Z]+@1\.2\.3\.4:9001$/);
    expect(parseMaximaAddress(text)).toEqual({ key, endpoint });
    expect(parseMaximaAddress("0x30ff@host:1")).toEqual({ key: Uint8Array.of(0x30, 0xff), endpoint: { host: "host", port: 1 } });
    const permanent = { publicKey: key, mls: text };
    expect(parsePermanentAddress(permanentAddressText(permanent))).toEqual(permanent);
  });

  test.each([
    "",
    "@",
    "x@y",
    "@h:1",
    `${text}0`,
    text.replace("9001", "0"),
    text.replace("9001", "70000"),
    "0x00@[::1]:9001",
    "0x00@:1",
    "zz@h:1",
  ])("%j is none", (wrong) => {
    expect(() => parseMaximaAddress(wrong)).toThrow(ProtocolError);
    expect(isMaximaAddress(wrong)).toBe(false);
  });

  test("of users begin with Mx or MAX#", () => {
    expect(isMaximaAddress(text)).toBe(true);
    expect(isMaximaAddress("0x30ff@host:1")).toBe(false);
    expect(isMaximaAddress(`MAX#0x30#${text}`)).toBe(true);
    expect(() => parsePermanentAddress("MAX#0x30#nothing")).toThrow(ProtocolError);
    expect(() => parsePermanentAddress(text)).toThrow(ProtocolError);
  });
});
