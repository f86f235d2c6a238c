import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { type Bytes, MAX_HASH, ZERO_ID } from "../../host/protocol/bytes.js";
import type { CascadeNode } from "../../host/protocol/cascade.js";
import { MessageType, type NetworkMessage, writeMessage } from "../../host/protocol/messages/message.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { CASCADE_LEVELS } from "../../host/protocol/txheader.js";
import { type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import { greeting } from "../net/harness.js";
import { portOf, Stage } from "./replay-peer/stage.js";

const CAPTURE = "06-reconnect-long-offline.jsonl";
const MIB = 1024 * 1024;
/** What all attackers together may hold at any time, their own buffers included. */
const MOST_MEMORY = 200 * MIB;
const LOOK_EVERY_MS = 200;
const PACE_MS = 50;
const CASCADE_NODES = 5000;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const stage = new Stage();
afterEach(() => stage.clear());
afterAll(() => stage.close());

/** What an attacker writes to each of its connections, and what again and again after that. */
interface Attack {
  readonly connections: number;
  readonly first: readonly Bytes[];
  readonly again: readonly Bytes[];
  /** Takes nothing of what the node answers. */
  readonly deaf?: boolean;
}

describe("hostile peers", () => {
  test("all at once, cost bounded memory, and an honest conversation goes on", async () => {
    const { node, client, peer } = await stage.asDialler(CAPTURE);
    const tip = node.chain.tip?.txpow;
    if (tip === undefined) throw new Error("the node has a chain");
    const before = memoryHeld();
    let most = 0;
    const attackers = Object.values(attacksOn(tip)).flatMap((attack) =>
      Array.from({ length: attack.connections }, () => new Attacker(portOf(node), attack)),
    );
    const watch = setInterval(() => {
      most = Math.max(most, memoryHeld() - before);
    }, LOOK_EVERY_MS);
    await sleep(1000);
    const { checked } = await peer.play();
    clearInterval(watch);
    for (const attacker of attackers) attacker.stop();
    expect(checked).toBeGreaterThan(30);
    expect(client.closed).toBe(false);
    expect(attackers.every(({ strikes }) => strikes > 0)).toBe(true);
    expect(most).toBeLessThan(MOST_MEMORY);
    expect(node.network.metrics().requestsUnderWay).toBeLessThan(5000);
    expect(node.chain.pool.size).toBeLessThan(5000);
  });
});

/** Bytes in use, garbage not counted: when that is collected is for the runtime to decide. */
function memoryHeld(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Connects again and again, and strikes as long as it is let. */
class Attacker {
  strikes = 0;
  #stopped = false;

  constructor(
    readonly port: number,
    readonly attack: Attack,
  ) {
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const socket = connect({ host: "127.0.0.1", port: this.port });
      socket.on("error", () => {});
      if (this.attack.deaf === true) socket.pause();
      else socket.resume();
      await this.#strike(socket);
      socket.destroy();
      await sleep(PACE_MS);
    }
  }

  async #strike(socket: Socket): Promise<void> {
    for (const bytes of this.attack.first) socket.write(bytes);
    this.strikes++;
    while (!this.#stopped && !socket.closed && socket.writable) {
      for (const bytes of this.attack.again) if (socket.writableLength < MIB) socket.write(bytes);
      await sleep(PACE_MS);
      if (this.attack.again.length === 0 && this.strikes % 2 === 0) return;
    }
  }
}

function attacksOn(tip: TxPoW): Readonly<Record<string, Attack>> {
  const hello = frame({ type: MessageType.GREETING, payload: greeting({ topBlock: MiniNumber.of(1_000_000), chain: randomIds(500) }) });
  return {
    oversize: { connections: 2, first: [int32(0x7fffffff), randomBytes(1000)], again: [] },
    negative: { connections: 1, first: [int32(-1)], again: [] },
    slow: { connections: 8, first: [hello, int32(100 * MIB), Uint8Array.of(MessageType.IBD)], again: [Uint8Array.of(0)] },
    steady: { connections: 2, first: [hello, int32(100 * MIB), Uint8Array.of(MessageType.IBD)], again: [new Uint8Array(MIB / 2)] },
    garbage: { connections: 3, first: [], again: Array.from({ length: 20 }, (_, i) => framed(garbage(i))) },
    requests: {
      connections: 2,
      first: [hello],
      again: [
        ...repeat(200, { type: MessageType.TXPOWREQ, payload: txpowId(tip) }),
        ...repeat(20, { type: MessageType.ARCHIVE_REQ, payload: MiniNumber.ONE }),
      ],
      deaf: true,
    },
    promises: { connections: 2, first: [hello], again: randomIds(200).map((id) => frame({ type: MessageType.TXPOWID, payload: id })) },
    blocks: {
      connections: 2,
      first: [hello],
      again: Array.from({ length: 50 }, (_, i) => frame({ type: MessageType.TXPOW, payload: worthless(tip, i) })),
    },
    cascade: { connections: 2, first: [hello, frame(deepCascade(tip))], again: [] },
  };
}

function garbage(i: number): Bytes {
  const bytes = randomBytes(2 + 50 * i);
  bytes[0] = i;
  return bytes;
}

/** A block beside the tip that nobody worked for. */
function worthless(tip: TxPoW, i: number): TxPoW {
  return {
    header: { ...tip.header, nonce: MiniNumber.of(i), blkdiff: i % 2 === 0 ? MAX_HASH : tip.header.blkdiff, mmr: randomBytes(32) },
    body: tip.body,
  };
}

/** The long history of a heavier chain that never was. */
function deepCascade(tip: TxPoW): NetworkMessage {
  const nodes: CascadeNode[] = [];
  let parent: Bytes = ZERO_ID;
  for (let i = 1; i <= CASCADE_NODES; i++) {
    const superparents = new Array<Bytes>(CASCADE_LEVELS).fill(parent);
    const txpow = { header: { ...tip.header, superparents, block: MiniNumber.of(i), blkdiff: MAX_HASH }, body: null };
    nodes.unshift({ txpow, level: Math.min(31, Math.floor((CASCADE_NODES - i) / 200)) });
    parent = txpowId(txpow);
  }
  const superparents = new Array<Bytes>(CASCADE_LEVELS).fill(parent);
  const txpow = { ...tip, header: { ...tip.header, superparents, block: MiniNumber.of(CASCADE_NODES + 1) } };
  return { type: MessageType.IBD, payload: { cascade: nodes, blocks: [{ txpow, previousPeaks: [], spentCoins: [], newCoins: [] }] } };
}

function randomIds(count: number): Bytes[] {
  return Array.from({ length: count }, () => randomBytes(32));
}

function repeat(count: number, message: NetworkMessage): Bytes[] {
  return new Array<Bytes>(count).fill(frame(message));
}

function frame(message: NetworkMessage): Bytes {
  return framed(writeMessage(message));
}

function framed(body: Bytes): Bytes {
  return Buffer.concat([int32(body.length), body]);
}

function int32(value: number): Bytes {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
