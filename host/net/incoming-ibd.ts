import type { Bytes } from "../protocol/bytes.js";
import { readCascadeNodes } from "../protocol/cascade.js";
import { ProtocolError } from "../protocol/errors.js";
import { Reader } from "../protocol/reader.js";
import { MIN_TXBLOCK_BYTES, readTxBlock, type TxBlock } from "../protocol/txblock.js";
import { type CoinProof, MIN_COIN_PROOF_BYTES, readCoinProof } from "../protocol/witness.js";
import type { IncomingIBD } from "./chain-port.js";

/**
 * Opens the IBD of a message (the type byte first) without decoding its blocks: they are decoded as they are walked, so that a
 * long download neither holds the event loop nor exists twice in memory. Throws `ProtocolError`.
 */
export function openIBD(message: Bytes): IncomingIBD {
  const reader = new Reader(message);
  reader.byte();
  return openAt(reader, message);
}

/** The answer of a node that keeps a MegaMMR; what follows its blocks is decoded when it is asked for. */
export interface IncomingMegaMMR {
  readonly ibd: IncomingIBD;
  /** Passes over the blocks, in steps. Throws `ProtocolError`. */
  rest(): Generator<void, { readonly coinProofs: readonly CoinProof[]; readonly peers: string }, void>;
}

/** Opens the answer to a MEGAMMRSYNC_REQ (spec 02 §18.5), as `openIBD` does. Throws `ProtocolError`. */
export function openMegaMMR(message: Bytes): IncomingMegaMMR {
  const reader = new Reader(message);
  reader.byte();
  reader.number();
  const ibd = openAt(reader, message);
  const start = reader.position;
  return {
    ibd,
    *rest() {
      const after = new Reader(message.subarray(start));
      for (let i = 0; i < ibd.count; i++) {
        readTxBlock(after);
        yield;
      }
      return { coinProofs: after.list(MIN_COIN_PROOF_BYTES, readCoinProof), peers: after.string() };
    },
  };
}

function openAt(reader: Reader, message: Bytes): IncomingIBD {
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
