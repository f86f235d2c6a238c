import { type Bytes, parseHex } from "../../protocol/bytes.js";
import { ProtocolError } from "../../protocol/errors.js";
import { dataLeaf, textLeaf } from "../../protocol/mmr-node.js";
import type { MMRData, MMRProof } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";
import type { ScriptProof } from "../../protocol/witness.js";
import { MMR } from "./mmr.js";

/** A tree of leaves that are no coins: its root and the proof of each leaf to it (spec 03 §13). */
export interface ProofTree {
  readonly root: MMRData;
  readonly proofs: readonly MMRProof[];
}

/** Throws `malformed` without leaves, `range` when a sum is out of range. */
export function proofTree(leaves: readonly MMRData[]): ProofTree {
  const mmr = MMR.of(leaves);
  const root = mmr.root();
  if (root === null) throw new ProtocolError("malformed", "a tree needs a leaf");
  return { root, proofs: leaves.map((_, i) => mmr.proofToRoot(BigInt(i))) };
}

/** Several scripts under one address (MAST), and what a witness carries to use each (spec 03 §13). Throws `malformed` without scripts. */
export function scriptTree(scripts: readonly string[]): { readonly address: Bytes; readonly scripts: readonly ScriptProof[] } {
  const { root, proofs } = proofTree(scripts.map((script) => textLeaf(script)));
  return { address: root.hash, scripts: scripts.flatMap((script, i) => proofs.slice(i, i + 1).map((proof) => ({ script, proof }))) };
}

/** What is written as `text:value` in a user's tree; the value is 0 if it is left out (spec 03 §13). */
export interface ValuedText {
  readonly text: string;
  readonly value: MiniNumber;
}

/** Splits at the first colon. Throws ProtocolError when what follows is no number. */
export function splitValue(valued: string): ValuedText {
  const colon = valued.indexOf(":");
  if (colon < 0) return { text: valued, value: MiniNumber.ZERO };
  return { text: valued.slice(0, colon), value: MiniNumber.parse(valued.slice(colon + 1)) };
}

/** The leaf of a user's text: data if it starts with `0x`, else a string (spec 03 §13). Throws `malformed` for what is no HEX. */
export function userLeaf({ text, value }: ValuedText): MMRData {
  return text.startsWith("0x") ? dataLeaf(parseHex(text), value) : textLeaf(text, value);
}
