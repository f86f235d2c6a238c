import { isRelevantCoin, type Tracked } from "../chain/coins.js";
import { type IdKey, idKey } from "../chain/id-key.js";
import type { Coin } from "../protocol/coin.js";
import type { WalletStore } from "./wallet-store.js";

/** Coins the owner wants to have watched, or not, whatever their address and state say (spec 09 §7.11, §9.1). */
export class CoinTracks {
  readonly #store: WalletStore;
  readonly #tracks: Map<IdKey, boolean>;

  constructor(store: WalletStore) {
    this.#store = store;
    this.#tracks = new Map(store.coinTracks().map(({ coinid, track }) => [idKey(coinid), track]));
  }

  /** By coin id. The map follows the changes. */
  get byCoin(): ReadonlyMap<IdKey, boolean> {
    return this.#tracks;
  }

  /** Only what differs from the rule is kept. */
  set(coin: Coin, track: boolean, rule: Pick<Tracked, "addresses" | "publicKeys">): void {
    if (isRelevantCoin(coin, rule) === track) {
      this.forget([coin]);
      return;
    }
    this.#store.setCoinTrack(coin.coinid, track);
    this.#tracks.set(idKey(coin.coinid), track);
  }

  /** Coins that are gone for ever. */
  forget(coins: Iterable<Coin>): void {
    if (this.#tracks.size === 0) return;
    for (const { coinid } of coins) if (this.#tracks.delete(idKey(coinid))) this.#store.removeCoinTrack(coinid);
  }
}
