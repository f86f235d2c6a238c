import type { Chain } from "../../chain/chain.js";
import { idKey } from "../../chain/id-key.js";
import type { NetworkParams } from "../../chain/params.js";
import type { TreeNode } from "../../chain/tree-node.js";
import type { Effect } from "../../chain/types.js";
import { toHex0x } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import { type JsonObject, jsonObject } from "../../protocol/json.js";
import { coinToJSON, simpleStateToJSON } from "../../protocol/json-views/coin-json.js";
import { txpowToJSON } from "../../protocol/json-views/txpow-json.js";
import { outputCoinId } from "../../protocol/mmr-node.js";
import { MiniNumber } from "../../protocol/number.js";
import type { StateVariable } from "../../protocol/state-variable.js";
import type { Transaction } from "../../protocol/transaction.js";
import { isTransaction, type TxPoW, txpowId } from "../../protocol/txpow.js";
import type { Witness } from "../../protocol/witness.js";
import { localZone } from "../local-zone.js";
import type { CoinWatch } from "./coin-watch.js";
import type { Notifications } from "./notifications.js";

export interface ChainEventsOptions {
  readonly notifications: Notifications;
  readonly chain: Pick<Chain, "get" | "tree">;
  readonly params: NetworkParams;
  readonly watch: CoinWatch;
  isRelevantCoin(coin: Coin): boolean;
  isRelevantTxPoW(txpow: TxPoW): boolean;
  /** Whether all TxPoWs are told about, not only those of the owner. */
  readonly allTxPoWs: boolean;
}

/** A coin of a block, and how it is told about. */
interface CoinNews {
  readonly node: TreeNode;
  readonly spent: boolean;
  readonly coin: Coin;
  /** The coin as it is told about. */
  readonly shown: Coin;
}

/** Tells what the chain does, in the words and the order of the reference (spec 09 §16.1). */
export class ChainEvents {
  readonly #options: ChainEventsOptions;
  /** A new tip that is told about only after what leaves the tree because of it. */
  #heldTip: TreeNode | null = null;

  constructor(options: ChainEventsOptions) {
    this.#options = options;
  }

  effect(effect: Effect): void {
    const { notifications } = this.#options;
    switch (effect.type) {
      case "block-added":
        this.#blockAdded(effect.node);
        break;
      case "tip":
        this.#tip(effect.tip);
        break;
      case "cut":
        for (const node of effect.removed) this.#intoCascade(node);
        this.#tellTip();
        break;
      case "heavier-chain":
        notifications.post("MDS_HEAVIER_CHAIN", () => jsonObject());
        break;
    }
  }

  /** A TxPoW came in and was taken. */
  txpow(txpow: TxPoW): void {
    const { notifications, isRelevantTxPoW, allTxPoWs } = this.#options;
    if (!notifications.isWanted("NEWTXPOW")) return;
    const relevant = isRelevantTxPoW(txpow);
    if (relevant || allTxPoWs)
      notifications.post("NEWTXPOW", () => jsonObject(["relevant", relevant], ["txpow", txpowToJSON(txpow, localZone())]));
  }

  mining(txpow: TxPoW, mining: boolean): void {
    this.#options.notifications.post("MINING", () => jsonObject(["txpow", txpowToJSON(txpow, localZone())], ["mining", mining]));
  }

