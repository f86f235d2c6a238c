import type { Bytes } from "../protocol/bytes.js";
import { MAX_MESSAGE_BYTES, MessageType } from "../protocol/messages/message.js";
import { type CoinProof, writeCoinProof } from "../protocol/witness.js";
import { Writer } from "../protocol/writer.js";
import type { StoredBlock } from "./chain-port.js";
import type { StreamedMessage } from "./transports/transport.js";

/** What goes into an IBD: the cascade's encoding, null for none, and blocks in the order they are sent. */
export interface IBDContent {
  readonly cascade: Bytes | null;
  readonly blocks: readonly StoredBlock[];
}

/** A message that carries an IBD (spec 02 §17). Blocks are read when they are sent. Those that would make the message too long are left out at the end. */
export function ibdMessage(type: number, content: IBDContent): StreamedMessage {
  return wrapped(type, NO_BYTES, content, NO_BYTES);
}

/** The answer to a MEGAMMRSYNC_REQ (spec 02 §18.5). */
export function megaMMRMessage(content: IBDContent, coinProofs: readonly CoinProof[], peers: string): StreamedMessage {
  const version = new Writer(4);
  version.integer(MEGA_VERSION);
  const rest = new Writer();
  rest.list(coinProofs, writeCoinProof);
  rest.string(peers);
  return wrapped(MessageType.MEGAMMRSYNC_RESP, version.toBytes(), content, rest.toBytes());
}

const NO_BYTES = new Uint8Array(0);
const MEGA_VERSION = 2;

function wrapped(type: number, before: Bytes, content: IBDContent, after: Bytes): StreamedMessage {
  const blocks = fitting(content, before.length + after.length);
  const head = new Writer(16);
  head.byte(type);
  head.raw(before);
  head.flag(content.cascade !== null);
  if (content.cascade !== null) head.raw(content.cascade);
  head.integer(blocks.length);
  const start = head.toBytes();
  const length = blocks.reduce((sum, block) => sum + block.size, start.length + after.length);
  return { type, length, pieces: () => pieces(start, blocks, after) };
}

function* pieces(start: Bytes, blocks: readonly StoredBlock[], after: Bytes): Iterator<Bytes> {
  yield start;
  for (const block of blocks) {
    const bytes = block.read();
    if (bytes === undefined || bytes.length !== block.size) return;
    yield bytes;
  }
  if (after.length > 0) yield after;
}

/** Type, flag and count. */
const HEAD_BYTES = 16;

function fitting({ cascade, blocks }: IBDContent, around: number): readonly StoredBlock[] {
  let left = MAX_MESSAGE_BYTES - HEAD_BYTES - around - (cascade?.length ?? 0);
  const end = blocks.findIndex((block) => {
    left -= block.size;
    return left < 0;
  });
  return end < 0 ? blocks : blocks.slice(0, end);
}
