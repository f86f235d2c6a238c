import type { Bytes } from "../protocol/bytes.js";
import { readCascadeNodes } from "../protocol/cascade.js";
import { ProtocolError } from "../protocol/errors.js";
import { Reader } from "../protocol/reader.js";
import { readTxBlock, type TxBlock } from "../protocol/txblock.js";
import type { IncomingIBD } from "./chain-port.js";

/** Bytes of the shortest encoding of a TxBlock. */
const MIN_TXBLOCK_BYTES = 73;

/**
 * Opens the IBD of a message (the type byte first) without decoding its blocks: they are decoded as they are walked, so that a
 * long download neither holds the event loop nor exists twice in memory. Throws `ProtocolError`.
 */
export function openIBD(message: Bytes): IncomingIBD {
  const reader = new Reader(message);
  reader.byte();
  const cascade = reader.flag() ? readCascadeNodes(reader) : null;
  const count = reader.count();
  if (count * MIN_TXBLOCK_BYTES > reader.remaining) throw new ProtocolError("truncated", `${count} blocks do not fit in the message`);
  const encoded = message.subarray(reader.position);
  return { cascade, count, blocks: { [Symbol.iterator]: () => readBlocks(encoded, count) } };
}

function* readBlocks(encoded: Bytes, count: number): Iterator<TxBlock> {
  const reader = new Reader(encoded);
  for (let i = 0; i < count; i++) yield readTxBlock(reader);
}
