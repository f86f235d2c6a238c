import type { Coin } from "../protocol/coin.js";
import type { MMRProof } from "../protocol/mmr-objects.js";
import type { StateVariable } from "../protocol/state-variable.js";
import type { Transaction } from "../protocol/transaction.js";
import type { Witness } from "../protocol/witness.js";
import { FOREIGN_DIGITS_COST, HASH_BYTE_COST, HASH_COST, NUMBER_COST, STEP_COST } from "./work.js";

/** Hashing one step of a proof up. */
const PROOF_STEP_COST = 3_000;
/** Scaling the amount of a coin, and adding it up. */
const COIN_COST = 4 * NUMBER_COST;
/** A UTF-16 unit has three bytes of UTF-8 at most. */
const TEXT_HASH_COST = 3 * HASH_BYTE_COST;

/**
 * What is computed once for all scripts of a transaction, at most: addresses, keys, amounts and sums, values of state variables.
 * Counted before any of it is begun, in nominal nanoseconds (see work.ts).
 */
export function setupCost({ inputs, outputs, state }: Transaction, { signatures, coinProofs, scripts }: Witness): number {
  let cost = stateCost(state) + (inputs.length + outputs.length) * COIN_COST;
  for (const { coin } of coinProofs) cost += coinCost(coin);
  for (const { script, proof } of scripts) cost += HASH_COST + script.length * TEXT_HASH_COST + proofCost(proof);
  for (const { proofs } of signatures)
    for (const { publickey, proof } of proofs) cost += HASH_COST + publickey.length * HASH_BYTE_COST + proofCost(proof);
  return cost;
}

function coinCost({ state }: Coin): number {
  return COIN_COST + stateCost(state);
}

function proofCost({ chunks }: MMRProof): number {
  return chunks.length * PROOF_STEP_COST;
}

/** That of a NUMBER of digits that are not ASCII. */
function stateCost(state: readonly StateVariable[]): number {
  return state.reduce((cost, { text }) => cost + STEP_COST + text.length * FOREIGN_DIGITS_COST, 0);
}
