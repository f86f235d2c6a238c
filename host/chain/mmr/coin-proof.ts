import { entryPosition } from "../../protocol/entry-number.js";
import { ProtocolError } from "../../protocol/errors.js";
import { coinLeaf, equalNodes } from "../../protocol/mmr-node.js";
import type { CoinProof } from "../../protocol/witness.js";
import { blocktimeBound } from "./blocktime.js";
import type { MMR } from "./mmr.js";

/**
 * Whether a coin is unspent as of a block: the proof holds against the block it was made at, and no later block rewrote the leaf
 * (spec 03 §8). Throws `range` for a proof whose sums are out of range: on the network that check ends in an exception.
 */
export function provesCoin(mmr: MMR, { coin, proof }: CoinProof): boolean {
  const made = mmr.at(proof.blocktime);
  if (made === undefined) return false;
  const leaf = coinLeaf(coin);
  if (!made.proves(leaf, proof)) return false;
  const position = entryPosition(coin.mmrentry);
  const current = position === undefined ? undefined : mmr.lookup(0, BigInt(position), blocktimeBound(proof.blocktime));
  return current === undefined || equalNodes(current, leaf);
}

/** As `provesCoin`, where a proof whose sums are out of range is only invalid. */
export function isCoinProofValid(mmr: MMR, coinProof: CoinProof): boolean {
  try {
    return provesCoin(mmr, coinProof);
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
