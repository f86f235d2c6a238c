import { describe, expect, test } from "vitest";
import { type Bytes, toHex } from "../../host/protocol/bytes.js";
import { greetingRootBlock, greetingText } from "../../host/protocol/messages/greeting.js";
import { MessageType, readMessage, writeMessage } from "../../host/protocol/messages/message.js";
import { fromHex } from "../conformance/areas/base-bytes.js";
import { generator, mutate, orRefused, RUNS, vectors } from "./mutations.js";

const SEEDS_PER_TYPE = 6;
const MAX_SEED_BYTES = 2000;

interface Vector {
  readonly payload?: string;
}

const payloads = ["messages", "p2p", "maxima", "malformed"]
  .flatMap((file) => vectors(`network/${file}`) as readonly Vector[])
  .map(({ payload }) => fromHex(payload ?? ""));

function seedsOf(type: number): Bytes[] {
  const seeds = payloads.filter((bytes) => bytes[0] === type && bytes.length > 1 && bytes.length <= MAX_SEED_BYTES);
  return seeds.sort((a, b) => a.length - b.length).slice(0, SEEDS_PER_TYPE);
}

describe(`every message survives ${RUNS} times being broken`, () => {
  for (const [name, type] of Object.entries(MessageType)) {
    test(name, () => {
      const seeds = seedsOf(type);
      expect(seeds.length).toBeGreaterThan(0);
      const random = generator(0x51ed270b + type);
      let decoded = 0;
      for (let run = 0; run < RUNS; run++) {
        const input = mutate(seeds, random);
        if (input.length > 0 && random(8) !== 0) input[0] = type;
        const message = orRefused(() => readMessage(input));
        if (message === undefined) continue;
        decoded++;
        if (message.type === MessageType.GREETING) {
          orRefused(() => greetingRootBlock(message.payload));
          orRefused(() => greetingText(message.payload, "port"));
        }
        const first = orRefused(() => writeMessage(message));
        if (first === undefined) continue;
        const second = writeMessage(readMessage(first));
        if (toHex(second) !== toHex(first)) expect(toHex(writeMessage(readMessage(second)))).toBe(toHex(second));
      }
      expect(decoded).toBeGreaterThan(0);
    });
  }
});
