import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { maximaAddressText } from "../../host/maxima/address.js";
import { readAnswer } from "../../host/maxima/answer.js";
import { Sender, type SenderOptions } from "../../host/maxima/sender.js";
import { OneShotClient } from "../../host/net/one-shot.js";
import type { Connection, ConnectionHandler, Transport } from "../../host/net/transports/transport.js";
import type { Bytes } from "../../host/protocol/bytes.js";
import { newRSAKeyPair, type RSAKeyPair } from "../../host/protocol/encryption.js";
import { writeMaximaErrorMsg } from "../../host/protocol/messages/maxima.js";
import { MessageType, writeMessage } from "../../host/protocol/messages/message.js";
import { writeMLSPacketGETResp } from "../../host/protocol/messages/mls.js";
import { encode } from "../../host/protocol/writer.js";
import { silentLog } from "../net/harness.js";
import { SimulatedClock } from "../net/memory/simulated-clock.js";
import { sampleTxPoW } from "../protocol/samples.js";

const OK = Uint8Array.of(1);
const data = Uint8Array.of(1, 2, 3);
let keys: RSAKeyPair;
let to: string;
beforeAll(async () => {
  keys = await newRSAKeyPair();
  to = maximaAddressText(keys.publicKey, { host: "h", port: 1 });
});

function sender(deliver: SenderOptions["deliver"], clock = new SimulatedClock()): Sender {
  const work = {
    hasChain: () => true,
    minimumWork: () => undefined,
    build: async (customhash: Bytes) => sampleTxPoW(null, { customhash }),
    mine: async (txpow: ReturnType<typeof sampleTxPoW>) => txpow,
    submit: () => {},
  };
  return new Sender({ clock, random: randomBytes, log: silentLog, keys, work, deliver });
}

describe("answers", () => {
  test("are read", () => {
    for (const [byte, status] of [
      [1, "ok"],
      [0, "fail"],
      [2, "unknown"],
      [3, "toobig"],
      [4, "wronghash"],
    ] as const)
      expect(readAnswer(Uint8Array.of(byte))).toEqual({ status });
    const mls = { publicKey: "0x30", address: to, randomUid: "0x01" };
    expect(readAnswer(encode(writeMLSPacketGETResp, mls))).toEqual({ status: "mls", mls });
    expect(readAnswer(encode(writeMaximaErrorMsg, { error: "no" }))).toEqual({ status: "nothing", error: "no" });
  });

  test("are not seen in other pings", () => {
    for (const other of [new Uint8Array(), Uint8Array.of(5), new Uint8Array(32).fill(200), new Uint8Array(13), randomBytes(32)])
      expect(readAnswer(other)).toBeUndefined();
  });
});

describe("messages", () => {
  test("go one at a time", async () => {
    let running = 0;
    let most = 0;
    const slow = sender(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return OK;
    });
    const all = await Promise.all(Array.from({ length: 5 }, () => slow.send(to, "app", data)));
    expect(all.map(({ status }) => status)).toEqual(new Array(5).fill("ok"));
    expect(most).toBe(1);
  });

  test("that fail do not stop those behind them", async () => {
    let failing = true;
    const unlucky = sender(async () => {
      if (failing) throw new Error("refused");
      return OK;
    });
    expect(await unlucky.send(to, "app", data)).toMatchObject({ status: "nothing", error: "refused" });
    failing = false;
    expect((await unlucky.send(to, "app", data)).status).toBe("ok");
    await expect(unlucky.send("0x00@h:1", "app", data)).rejects.toThrow();
    expect((await unlucky.send(to, "app", data)).status).toBe("ok");
  });

  test("wait in a queue that has an end, those with a delay included", async () => {
    const clock = new SimulatedClock();
    const sent: string[] = [];
    const queueing = sender(async () => {
      sent.push("x");
      return OK;
    }, clock);
    for (let i = 0; i < 256; i++) queueing.queue(to, "app", data, 1000);
    expect(() => queueing.queue(to, "app", data)).toThrow("too many messages");
    await clock.run(999);
    expect(sent).toEqual([]);
    await clock.run(1);
    for (let i = 0; i < 2000 && sent.length < 256; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(sent.length).toBe(256);
    const message = queueing.queue(to, "app", data);
    expect(message.to).toEqual(keys.publicKey);
  });

  test("that somebody waits for are refused when too many wait", async () => {
    const clock = new SimulatedClock();
    const stuck = sender(() => new Promise(() => {}), clock);
    const sends = Array.from({ length: 40 }, () => stuck.send(to, "app", data).catch((error: Error) => error.message));
    expect(await sends.at(-1)).toContain("too many messages");
    stuck.stop();
    await expect(sender(async () => OK).send("nonsense", "app", data)).rejects.toThrow("not a Maxima address");
  });

  test("end with the node", async () => {
    const clock = new SimulatedClock();
    const stopping = sender(async () => OK, clock);
    stopping.queue(to, "app", data, 1000);
    stopping.stop();
    await expect(stopping.send(to, "app", data)).rejects.toThrow("the node stops");
    expect(clock.step()).toBe(false);
  });
});

