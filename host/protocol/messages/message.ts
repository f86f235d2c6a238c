import type { Bytes } from "../bytes.js";
import { ProtocolError } from "../errors.js";
import { type IBD, readIBD, writeIBD } from "../ibd.js";
import type { MiniNumber } from "../number.js";
import { Reader } from "../reader.js";
import { readTxBlock, type TxBlock, writeTxBlock } from "../txblock.js";
import { readTxPoW, type TxPoW, writeTxPoW } from "../txpow.js";
import { Writer } from "../writer.js";
import { type Greeting, readGreeting, writeGreeting } from "./greeting.js";
import {
  type MaximaCTRLMessage,
  type MaxTxPoW,
  readMaximaCTRLMessage,
  readMaxTxPoW,
  writeMaximaCTRLMessage,
  writeMaxTxPoW,
} from "./maxima.js";
import {
  type MegaMMRIBD,
  type MegaMMRSyncData,
  readMegaMMRIBD,
  readMegaMMRSyncData,
  writeMegaMMRIBD,
  writeMegaMMRSyncData,
} from "./mega-mmr.js";
import { type Pulse, readPulse, writePulse } from "./pulse.js";

/** The type byte of every message (spec 07 §2). */
export const MessageType = {
  GREETING: 0,
  IBD: 1,
  TXPOWID: 2,
  TXPOWREQ: 3,
  TXPOW: 4,
  GENMESSAGE: 5,
  PULSE: 6,
  P2P: 7,
  PING: 8,
  MAXIMA_CTRL: 9,
  MAXIMA_TXPOW: 10,
  SINGLE_PING: 11,
  SINGLE_PONG: 12,
  IBD_REQ: 13,
  IBD_RESP: 14,
  ARCHIVE_REQ: 15,
  ARCHIVE_DATA: 16,
  ARCHIVE_SINGLE_REQ: 17,
  TXBLOCKID: 18,
  TXBLOCKREQ: 19,
  TXBLOCK: 20,
  TXBLOCKMINE: 21,
  MEGAMMRSYNC_REQ: 22,
  MEGAMMRSYNC_RESP: 23,
} as const;

export type MessageName = keyof typeof MessageType;

/** What each message carries (spec 02 §18). */
interface Payloads {
  GREETING: Greeting;
  IBD: IBD;
  TXPOWID: Bytes;
  TXPOWREQ: Bytes;
  TXPOW: TxPoW;
  GENMESSAGE: string;
  PULSE: Pulse;
  /** JSON text. */
  P2P: string;
  PING: Bytes;
  MAXIMA_CTRL: MaximaCTRLMessage;
  MAXIMA_TXPOW: MaxTxPoW;
  SINGLE_PING: Bytes;
  SINGLE_PONG: Greeting;
  /** The oldest block the requester holds. */
  IBD_REQ: TxPoW;
  IBD_RESP: IBD;
  /** The first block wanted. */
  ARCHIVE_REQ: MiniNumber;
  ARCHIVE_DATA: IBD;
  ARCHIVE_SINGLE_REQ: MiniNumber;
  TXBLOCKID: Bytes;
  TXBLOCKREQ: Bytes;
  TXBLOCK: TxBlock;
  TXBLOCKMINE: TxPoW;
  MEGAMMRSYNC_REQ: MegaMMRSyncData;
  MEGAMMRSYNC_RESP: MegaMMRIBD;
}

/** A message between nodes. The type decides what the payload is. */
export type NetworkMessage = { [N in MessageName]: { readonly type: (typeof MessageType)[N]; readonly payload: Payloads[N] } }[MessageName];

/** 256 MiB: the longest message of any type, the type byte included (spec 07 §1). */
export const MAX_MESSAGE_BYTES = 268_435_456;

const KIB = 1024;
const MIB = 1024 * KIB;

/** How a message is read and written, and how long a sensible one is at most, the type byte included (spec 07 §19). */
interface Codec<T> {
  readonly limit: number;
  readonly read: (reader: Reader) => T;
  readonly write: (writer: Writer, payload: T) => void;
}

