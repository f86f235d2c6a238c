import type { Reader } from "./reader.js";
import { readTxPoW, type TxPoW, withoutBody, writeTxPoW } from "./txpow.js";
import type { Writer } from "./writer.js";

/** A block of the cascade: a TxPoW without body, standing for 2^level blocks (spec 02 §16). */
export interface CascadeNode {
  readonly txpow: TxPoW;
  readonly level: number;
}

/** Cascade nodes as they are on the wire, tip first. The chain re-cascades them after decoding (spec 02 §16, Q19). */
export type CascadeNodes = readonly CascadeNode[];

/** Bytes of the shortest node. */
export const MIN_CASCADE_NODE_BYTES = 67;

export function readCascadeNode(reader: Reader): CascadeNode {
  return { txpow: withoutBody(readTxPoW(reader)), level: reader.number().toInt32() };
}

export function readCascadeNodes(reader: Reader): CascadeNodes {
  return reader.list(MIN_CASCADE_NODE_BYTES, readCascadeNode);
}

export function writeCascadeNodes(writer: Writer, nodes: CascadeNodes): void {
  writer.list(nodes, (w, node) => {
    writeTxPoW(w, withoutBody(node.txpow));
    w.integer(node.level);
  });
}