/** A connection to somebody who says what the test wants. */
class Talk implements Transport {
  closed = 0;
  sent: Bytes[] = [];
  handler: ConnectionHandler | undefined;
  received = 0;

  constructor(readonly answers: boolean) {}

  dial(_endpoint: unknown, events: Parameters<Transport["dial"]>[1]): () => void {
    if (!this.answers) return () => {};
    const end = (): void => {
      this.closed++;
    };
    const partial = (): { received: number } => ({ received: this.received });
    const connection = {
      send: (body: Bytes) => this.sent.push(body),
      close: end,
      get partial() {
        return partial();
      },
    };
    this.handler = events.connected(connection as unknown as Connection);
    return () => {};
  }

  say(body: Bytes): void {
    this.handler?.message({ body, release: () => {} });
  }

  listen = (): Promise<never> => Promise.reject(new Error("not here"));
  close = async (): Promise<void> => {};
}

describe("a connection for one message", () => {
  const ask = (talk: Talk, clock: SimulatedClock): Promise<Bytes | string> => {
    const client = new OneShotClient({ clock, transport: talk, ibdBytes: 0 });
    const item = { version: "1.0", to: data, data };
    const message = { version: "1.0", package: item, txpow: sampleTxPoW() };
    return client
      .maxima({ host: "h", port: 1 }, message, (payload) => readAnswer(payload) !== undefined)
      .catch((error: Error) => error.message);
  };

  test("passes over what is no answer, and closes with the answer", async () => {
    const talk = new Talk(true);
    const answer = ask(talk, new SimulatedClock());
    talk.say(writeMessage({ type: MessageType.PING, payload: new Uint8Array(32) }));
    talk.say(writeMessage({ type: MessageType.TXPOWID, payload: new Uint8Array(32) }));
    talk.say(Uint8Array.of(MessageType.PING, 0xff));
    talk.say(new Uint8Array());
    expect(talk.closed).toBe(0);
    talk.say(writeMessage({ type: MessageType.PING, payload: OK }));
    expect(await answer).toEqual(OK);
    expect(talk.closed).toBe(1);
  });

  test("closes after 20 seconds of silence, a trickle lasts a minute, and one that never connects is given up", async () => {
    for (const [talk, limit] of [
      [new Talk(true), 20_000],
      [new Talk(true), 60_000],
      [new Talk(false), 20_000],
    ] as const) {
      const clock = new SimulatedClock();
      const answer = ask(talk, clock);
      for (let at = 0; at < limit - 1000; at += 1000) {
        if (limit > 20_000) talk.received++;
        await clock.run(1000);
      }
      expect(talk.closed).toBe(0);
      await clock.run(1001);
      expect(await answer).toContain("no answer in time");
      expect(talk.closed).toBe(talk.answers ? 1 : 0);
      expect(clock.step()).toBe(false);
    }
  });
});
