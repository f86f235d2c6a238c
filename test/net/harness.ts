import { randomBytes } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { type Clock, systemClock } from "../../host/net/clock.js";
import {
  DEFAULT_LIMITS,
  DEFAULT_TIMERS,
  defaultNetworkConfig,
  type NetworkConfig,
  type NetworkLimits,
  type NetworkTimers,
} from "../../host/net/config.js";
import type { NetLogger } from "../../host/net/log.js";
import { NetworkService } from "../../host/net/service.js";
import { TcpTransport } from "../../host/net/transports/tcp/tcp-transport.js";
import type { Bytes } from "../../host/protocol/bytes.js";
import { jsonObject } from "../../host/protocol/json.js";
import type { Greeting } from "../../host/protocol/messages/greeting.js";
import { MessageType, type NetworkMessage, readMessage, writeMessage } from "../../host/protocol/messages/message.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { until } from "../until.js";
import { FakeChain } from "./fake-chain.js";

export const TEST_VERSION = "1.0.45-TEST";

export const silentLog: NetLogger = { debug: () => {}, info: () => {}, warn: () => {} };

export interface NodeChanges {
  readonly config?: Partial<NetworkConfig>;
  readonly limits?: Partial<NetworkLimits>;
  readonly timers?: Partial<NetworkTimers>;
  readonly clock?: Clock;
  readonly messageMemory?: number;
  readonly port?: number;
}

/** A node on a loopback port whose chain is a fake. */
export interface TestNode {
  readonly service: NetworkService;
  readonly transport: TcpTransport;
  readonly chain: FakeChain;
  readonly port: number;
}

export function configOf(changes: NodeChanges): NetworkConfig {
  return {
    ...defaultNetworkConfig(TEST_VERSION),
    ...changes.config,
    limits: { ...DEFAULT_LIMITS, ...changes.limits },
    timers: { ...DEFAULT_TIMERS, redialMs: 100, ...changes.timers },
  };
}

const running: { stop(): Promise<void> }[] = [];
const clients: Client[] = [];

/** Ends all that tests have started. */
export async function stopAll(): Promise<void> {
  for (const client of clients.splice(0)) client.close();
  for (const service of running.splice(0).reverse()) await service.stop();
}

export async function startNode(chain: FakeChain = new FakeChain(), changes: NodeChanges = {}): Promise<TestNode> {
  const clock = changes.clock ?? systemClock;
  const transport = new TcpTransport({
    clock,
    listen: { host: "127.0.0.1", port: changes.port ?? 0 },
    connectTimeoutMs: 2000,
    messageMemory: changes.messageMemory ?? 64 * 1024 * 1024,
  });
  const service = new NetworkService({ config: configOf(changes), clock, log: silentLog, random: randomBytes, transport, chain });
  chain.service = service;
  const listening = await service.start();
  running.push(service);
  return { service, transport, chain, port: listening?.port ?? 0 };
}

/** A hand-driven peer: sends what a test wants and keeps what it gets. */
export class Client {
  readonly messages: NetworkMessage[] = [];
  readonly bodies: Bytes[] = [];
  closed = false;
  #buffer = Buffer.alloc(0);

  private constructor(readonly socket: Socket) {
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
    });
  }

  static async connect(port: number): Promise<Client> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    const client = new Client(socket);
    clients.push(client);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  static adopt(socket: Socket): Client {
    const client = new Client(socket);
    clients.push(client);
    return client;
  }

  send(message: NetworkMessage): void {
    this.sendBody(writeMessage(message));
  }

  sendBody(body: Bytes): void {
    const frame = Buffer.alloc(4 + body.length);
    frame.writeInt32BE(body.length);
    frame.set(body, 4);
    this.socket.write(frame);
  }

  sendHex(hex: string): void {
    this.socket.write(Buffer.from(hex, "hex"));
  }

  greet(changes: Partial<Greeting> = {}, port = "42001"): void {
    this.send({ type: MessageType.GREETING, payload: greeting(changes, port) });
  }

  ofType<T extends NetworkMessage["type"]>(type: T): Extract<NetworkMessage, { type: T }>[] {
    return this.messages.filter((message): message is Extract<NetworkMessage, { type: T }> => message.type === type);
  }

  /** The first message of a type, waited for. */
  async next<T extends NetworkMessage["type"]>(type: T, count = 1): Promise<Extract<NetworkMessage, { type: T }>> {
    await until(() => this.ofType(type).length >= count);
    return this.ofType(type)[count - 1] as Extract<NetworkMessage, { type: T }>;
  }

  /** Everything sent before has been looked at: a single ping was answered after it. */
  async flush(): Promise<void> {
    const before = this.ofType(MessageType.SINGLE_PONG).length;
    this.sendHex("000000060b0000000100");
    await this.next(MessageType.SINGLE_PONG, before + 1);
  }

  /** Reads on, without decoding, until this many bytes have come. */
  async flushRaw(bytes: number): Promise<void> {
    let received = 0;
    this.socket.removeAllListeners("data");
    this.socket.on("data", (chunk) => {
      received += chunk.length;
    });
    this.socket.resume();
    await until(() => received >= bytes);
  }

  close(): void {
    this.socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    while (this.#buffer.length >= 4) {
      const length = this.#buffer.readInt32BE(0);
      if (this.#buffer.length < 4 + length) return;
      const body = new Uint8Array(this.#buffer.subarray(4, 4 + length));
      this.#buffer = this.#buffer.subarray(4 + length);
      this.bodies.push(body);
      this.messages.push(readMessage(body));
    }
  }
}

/** Has a node dial a hand-driven peer, as often as it wants to; every connection is handed over. */
export async function dialledClient(node: TestNode): Promise<{ client: Client; port: number; all: Client[] }> {
  const all: Client[] = [];
  const server = createServer((socket) => all.push(Client.adopt(socket)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  running.push({ stop: () => new Promise((resolve) => server.close(() => resolve())) });
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  node.service.connect({ host: "127.0.0.1", port });
  await until(() => all.length > 0);
  return { client: all[0] as Client, port, all };
}

export function greeting(changes: Partial<Greeting> = {}, port = "42001"): Greeting {
  return {
    version: TEST_VERSION,
    extra: jsonObject(["welcome", "probe"], ["port", port]),
    topBlock: MiniNumber.of(-1),
    chain: [],
    ...changes,
  };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
