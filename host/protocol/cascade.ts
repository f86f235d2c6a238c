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

export function readCascadeNodes(reader: Reader): CascadeNodes {
  return reader.list(67, (r) => ({ txpow: withoutBody(readTxPoW(r)), level: r.number().toInt32() }));
}

export function writeCascadeNodes(writer: Writer, nodes: CascadeNodes): void {
  writer.list(nodes, (w, node) => {
    writeTxPoW(w, withoutBody(node.txpow));
    w.integer(node.level);
  });
}
