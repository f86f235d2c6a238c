import { type Bytes, equalBytes, FLOATING_ID, toHex0x } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { entryPosition } from "../protocol/entry-number.js";
import { printJson } from "../protocol/json.js";
import { coinToJSON } from "../protocol/json-views/coin-json.js";
import { EMPTY_PROOF } from "../protocol/mmr-objects.js";
import type { Slices } from "../protocol/slices.js";
import type { TxnRow } from "../protocol/txn-row.js";
import type { CoinProof } from "../protocol/witness.js";
import { withProofs } from "./custom-transaction.js";
import { WalletError } from "./errors.js";
import { type PaymentContext, proofMMR, proveCoins } from "./payment.js";
import type { ScriptRow } from "./scripts.js";

/** The unspent coins that inputs stand for, whoever owns them; none for an input of which no such coin is known. */
export type FoundInputs = ReadonlyMap<Coin, Coin>;

export type ProofContext = Pick<PaymentContext, "source" | "params"> & {
  readonly wallet: { scriptOf(address: Bytes): ScriptRow | undefined };
};

/**
 * Adds the proofs and scripts of all inputs (spec 09 §14, `txnbasics`). What cannot be found is left out, or with `all` throws
 * `refused`.
 */
export function withBasics(row: TxnRow, found: FoundInputs, context: ProofContext, all: boolean): Slices<TxnRow> {
  const coins = row.transaction.inputs.flatMap((input) => {
    const coin = found.get(input);
    if (coin !== undefined) return [coin];
    if (all) throw new WalletError("refused", missing(input));
    return [];
  });
  return withCoinBasics(row, coins, context, all);
}

/** As `withBasics`, for coins that were found. */
export function* withCoinBasics(
  row: TxnRow,
  coins: readonly Coin[],
  { source, wallet, params }: ProofContext,
  all: boolean,
): Slices<TxnRow> {
  const scripts = coins.flatMap(({ address }) => {
    const known = wallet.scriptOf(address);
    if (known !== undefined) return [{ script: known.script, proof: EMPTY_PROOF }];
    if (all) throw new WalletError("refused", `SERIOUS ERROR script missing for simple address : ${toHex0x(address)}`);
    return [];
  });
  return withProofs(row, yield* proveCoins(coins, source, params), scripts);
}

function missing(input: Coin): string {
  return equalBytes(input.coinid, FLOATING_ID)
    ? `Could not find valid unspent coin for ${printJson(coinToJSON(input))}`
    : `Coin with CoinID not found : ${toHex0x(input.coinid)}`;
}

/** Adds the proofs of all inputs as they stand in the transaction, whether they hold or not (spec 09 §14, `txnmmr`). Throws `refused`. */
export function* withInputProofs(row: TxnRow, { source, params }: ProofContext): Slices<TxnRow> {
  const { inputs } = row.transaction;
  const mmr = proofMMR(inputs, source, params);
  const proofs: CoinProof[] = [];
  for (const coin of inputs) {
    const position = entryPosition(coin.mmrentry);
    if (position === undefined) throw new WalletError("refused", "an input has no place in the MMR");
    proofs.push({ coin, proof: mmr.proofToPeak(BigInt(position)) });
    yield;
  }
  return withProofs(row, proofs, []);
}