  #tip(tip: TreeNode): void {
    const { chain, params } = this.#options;
    if (tip.parent === null) return;
    this.#heldTip = tip;
    if ((chain.tree?.length ?? 0) < params.treeLength + params.cutFrequency) this.#tellTip();
  }

  #tellTip(): void {
    const tip = this.#heldTip;
    this.#heldTip = null;
    if (tip !== null) this.#options.notifications.post("NEWBLOCK", () => jsonObject(["txpow", txpowToJSON(tip.txpow, localZone())]));
  }

  #blockAdded(node: TreeNode): void {
    const { notifications, isRelevantCoin } = this.#options;
    const wanted = ["NEWCOIN", "NOTIFYCOIN", "NEWBALANCE"].some((event) => notifications.isWanted(event));
    if (!wanted) return;
    let balance = false;
    for (const news of coinsOf(node)) {
      if (isRelevantCoin(news.coin)) {
        balance = true;
        notifications.post("NEWCOIN", () => jsonObject(["relevant", true], ...this.#coinEntries(news)));
      }
      this.#tellWatched("NOTIFYCOIN", news);
    }
    if (balance) notifications.post("NEWBALANCE", () => jsonObject());
  }

  #intoCascade(node: TreeNode): void {
    const { notifications } = this.#options;
    notifications.post("NOTIFYCASCADEBLOCK", () => jsonObject(["txpow", txpowToJSON(node.txpow, localZone())]));
    if (notifications.isWanted("NOTIFYCASCADETXN")) {
      const own = isTransaction(node.txpow) ? [txpowId(node.txpow)] : [];
      for (const id of [...own, ...(node.txpow.body?.txnlist ?? [])])
        notifications.post("NOTIFYCASCADETXN", () => jsonObject(...blockEntries(node), ["txpowid", toHex0x(id)]));
    }
    if (notifications.isWanted("NOTIFYCASCADECOIN")) for (const news of cascadeCoinsOf(node)) this.#tellWatched("NOTIFYCASCADECOIN", news);
  }

  #tellWatched(event: string, news: CoinNews): void {
    const { notifications, watch } = this.#options;
    if (!watch.watches(news.coin.address)) return;
    notifications.post(event, () => jsonObject(["address", toHex0x(news.coin.address)], ...this.#coinEntries(news)));
  }

  #coinEntries(news: CoinNews): (readonly [string, boolean | string | JsonObject])[] {
    return [...blockEntries(news.node), ["spent", news.spent], ["coin", this.#coinToJSON(news)]];
  }

  /** The state of a coin that does not store it is shown from its transaction: nowhere else can it be read any more. */
  #coinToJSON({ node, spent, shown }: CoinNews): JsonObject {
    const json = coinToJSON(shown, "simple");
    const removed = spent || shown.storestate ? undefined : this.#removedState(node, shown);
    if (removed === undefined) return json;
    return new Map(json).set("state", simpleStateToJSON(removed));
  }

  #removedState(node: TreeNode, coin: Coin): readonly StateVariable[] | undefined {
    const key = idKey(coin.coinid);
    for (const txpow of [this.#options.chain.get(node.key) ?? node.txpow, ...node.listed.map((id) => this.#options.chain.get(id))]) {
      const { body } = txpow ?? {};
      if (body === null || body === undefined) continue;
      for (const [transaction, witness] of [
        [body.transaction, body.witness],
        [body.burnTransaction, body.burnWitness],
      ] as const)
        if (outputKeys(transaction, witness).includes(key)) return transaction.state;
    }
    return undefined;
  }
}

function outputKeys(transaction: Transaction, witness: Witness): string[] {
  const base = witness.coinProofs[0]?.coin.coinid;
  return base === undefined ? [] : transaction.outputs.map((_, index) => idKey(outputCoinId(base, index)));
}

function blockEntries(node: TreeNode): (readonly [string, string])[] {
  return [
    ["txblockid", `0x${node.key}`],
    ["txblock", node.txpow.header.block.toString()],
  ];
}

/** Spent coins, then new ones. */
function coinsOf(node: TreeNode): CoinNews[] {
  return [
    ...node.spent.map((coin) => ({ node, spent: true, coin, shown: { ...coin, spent: 1 } })),
    ...node.created.map((coin) => ({ node, spent: false, coin, shown: coin })),
  ];
}

/** As the TxBlock holds them: new ones have no place and no block yet. */
function cascadeCoinsOf(node: TreeNode): CoinNews[] {
  return [
    ...node.spent.map((coin) => ({ node, spent: true, coin, shown: coin })),
    ...node.created.map((coin) => ({
      node,
      spent: false,
      coin,
      shown: { ...coin, mmrentry: MiniNumber.ZERO, created: MiniNumber.ZERO },
    })),
  ];
}
