import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../../host/net/clock.js";
import { defaultNetworkConfig } from "../../../host/net/config.js";
import { NetworkService } from "../../../host/net/service.js";
import { TcpTransport } from "../../../host/net/transports/tcp/tcp-transport.js";
import { type Bytes, toHex } from "../../../host/protocol/bytes.js";
import { printJson } from "../../../host/protocol/json.js";
import { greetingText } from "../../../host/protocol/messages/greeting.js";
import { MessageType, type NetworkMessage, readMessage } from "../../../host/protocol/messages/message.js";
import type { Case } from "../area.js";
import { same } from "../checks.js";
import { fromHex } from "./base-bytes.js";
import { ScriptedChain } from "./network-scripted-chain.js";

interface Answer {
  readonly type: number;
  readonly info?: { readonly cascade?: boolean; readonly blocks?: number; readonly first?: string; readonly last?: string };
  /** Absent for long frames. */
  readonly hex?: string;
}

interface Behaviour {
  readonly name: string;
  readonly sent: readonly string[];
  readonly received: readonly Answer[];
  readonly closedByNodeAtMs: number | null;
}

/** What a node says by itself, and the offer of a location service that this node does not make. */
const UNPROMPTED: ReadonlySet<number> = new Set([
  MessageType.TXPOWID,
  MessageType.TXBLOCKID,
  MessageType.TXBLOCKMINE,
  MessageType.PULSE,
  MessageType.MAXIMA_CTRL,
]);

/** How long to wait for what must come, and for what must not. */
const PATIENCE_MS = 4000;
const GRACE_MS = 40;

/** Hand-made frames against a node whose chain is what the recorded answers show of the reference's. */
export function* behaviour(data: unknown): Iterable<Case> {
  const recorded = data as readonly Behaviour[];
  const chain = new ScriptedChain();
  let node: { readonly service: NetworkService; readonly port: number } | undefined;
  try {
    for (const [i, item] of recorded.entries()) {
      yield {
        name: item.name,
        async run() {
          node ??= await start(chain, recorded);
          chain.learn(answersOf(recorded.slice(i)), sentIds(item));
          await replay(item, node.port);
        },
      };
    }
  } finally {
    void node?.service.stop();
  }
}

async function start(chain: ScriptedChain, recorded: readonly Behaviour[]): Promise<{ service: NetworkService; port: number }> {
  const greeting = answersOf(recorded).find((message) => message.type === MessageType.GREETING)?.payload;
  if (greeting === undefined) throw new Error("no greeting was recorded");
  const transport = new TcpTransport({
    clock: systemClock,
    listen: { host: "127.0.0.1", port: 0 },
    connectTimeoutMs: PATIENCE_MS,
    messageMemory: 1 << 26,
  });
  const config = {
    ...defaultNetworkConfig(greeting.version),
    welcome: greetingText(greeting, "welcome") ?? "",
    host: greetingText(greeting, "host"),
    port: Number(greetingText(greeting, "port")),
  };
  const silent = { debug: () => {}, info: () => {}, warn: () => {} };
  const service = new NetworkService({ config, clock: systemClock, log: silent, random: randomBytes, transport, chain });
  chain.disconnect = (uid, reason) => service.disconnect(uid, reason, false);
  return { service, port: (await service.start())?.port ?? 0 };
}

const answersOf = (recorded: readonly Behaviour[]): NetworkMessage[] =>
  recorded.flatMap(({ received }) => received.flatMap(({ hex }) => (hex === undefined ? [] : [readMessage(fromHex(hex))])));

/** The ids of a sent greeting behind our root, with the number of the block the recorded answer starts after. */
function sentIds(item: Behaviour): { readonly id: Bytes; readonly number: number } | undefined {
  const ibd = item.received.find(({ type }) => type === MessageType.IBD)?.info;
  const frame = fromHex(item.sent[0] ?? "");
  if (ibd?.cascade !== false || ibd.first === undefined || frame[4] !== MessageType.GREETING) return undefined;
  const message = readMessage(frame.slice(4));
  if (message.type !== MessageType.GREETING) return undefined;
  const number = Number(ibd.first) - 1;
  const id = message.payload.chain[message.payload.topBlock.toInt32() - number];
  return id === undefined ? undefined : { id, number };
}

async function replay(item: Behaviour, port: number): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  try {
    const { bodies, isClosed } = listen(socket);
    for (const hex of item.sent) {
      if (item.sent.length > 1) await pause(5);
      socket.write(fromHex(hex));
    }
    const expected = expectedOf(item.received);
    const ours = (): string[] => distinct(bodies.map(readMessage).filter(isAnswer).map(describe));
    await until(() => ours().length >= expected.length && isClosed() === (item.closedByNodeAtMs !== null));
    await pause(GRACE_MS);
    same(ours().sort(), [...expected].sort(), "answers");
    same(isClosed(), item.closedByNodeAtMs !== null, "closed by the node");
  } finally {
    socket.destroy();
  }
}

/** An unknown id that is announced twice is requested once here (spec 07 §19), so answers count once. */
const distinct = (items: readonly string[]): string[] => [...new Set(items)];

const isAnswer = (message: NetworkMessage): boolean =>
  !UNPROMPTED.has(message.type) && !(message.type === MessageType.PING && message.payload.length > 1);

function expectedOf(received: readonly Answer[]): string[] {
  const described = received.flatMap(({ type, hex, info }) => {
    if (hex === undefined) return UNPROMPTED.has(type) ? [] : [downloadText(type, info?.cascade, info?.blocks, info?.first, info?.last)];
    const message = readMessage(fromHex(hex));
    return isAnswer(message) ? [describe(message)] : [];
  });
  return distinct(described);
}

const downloadText = (type: number, cascade = false, blocks = 0, first = "none", last = "none"): string =>
  `${type}: cascade ${cascade}, ${blocks} blocks, ${first} to ${last}`;

function describe(message: NetworkMessage): string {
  switch (message.type) {
    case MessageType.IBD:
    case MessageType.IBD_RESP:
    case MessageType.ARCHIVE_DATA: {
      const { cascade, blocks } = message.payload;
      const number = (at: number): string | undefined => blocks.at(at)?.txpow.header.block.toString();
      return downloadText(message.type, cascade !== null, blocks.length, number(0), number(-1));
    }
    case MessageType.GREETING:
    case MessageType.SINGLE_PONG: {
      const { version, extra, topBlock, chain } = message.payload;
      return `${message.type}: ${version} ${printJson(extra)} ${topBlock} ${chain.map(toHex).join()}`;
    }
    case MessageType.TXPOWREQ:
    case MessageType.PING:
      return `${message.type}: ${toHex(message.payload)}`;
    default:
      return `${message.type}`;
  }
}

/** The frame bodies that come, and whether the other side has ended the connection. */
function listen(socket: Socket): { readonly bodies: Bytes[]; readonly isClosed: () => boolean } {
  const bodies: Bytes[] = [];
  let rest = Buffer.alloc(0);
  let closed = false;
  socket.on("error", () => {});
  socket.on("close", () => {
    closed = true;
  });
  socket.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let length = 4; rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(); ) {
      length = 4 + rest.readInt32BE();
      bodies.push(new Uint8Array(rest.subarray(4, length)));
      rest = rest.subarray(length);
    }
  });
  return { bodies, isClosed: () => closed };
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !condition() && Date.now() < end; ) await pause(3);
}
