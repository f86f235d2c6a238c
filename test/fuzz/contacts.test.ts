import { expect, test } from "vitest";
import { decodeContactMessage, encodeContactMessage } from "../../host/maxima/contact-message.js";
import { toHex0x } from "../../host/protocol/bytes.js";
import { encodeMx } from "../../host/protocol/mx.js";
import { encodeUtf8 } from "../../host/protocol/text.js";
import { generator, mutate, orRefused, RUNS } from "./mutations.js";

const from = new Uint8Array(162).fill(7);
const details = {
  name: "na\u2028me/\u00e9",
  icon: "https://x/y.png",
  minimaAddress: "MxG0",
  topBlock: "100",
  checkBlock: "50",
  checkHash: "0x00FF",
  mls: "",
};
const message = {
  type: "update",
  publicKey: toHex0x(from),
  intro: true,
  address: `${encodeMx(from)}@1.2.3.4:9001`,
  details,
} as const;

test("contact messages come through", () => {
  expect(decodeContactMessage(encodeContactMessage(message), from)).toEqual(message);
  const farewell = { type: "delete", publicKey: message.publicKey } as const;
  expect(decodeContactMessage(encodeContactMessage(farewell), from)).toEqual(farewell);
});

test("what is left of them when bytes change is refused or bounded", () => {
  const seeds = [
    encodeContactMessage(message),
    encodeContactMessage({ type: "delete", publicKey: message.publicKey }),
    encodeUtf8('{"delete":{"delete":true},"publickey":[["0x00"]]}'),
  ];
  const random = generator(12);
  for (let run = 0; run < RUNS / 10; run++) {
    const read = orRefused(() => decodeContactMessage(mutate(seeds, random), from));
    if (read === undefined || read.type === "delete") continue;
    expect(read.publicKey).toBe(message.publicKey);
    expect(read.details.name).not.toMatch(/["';]/);
    expect(read.address.length).toBeLessThan(1025);
  }
});
