import { type IdKey, idKey } from "../chain/id-key.js";
import type { Bytes } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import type { MiniNumber } from "../protocol/number.js";
import { type Slices, sortInSlices } from "../protocol/slices.js";

/** Coins looked at without an interruption. */
const AT_ONCE = 32;

/** What counts about a coin when coins are chosen. */
export type Selectable = Pick<Coin, "coinid" | "address" | "amount">;

/**
 * The order in which coins are considered (spec 09 §11.2 step 4): by falling amount, but all coins of an address together, addresses
 * in the order in which their largest coins come.
 */
export function* orderCoins<C extends Selectable>(coins: readonly C[]): Slices<C[]> {
  const byAddress = new Map<IdKey, C[]>();
  for (const [i, coin] of (yield* sortInSlices(coins, (a, b) => b.amount.compare(a.amount))).entries()) {
    const address = idKey(coin.address);
    const group = byAddress.get(address);
    if (group === undefined) byAddress.set(address, [coin]);
    else group.push(coin);
    if (i % AT_ONCE === 0) yield;
  }
  return Array.from(byAddress.values()).flat();
}

/**
 * The coins to take an amount from (spec 09 §11.2 step 5): the last coin that is enough alone, before the first that is not; all of
 * them, in order, when the first is not enough.
 */
export function* selectCoins<C extends Selectable>(
  coins: readonly C[],
  need: MiniNumber,
  isUsed: (coinid: Bytes) => boolean,
): Slices<readonly C[]> {
  const ordered = yield* orderCoins(coins);
  let enough: C | undefined;
  for (const [i, coin] of ordered.entries()) {
    if (i % AT_ONCE === 0) yield;
    if (isUsed(coin.coinid)) continue;
    if (coin.amount.lessThan(need)) break;
    enough = coin;
  }
  return enough === undefined ? ordered : [enough];
}
