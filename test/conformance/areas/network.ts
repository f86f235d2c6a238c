import { toHex0x } from "../../../host/protocol/bytes.js";
import type { IBD } from "../../../host/protocol/ibd.js";
import { isJsonObject, parseJson, printJson } from "../../../host/protocol/json.js";
import { type Greeting, greetingRootBlock } from "../../../host/protocol/messages/greeting.js";
import {
  isForPackage,
  maximaMessageId,
  maximaPackageHash,
  readMaximaErrorMsg,
  readMaximaInternal,
  readMaximaMessage,
  readMaximaPackage,
  writeMaximaErrorMsg,
  writeMaximaInternal,
  writeMaximaMessage,
  writeMaximaPackage,
} from "../../../host/protocol/messages/maxima.js";
import { MessageType, messageName, type NetworkMessage, readMessage, writeMessage } from "../../../host/protocol/messages/message.js";
import { readMLSPacketGETResp, writeMLSPacketGETResp } from "../../../host/protocol/messages/mls.js";
import { decode, type Reader } from "../../../host/protocol/reader.js";
import { carriesTransaction, isBlock, type TxPoW, txpowId } from "../../../host/protocol/txpow.js";
import { encode, type Writer } from "../../../host/protocol/writer.js";
import type { Area, Case } from "../area.js";
import { refused, same } from "../checks.js";
import { fromHex, lowerHex } from "./base-bytes.js";
import { behaviour } from "./network-behaviour.js";
import { casesOf } from "./objects-special.js";

/** The content of a message in the words of the vectors; only the keys a vector has are compared. */
function contentOf(message: NetworkMessage): Readonly<Record<string, unknown>> {
  switch (message.type) {
    case MessageType.GREETING:
    case MessageType.SINGLE_PONG:
      return greetingContent(message.payload);
    case MessageType.IBD:
    case MessageType.IBD_RESP:
    case MessageType.ARCHIVE_DATA:
      return ibdContent(message.payload);
    case MessageType.TXPOW:
    case MessageType.IBD_REQ:
    case MessageType.TXBLOCKMINE:
      return txpowContent(message.payload);
    case MessageType.TXBLOCK:
      return txpowContent(message.payload.txpow);
    case MessageType.TXPOWID:
    case MessageType.TXPOWREQ:
    case MessageType.TXBLOCKID:
    case MessageType.TXBLOCKREQ:
    case MessageType.PING:
    case MessageType.SINGLE_PING:
      return { txpowid: lowerHex(message.payload), data: lowerHex(message.payload) };
    case MessageType.GENMESSAGE:
    case MessageType.P2P:
      return { text: message.payload };
    case MessageType.PULSE:
      return { version: "1", blocks: message.payload.ids.map(lowerHex) };
    case MessageType.ARCHIVE_REQ:
    case MessageType.ARCHIVE_SINGLE_REQ:
      return { firstblock: message.payload.toString(), block: message.payload.toString() };
    case MessageType.MEGAMMRSYNC_REQ:
      return { addresses: message.payload.addresses.map(lowerHex), publickeys: message.payload.publicKeys.map(lowerHex) };
    case MessageType.MEGAMMRSYNC_RESP:
      return {
        ...ibdContent(message.payload.ibd),
        version: "2",
        coinproofs: message.payload.coinProofs.length,
        peerslist: message.payload.peers,
        peers: message.payload.peers,
      };
    case MessageType.MAXIMA_CTRL: {
      const { type, data } = message.payload;
      return { ctrltype: type, data: lowerHex(data), text: Buffer.from(data).toString(), length: data.length };
    }
    case MessageType.MAXIMA_TXPOW: {
      const { txpow, package: item } = message.payload;
      return { ...txpowContent(txpow), to: toHex0x(item.to), encryptedlength: item.data.length, hashok: isForPackage(message.payload) };
    }
  }
}

function greetingContent(greeting: Greeting): Readonly<Record<string, unknown>> {
  const extra = printJson(greeting.extra);
  const chain = greeting.chain.map(lowerHex);
  const topblock = greeting.topBlock.toString();
  return { version: greeting.version, extradata: extra, extra, topblock, chain, rootblock: greetingRootBlock(greeting).toString() };
}

function txpowContent(txpow: TxPoW): Readonly<Record<string, unknown>> {
  return {
    txpowid: toHex0x(txpowId(txpow)),
    block: txpow.header.block.toString(),
    isblock: isBlock(txpow),
    istransaction: carriesTransaction(txpow),
    hasbody: txpow.body !== null,
  };
}

function ibdContent(ibd: IBD): Readonly<Record<string, unknown>> {
  const number = (txpow: TxPoW | undefined): string | undefined => txpow?.header.block.toString();
  return {
    cascade: ibd.cascade !== null,
    cascadelength: ibd.cascade?.length ?? 0,
    cascadetip: number(ibd.cascade?.[0]?.txpow),
    blocks: ibd.blocks.map(({ txpow }) => toHex0x(txpowId(txpow))),
    first: number(ibd.blocks[0]?.txpow),
    last: number(ibd.blocks.at(-1)?.txpow),
  };
}

/** Lists are given in full, as their length, or as their first and last element. */
function compareContent(message: NetworkMessage, expected: Readonly<Record<string, unknown>>): void {
  const content = contentOf(message);
  for (const [key, value] of Object.entries(expected)) {
    const actual = content[key];
    if (!Array.isArray(actual)) same(typeof value === "string" && value.startsWith("0x") ? asId(actual) : actual, value, key);
    else if (typeof value === "number") same(actual.length, value, key);
    else if (typeof value === "string") same(`first ${actual[0]} last ${actual.at(-1)}`, value, key);
    else same(actual, value, key);
  }
}

