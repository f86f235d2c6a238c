import { entryPosition } from "../../protocol/entry-number.js";
import { ProtocolError } from "../../protocol/errors.js";
import { coinLeaf, equalNodes } from "../../protocol/mmr-node.js";
import type { CoinProof } from "../../protocol/witness.js";
import { blocktimeBound } from "./blocktime.js";
import type { MMR } from "./mmr.js";

/**
 * Whether a coin is unspent as of a block: the proof holds against the block it was made at, and no later block rewrote the leaf
 * (spec 03 §8). A proof whose sums are out of range is invalid.
 */
export function isCoinProofValid(mmr: MMR, { coin, proof }: CoinProof): boolean {
  const made = mmr.at(proof.blocktime);
  if (made === undefined) return false;
  try {
    const leaf = coinLeaf(coin);
    if (!made.proves(leaf, proof)) return false;
    const position = entryPosition(coin.mmrentry);
    const current = position === undefined ? undefined : mmr.lookup(0, BigInt(position), blocktimeBound(proof.blocktime));
    return current === undefined || equalNodes(current, leaf);
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
