import { describe, expect, test } from "vitest";
import { openIBD } from "../../host/net/incoming-ibd.js";
import { parseP2P, printP2P } from "../../host/net/p2p/messages.js";
import { MAIN_P2P } from "../../host/net/p2p/params.js";
import type { Connection } from "../../host/net/transports/transport.js";
import type { Bytes } from "../../host/protocol/bytes.js";
import { MessageType } from "../../host/protocol/messages/message.js";
import { decodeUtf8, encodeUtf8 } from "../../host/protocol/text.js";
import { fromHex } from "../conformance/areas/base-bytes.js";
import { FakeChain, fakeBlocks } from "../net/fake-chain.js";
import { MemoryWorld, PORT } from "../net/memory-harness.js";
import { generator, mutate, orRefused, RUNS, vectors } from "./mutations.js";

interface Vector {
  readonly json?: string;
  readonly payload?: string;
}

const list = (file: string): readonly Vector[] => vectors(`network/${file}`) as readonly Vector[];
const payloads = ["messages", "p2p", "maxima", "malformed"]
  .flatMap(list)
  .map(({ payload }) => fromHex(payload ?? ""))
  .filter((bytes) => bytes.length <= 3000);

describe(`${RUNS} broken inputs`, () => {
  test("of the overlay are refused or understood", () => {
    const seeds = list("p2p").map(({ json }) => encodeUtf8(json ?? ""));
    const random = generator(77);
    let understood = 0;
    for (let run = 0; run < RUNS; run++) {
      const text = decodeUtf8(mutate(seeds, random));
      const message = orRefused(() => parseP2P(text));
      if (message === undefined) continue;
      understood++;
      expect(parseP2P(printP2P(message))).toEqual(message);
    }
    expect(understood).toBeGreaterThan(RUNS / 50);
  });

  test("of an IBD that is walked are refused or understood", () => {
    const seeds = payloads.filter(([type]) => type === MessageType.IBD || type === MessageType.IBD_RESP);
    const random = generator(78);
    for (let run = 0; run < RUNS; run++) orRefused(() => Array.from(openIBD(mutate(seeds, random)).blocks));
  });

  test("to a node leave it as it was", async () => {
    const faults: string[] = [];
    const log = {
      debug: () => {},
      info: () => {},
      warn: (event: string, fields = {}) => faults.push(`${event} ${JSON.stringify(fields)}`),
    };
    const world = new MemoryWorld();
    world.way = { latencyMs: 1, bytesPerSecond: 1e9 };
    const chain = new FakeChain(fakeBlocks(1, 20));
    const p2p = { params: MAIN_P2P, acceptsInLinks: true, noConnect: true, allowAllIPs: false, seeds: [], save: () => {} };
    const node = await world.start("20.0.0.1", chain, { config: { p2p }, limits: { badMessages: 1e9 } }, log);
    const hostile = world.network.host({ host: "20.0.0.66", port: PORT });
    const random = generator(79);
    let connection: Connection | undefined;
    let answers = 0;
    const dial = (): void => {
      hostile.dial(
        { host: node.host, port: PORT },
        {
          failed: () => {},
          connected: (established) => {
            connection = established;
            const lost = (): void => {
              connection = undefined;
            };
            const message = ({ body }: { body: Bytes }): void => {
              if (body[0] === MessageType.SINGLE_PONG) answers++;
            };
            return { limit: () => 1e9, message, skipped: () => {}, drained: () => {}, closed: lost };
          },
        },
      );
    };
    const batch = 100;
    for (let run = 0; run < RUNS / 4; run++) {
      if (connection === undefined) {
        dial();
        world.clock.advance(100);
      }
      connection?.send(mutate(payloads, random));
      if (run % batch === 0) await world.clock.run(1000);
    }
    await world.clock.run(60_000);
    if (connection === undefined) dial();
    await world.clock.run(1000);
    const before = answers;
    connection?.send(fromHex("0b0000000100"));
    await world.clock.run(1000);
    expect(answers).toBe(before + 1);
    expect(faults).toEqual([]);
  });
});
