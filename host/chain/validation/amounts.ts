import { type Bytes, CREATE_TOKEN_ID, equalBytes, toHex } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import { MiniNumber } from "../../protocol/number.js";
import { sumAmounts, type Transaction } from "../../protocol/transaction.js";

/** The amount rules of one transaction (spec 02 §21.1). Throws `range` when a sum is out of range. */
export function hasValidAmounts({ inputs, outputs }: Transaction): boolean {
  if (inputs.length === 0) return false;
  if (sumAmounts(outputs).moreThan(sumAmounts(inputs))) return false;
  for (const coin of inputs) if (!coin.amount.isValidAmount()) return false;
  for (const coin of outputs) if (!coin.amount.isValidAmount()) return false;
  return coversTokens(inputs, outputs) && !hasDuplicates(inputs.map((coin) => coin.coinid));
}

/** Every token gets in at least what goes out of it; what creates a token is part of no token (spec 02 Q10). */
function coversTokens(inputs: readonly Coin[], outputs: readonly Coin[]): boolean {
  const out = sumByToken(outputs.filter((coin) => !equalBytes(coin.tokenid, CREATE_TOKEN_ID)));
  const into = sumByToken(inputs);
  for (const [token, amount] of out) if ((into.get(token) ?? MiniNumber.ZERO).lessThan(amount)) return false;
  return true;
}

function sumByToken(coins: readonly Coin[]): ReadonlyMap<string, MiniNumber> {
  const sums = new Map<string, MiniNumber>();
  for (const coin of coins) {
    const token = toHex(coin.tokenid);
    sums.set(token, (sums.get(token) ?? MiniNumber.ZERO).add(coin.amount));
  }
  return sums;
}

/** Whether any two ids are the same bytes. */
export function hasDuplicates(ids: readonly Bytes[]): boolean {
  return ids.length > 1 && new Set(ids.map(toHex)).size !== ids.length;
}
