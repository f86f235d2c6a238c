import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { DEFAULT_TIMERS } from "../../host/net/config.js";
import { FrameParser, frameHeader } from "../../host/net/framing.js";
import type { Bytes } from "../../host/protocol/bytes.js";
import { jsonObject } from "../../host/protocol/json.js";
import { MAX_MESSAGE_BYTES, MessageType, type NetworkMessage, readMessage, writeMessage } from "../../host/protocol/messages/message.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { type CrowdSize, HASTE } from "./haste.js";

const PING_MS = DEFAULT_TIMERS.pingMs / HASTE;
const PULSE_MS = DEFAULT_TIMERS.pulseMs / HASTE;
const PULSE_IDS = 512;
/** Nodes take few connections from one address: each of these has some. */
const PEERS_PER_ADDRESS = 16;

/**
 * Peers over sockets of their own, as a node sees them: they greet, take every block that it announces and announce it back, ping, and
 * tell it their newest blocks now and then.
 */
class CrowdPeer {
  readonly #socket: Socket;
  /** Of blocks, the newest first. */
  #ids: readonly Bytes[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    const parser = new FrameParser({
      limit: () => MAX_MESSAGE_BYTES,
      allow: () => true,
      frame: (body) => this.#receive(body),
      skipped: () => {},
    });
    socket.on("data", (chunk) => parser.push(chunk));
    socket.on("error", () => {});
  }

  static async connect(port: number, number: number): Promise<CrowdPeer> {
    const localAddress = `127.0.0.${2 + Math.floor(number / PEERS_PER_ADDRESS)}`;
    const socket = connect({ port, host: "127.0.0.1", localAddress, noDelay: true });
    await once(socket, "connect");
    const peer = new CrowdPeer(socket);
    const extra = jsonObject(["welcome", "bench"], ["port", String(socket.localPort)]);
    const greeting = { version: TEST_PARAMS.version, extra, topBlock: MiniNumber.of(-1), chain: [] };
    peer.#send({ type: MessageType.GREETING, payload: greeting });
    // Not all at the same time.
    setTimeout(
      () => setInterval(() => peer.#send({ type: MessageType.PING, payload: Uint8Array.of(1) }), PING_MS),
      Math.random() * PING_MS,
    );
    setTimeout(() => setInterval(() => peer.#pulse(), PULSE_MS), Math.random() * PULSE_MS);
    return peer;
  }

  #pulse(): void {
    if (this.#ids.length > 0) this.#send({ type: MessageType.PULSE, payload: { ids: this.#ids.slice(0, PULSE_IDS) } });
  }

  #receive(body: Bytes): void {
    const type = body[0];
    if (type === MessageType.GREETING) {
      const message = readMessage(body);
      if (message.type === MessageType.GREETING) this.#ids = message.payload.chain;
    } else if (type === MessageType.TXPOWID) {
      const message = readMessage(body);
      if (message.type !== MessageType.TXPOWID) return;
      this.#ids = [message.payload, ...this.#ids];
      this.#send({ type: MessageType.TXPOWREQ, payload: message.payload });
      this.#send(message);
    }
  }

  #send(message: NetworkMessage): void {
    const bytes = writeMessage(message);
    this.#socket.write(frameHeader(bytes.length));
    this.#socket.write(bytes);
  }
}

/** Run in a process of its own: as many peers of a node as it is told to be. */
const [port = "0"] = process.argv.slice(2);
let connected = 0;
process.on("message", async ({ peers }: CrowdSize) => {
  for (; connected < peers; connected++) {
    await CrowdPeer.connect(Number(port), connected);
    await sleep(5);
  }
  process.send?.({ peers: connected } satisfies CrowdSize);
});
process.on("disconnect", () => process.exit(0));