const asId = (value: unknown): unknown => (typeof value === "string" && !value.startsWith("0x") ? toHex0x(fromHex(value)) : value);

interface MessageVector {
  readonly name: string;
  readonly type: number;
  readonly typename: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly payload: string;
}

function checkMessage(vector: MessageVector): void {
  const message = readMessage(fromHex(vector.payload));
  same(message.type, vector.type, "type");
  same(lowerHex(writeMessage(message)), vector.payload, "encoding");
  compareContent(message, vector.fields);
}

interface P2PVector {
  readonly name: string;
  readonly json: string;
  readonly payload: string;
}

function checkP2P(vector: P2PVector): void {
  const message = readMessage(fromHex(vector.payload));
  same(message, { type: MessageType.P2P, payload: vector.json });
  same(lowerHex(writeMessage(message)), vector.payload, "encoding");
  const value = parseJson(vector.json);
  same(isJsonObject(value), true, "an object");
  same(printJson(value), vector.json, "printed again");
}

interface MalformedVector {
  readonly name: string;
  readonly payload: string;
  readonly result: "ok" | "error";
  readonly value?: string;
  readonly exception?: string;
}

function checkMalformed(vector: MalformedVector): void {
  const read = (): NetworkMessage => readMessage(fromHex(vector.payload));
  if (vector.result === "error") refused(read, vector.exception ?? "");
  else same(describe(read()), vector.value, "value");
}

/** A message in the one-line form of `malformed.json`. */
function describe(message: NetworkMessage): string {
  switch (message.type) {
    case MessageType.GREETING: {
      const { extra, topBlock, chain } = message.payload;
      return extra === null ? "extra null" : `${printJson(extra)} top ${topBlock} chain ${chain.length}`;
    }
    case MessageType.PULSE:
      return `${message.payload.ids.length} blocks`;
    case MessageType.IBD:
      return `${message.payload.blocks.length} blocks`;
    case MessageType.MAXIMA_CTRL:
      return `${message.payload.type} ${toHex0x(message.payload.data)}`;
    case MessageType.TXPOW:
      return toHex0x(txpowId(message.payload));
    case MessageType.TXPOWID:
      return toHex0x(message.payload);
    case MessageType.ARCHIVE_REQ:
      return message.payload.toString();
    default:
      throw new Error(`no description of ${messageName(message.type)}`);
  }
}

interface MaximaVector {
  readonly name: string;
  readonly message?: string;
  readonly msgid?: string;
  readonly internal?: string;
  readonly signature?: string;
  readonly cryptopackage?: string;
  readonly maximapackage?: string;
  readonly package_hash?: string;
  readonly checkvalid?: boolean;
  readonly json?: { readonly publickey: string; readonly address: string; readonly ranmdomuid: string };
  readonly error?: string;
  readonly object?: string;
  readonly payload: string;
}

/** The layers of Maxima messages as objects; what is inside the encryption is not opened. */
function checkMaxima(vector: MaximaVector): void {
  const message = readMessage(fromHex(vector.payload));
  same(lowerHex(writeMessage(message)), vector.payload, "encoding");
  if (message.type === MessageType.MAXIMA_TXPOW) {
    const { package: item } = message.payload;
    same(lowerHex(encode(writeMaximaPackage, item)), vector.maximapackage, "package");
    same(lowerHex(item.data), vector.cryptopackage, "content of the package");
    same(toHex0x(maximaPackageHash(item)), vector.package_hash, "package hash");
    same(isForPackage(message.payload), vector.checkvalid, "customhash");
    const inner = again(readMaximaInternal, writeMaximaInternal, vector.internal);
    same([lowerHex(inner.data), lowerHex(inner.signature)], [vector.message, vector.signature], "MaximaInternal");
    same(toHex0x(maximaMessageId(again(readMaximaMessage, writeMaximaMessage, vector.message))), vector.msgid, "msgid");
    again(readMaximaPackage, writeMaximaPackage, vector.maximapackage);
  } else if (vector.json !== undefined) {
    const { publickey, address, ranmdomuid } = vector.json;
    const packet = again(readMLSPacketGETResp, writeMLSPacketGETResp, vector.object);
    same(packet, { publicKey: publickey, address, randomUid: ranmdomuid });
  } else if (vector.error !== undefined) {
    same(again(readMaximaErrorMsg, writeMaximaErrorMsg, vector.object), { error: vector.error });
  }
}

/** Decodes, checks that encoding gives the same bytes. */
function again<T>(read: (reader: Reader) => T, write: (writer: Writer, item: T) => void, hex = ""): T {
  const item = decode(read, fromHex(hex));
  same(lowerHex(encode(write, item)), hex, "encoding");
  return item;
}

export const network: Area = {
  messages: casesOf(checkMessage),
  p2p: casesOf(checkP2P),
  malformed: casesOf(checkMalformed),
  maxima: casesOf(checkMaxima),
  behaviour,
};

interface CaptureLine {
  readonly conn: number;
  readonly t: number;
  readonly type?: number;
  readonly info?: Readonly<Record<string, unknown>>;
  readonly hex?: string;
}

/** Every recorded frame decodes to what the reference saw in it, and encodes to the same bytes. */
function* captured(data: unknown): Iterable<Case> {
  for (const [i, { type, info, hex }] of (data as readonly CaptureLine[]).entries()) {
    if (hex === undefined || type === undefined) continue;
    yield {
      name: `line ${i + 1}: ${messageName(type) ?? type}`,
      run() {
        const message = readMessage(fromHex(hex));
        same(message.type, type, "type");
        same(lowerHex(writeMessage(message)), hex, "encoding");
        compareContent(message, info ?? {});
      },
    };
  }
}

export const networkCaptures: Area = { "*": captured };