const data = (limit: number): Codec<Bytes> => ({ limit, read: (r) => r.data(), write: (w, bytes) => w.data(bytes) });
const text = (limit: number): Codec<string> => ({ limit, read: (r) => r.string(), write: (w, item) => w.string(item) });
const number = (limit: number): Codec<MiniNumber> => ({ limit, read: (r) => r.number(), write: (w, item) => w.number(item) });
const txpow: Codec<TxPoW> = { limit: MIB, read: readTxPoW, write: writeTxPoW };
const ibd: Codec<IBD> = { limit: MAX_MESSAGE_BYTES, read: readIBD, write: writeIBD };
const greeting: Codec<Greeting> = { limit: MIB, read: readGreeting, write: writeGreeting };

const CODECS: { readonly [N in MessageName]: Codec<Payloads[N]> } = {
  GREETING: greeting,
  IBD: ibd,
  TXPOWID: data(64 * KIB),
  TXPOWREQ: data(64 * KIB),
  TXPOW: txpow,
  GENMESSAGE: text(64 * KIB),
  PULSE: { limit: MIB, read: readPulse, write: writePulse },
  P2P: text(MIB),
  PING: data(64 * KIB),
  MAXIMA_CTRL: { limit: 65_535, read: readMaximaCTRLMessage, write: writeMaximaCTRLMessage },
  // More than a package may have: one that is too big is answered, not dropped.
  MAXIMA_TXPOW: { limit: 2 * MIB, read: readMaxTxPoW, write: writeMaxTxPoW },
  SINGLE_PING: data(64 * KIB),
  SINGLE_PONG: greeting,
  IBD_REQ: txpow,
  IBD_RESP: ibd,
  ARCHIVE_REQ: number(64 * KIB),
  ARCHIVE_DATA: ibd,
  ARCHIVE_SINGLE_REQ: number(64 * KIB),
  TXBLOCKID: data(64 * KIB),
  TXBLOCKREQ: data(64 * KIB),
  TXBLOCK: { limit: 64 * MIB, read: readTxBlock, write: writeTxBlock },
  TXBLOCKMINE: txpow,
  MEGAMMRSYNC_REQ: { limit: 16 * MIB, read: readMegaMMRSyncData, write: writeMegaMMRSyncData },
  MEGAMMRSYNC_RESP: {
    limit: MAX_MESSAGE_BYTES,
    read: readMegaMMRIBD,
    write: writeMegaMMRIBD,
  },
};

const NAMES: ReadonlyMap<number, MessageName> = new Map(Object.entries(MessageType).map(([name, type]) => [type, name as MessageName]));

/** The name of a message type, undefined when nothing of this type exists. */
export function messageName(type: number): MessageName | undefined {
  return NAMES.get(type);
}

/** How long a message of this type may be, the type byte included; 0 for an unknown type, whose content nobody reads. */
export function messageLimit(type: number): number {
  const name = messageName(type);
  return name === undefined ? 0 : CODECS[name].limit;
}

/**
 * Decodes a frame body; bytes after the object are ignored (spec 07 §1). Throws `malformed` for an unknown type and
 * `limit` for a message that is too long for its type. Either way the message is dropped and the connection kept.
 */
export function readMessage(bytes: Bytes): NetworkMessage {
  const reader = new Reader(bytes);
  const type = reader.byte();
  const name = messageName(type);
  if (name === undefined) throw new ProtocolError("malformed", `unknown message type ${type}`);
  const codec = codecOf(name);
  if (bytes.length > codec.limit) throw new ProtocolError("limit", `a ${name} message of ${bytes.length} bytes is too long`);
  return { type, payload: codec.read(reader) } as NetworkMessage;
}

/** The table keeps payloads apart by name; here the name is not known before. */
function codecOf(name: MessageName): Codec<NetworkMessage["payload"]> {
  return CODECS[name] as Codec<NetworkMessage["payload"]>;
}

/** The frame body of a message. */
export function writeMessage(message: NetworkMessage): Bytes {
  const writer = new Writer(1024);
  writer.byte(message.type);
  codecOf(messageName(message.type) as MessageName).write(writer, message.payload);
  return writer.toBytes();
}
