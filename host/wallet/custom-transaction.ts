import { equalBytes, FLOATING_ID, toHex, ZERO_ID } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { outputCoinId, scriptProofAddress, signatureRootKey } from "../protocol/mmr-node.js";
import type { Signature } from "../protocol/signature.js";
import type { StateVariable } from "../protocol/state-variable.js";
import { EMPTY_TRANSACTION, type Transaction } from "../protocol/transaction.js";
import type { TxnRow } from "../protocol/txn-row.js";
import { type CoinProof, EMPTY_WITNESS, type ScriptProof, type Witness } from "../protocol/witness.js";

/**
 * Transactions built by hand, step by step (spec 09 §14). Every step gives a new row; ids of outputs follow from the first input.
 * Signatures that were there stay, even where they do not fit any more: `txnclear` takes them away.
 */
export function emptyTxn(id: string): TxnRow {
  return { id, transaction: EMPTY_TRANSACTION, witness: EMPTY_WITNESS };
}

/** A transaction with the coin ids its outputs will have; those of a floating one are not known (spec 09 §14). */
function withOutputIds(transaction: Transaction): Transaction {
  const [first] = transaction.inputs;
  if (first === undefined) return transaction;
  const floats = equalBytes(first.coinid, FLOATING_ID);
  const outputs = transaction.outputs.map((coin, i) => ({ ...coin, coinid: floats ? ZERO_ID : outputCoinId(first.coinid, i) }));
  return { ...transaction, outputs };
}

/** The row as another one's, under an id of ours. */
export function renamed(row: TxnRow, id: string): TxnRow {
  return { ...row, id, transaction: withOutputIds(row.transaction) };
}

export function withCoins(row: TxnRow, inputs: readonly Coin[], outputs: readonly Coin[]): TxnRow {
  const { transaction } = row;
  return {
    ...row,
    transaction: withOutputIds({
      ...transaction,
      inputs: [...transaction.inputs, ...inputs],
      outputs: [...transaction.outputs, ...outputs],
    }),
  };
}

/** In the place of another variable with the same port. */
export function withState(row: TxnRow, variable: StateVariable): TxnRow {
  const { transaction } = row;
  const state = [...transaction.state.filter(({ port }) => port !== variable.port), variable].sort((a, b) => a.port - b.port);
  return { ...row, transaction: { ...transaction, state } };
}

/** Adds proofs; a script that is there already is not added again. */
export function withProofs(row: TxnRow, coinProofs: readonly CoinProof[], scripts: readonly ScriptProof[]): TxnRow {
  const { witness } = row;
  const known = new Set(witness.scripts.map((script) => toHex(scriptProofAddress(script))));
  const added = scripts.filter((script) => {
    const address = toHex(scriptProofAddress(script));
    return !known.has(address) && known.add(address);
  });
  return {
    ...row,
    witness: { ...witness, coinProofs: [...witness.coinProofs, ...coinProofs], scripts: [...witness.scripts, ...added] },
  };
}

export function isSignedBy({ signatures }: Witness, publicKey: Uint8Array): boolean {
  return signatures.some((signature) => equalBytes(signatureRootKey(signature), publicKey));
}

/** Adds a signature, unless its key has signed already. */
export function withSignature(row: TxnRow, signature: Signature): TxnRow {
  const { witness } = row;
  if (isSignedBy(witness, signatureRootKey(signature))) return row;
  return { ...row, witness: { ...witness, signatures: [...witness.signatures, signature] } };
}

export function withoutWitness(row: TxnRow): TxnRow {
  return { ...row, witness: EMPTY_WITNESS };
}
