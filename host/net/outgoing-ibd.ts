import type { Bytes } from "../protocol/bytes.js";
import { MAX_MESSAGE_BYTES } from "../protocol/messages/message.js";
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
  const blocks = fitting(content);
  const head = new Writer(16);
  head.byte(type);
  head.flag(content.cascade !== null);
  if (content.cascade !== null) head.raw(content.cascade);
  head.integer(blocks.length);
  const start = head.toBytes();
  return { type, length: blocks.reduce((sum, block) => sum + block.size, start.length), pieces: () => pieces(start, blocks) };
}

function* pieces(start: Bytes, blocks: readonly StoredBlock[]): Iterator<Bytes> {
  yield start;
  for (const block of blocks) {
    const bytes = block.read();
    if (bytes === undefined || bytes.length !== block.size) return;
    yield bytes;
  }
}

/** Type, flag and count. */
const HEAD_BYTES = 16;

function fitting({ cascade, blocks }: IBDContent): readonly StoredBlock[] {
  let left = MAX_MESSAGE_BYTES - HEAD_BYTES - (cascade?.length ?? 0);
  const end = blocks.findIndex((block) => {
    left -= block.size;
    return left < 0;
  });
  return end < 0 ? blocks : blocks.slice(0, end);
}
