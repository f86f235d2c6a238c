import { describe, expect, test } from "vitest";
import { parseHex } from "../../host/protocol/bytes.js";
import { ProtocolError, type ProtocolErrorCode } from "../../host/protocol/errors.js";
import { jsonObject } from "../../host/protocol/json.js";
import { type Greeting, greetingRootBlock, greetingText } from "../../host/protocol/messages/greeting.js";
import {
  MAX_MESSAGE_BYTES,
  MessageType,
  messageLimit,
  messageName,
  readMessage,
  writeMessage,
} from "../../host/protocol/messages/message.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { id } from "./samples.js";

function refusalCode(action: () => unknown): ProtocolErrorCode | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return undefined;
}

const greeting = (changes: Partial<Greeting> = {}): Greeting => ({
  version: "1.0.45",
  extra: jsonObject(["welcome", "hi"], ["port", "9001"]),
  topBlock: MiniNumber.of(5),
  chain: [id(1), id(2)],
  ...changes,
});

describe("the message envelope (spec 07 §1, §2)", () => {
  test("has a name and a limit for each of the 24 types", () => {
    const types = Object.values(MessageType);
    expect(types).toEqual(Array.from({ length: 24 }, (_, i) => i));
    for (const type of types) {
      expect(messageName(type)).toBeDefined();
      expect(messageLimit(type)).toBeGreaterThan(0);
      expect(messageLimit(type)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    }
    expect(messageName(24)).toBeUndefined();
    expect(messageLimit(24)).toBe(0);
  });

  test.each([
    ["no bytes at all", "", "truncated"],
    ["an unknown type", "18", "malformed"],
    ["type 255", "FF00", "malformed"],
    ["an object that ends early", "0200000020AA", "truncated"],
    ["a negative length", "02FFFFFFFF", "limit"],
  ])("refuses %s", (_, hex, code) => {
    expect(refusalCode(() => readMessage(parseHex(hex)))).toBe(code);
  });

  test("ignores bytes after the object", () => {
    expect(readMessage(parseHex("0200000001AA0102030405"))).toEqual({ type: MessageType.TXPOWID, payload: Uint8Array.of(0xaa) });
  });

  test("refuses a message that is too long for its type, before looking inside", () => {
    const bytes = new Uint8Array(65_536);
    bytes[0] = MessageType.MAXIMA_CTRL;
    expect(refusalCode(() => readMessage(bytes))).toBe("limit");
    expect(readMessage(bytes.subarray(0, 65_535))).toEqual({
      type: MessageType.MAXIMA_CTRL,
      payload: { type: 0, data: new Uint8Array(0) },
    });
  });

  test("does not believe a count that the message has no room for", () => {
    expect(refusalCode(() => readMessage(parseHex("01000004 7FFFFFFF".replaceAll(" ", ""))))).toBe("truncated");
    expect(refusalCode(() => readMessage(parseHex("0600010100047FFFFFFF")))).toBe("truncated");
  });
});

describe("greetings (spec 02 §18.1, 07 §4.3)", () => {
  const roundTrip = (extra: string): Greeting => {
    const text = Buffer.from(extra).toString("hex");
    const length = (text.length / 2).toString(16).padStart(8, "0");
    const message = readMessage(parseHex(`0000000003312E30${length}${text}000101000100`));
    if (message.type !== MessageType.GREETING) throw new Error("not a greeting");
    return message.payload;
  };

  test.each(["", "no JSON", '{"port"', "{}"])("extra %j is an empty object", (extra) => {
    expect(roundTrip(extra).extra).toEqual(new Map());
  });

  test.each(["[]", "5", '"text"', "true"])("extra %j is refused", (extra) => {
    expect(refusalCode(() => roundTrip(extra))).toBe("malformed");
  });

  test("an extra null decodes, but has neither values nor an encoding", () => {
    const decoded = roundTrip("null");
    expect(decoded.extra).toBeNull();
    expect(refusalCode(() => greetingText(decoded, "port"))).toBe("malformed");
    expect(refusalCode(() => writeMessage({ type: MessageType.GREETING, payload: decoded }))).toBe("malformed");
  });

  test("values must be text", () => {
    expect(greetingText(greeting(), "port")).toBe("9001");
    expect(greetingText(greeting(), "host")).toBeUndefined();
    expect(greetingText(greeting({ extra: jsonObject(["host", null]) }), "host")).toBeUndefined();
    expect(refusalCode(() => greetingText(greeting({ extra: jsonObject(["port", 9001]) }), "port"))).toBe("malformed");
  });

  test.each([
    ["5", "4"],
    ["-1", "-1"],
    ["1000000000000", "999999999999"],
    ["1000000000001", "-1"],
    ["0", "-1"],
  ])("a top block %s over two ids has its root at %s", (top, root) => {
    expect(greetingRootBlock(greeting({ topBlock: MiniNumber.parse(top) })).toString()).toBe(root);
  });
});
