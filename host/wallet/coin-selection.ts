import { type IdKey, idKey } from "../chain/id-key.js";
import type { Bytes } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import type { MiniNumber } from "../protocol/number.js";

/** What counts about a coin when coins are chosen. */
export type Selectable = Pick<Coin, "coinid" | "address" | "amount">;

/**
 * The order in which coins are considered (spec 09 §11.2 step 4): by falling amount, but all coins of an address together, addresses
 * in the order in which their largest coins come.
 */
export function orderCoins<C extends Selectable>(coins: readonly C[]): C[] {
  const byAddress = new Map<IdKey, C[]>();
  for (const coin of coins.toSorted((a, b) => b.amount.compare(a.amount))) {
    const address = idKey(coin.address);
    const group = byAddress.get(address);
    if (group === undefined) byAddress.set(address, [coin]);
    else group.push(coin);
  }
  return Array.from(byAddress.values()).flat();
}

/**
 * The coins to take an amount from (spec 09 §11.2 step 5): the last coin that is enough alone, before the first that is not; all of
 * them, in order, when the first is not enough.
 */
export function selectCoins<C extends Selectable>(coins: readonly C[], need: MiniNumber, isUsed: (coinid: Bytes) => boolean): C[] {
  const ordered = orderCoins(coins);
  let enough: C | undefined;
  for (const coin of ordered) {
    if (isUsed(coin.coinid)) continue;
    if (coin.amount.lessThan(need)) break;
    enough = coin;
  }
  return enough === undefined ? ordered : [enough];
}
