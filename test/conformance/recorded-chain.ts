import { Chain } from "../../host/chain/chain.js";
import type { Tracked } from "../../host/chain/coins.js";
import { isRelevantCoin } from "../../host/chain/coins.js";
import { txpowKey } from "../../host/chain/id-key.js";
import { MemoryStore } from "../../host/chain/memory-store.js";
import { MAIN_PARAMS, TEST_PARAMS } from "../../host/chain/params.js";
import { runSteps } from "../../host/chain/steps.js";
import type { BlockTree } from "../../host/chain/tree.js";
import type { Arrival, Effect } from "../../host/chain/types.js";
import { type Bytes, parseHex, toHex, toHex0x } from "../../host/protocol/bytes.js";
import { decode } from "../../host/protocol/reader.js";
import { readTxPoW, type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import type { Writer } from "../../host/protocol/writer.js";
import { encode } from "../../host/protocol/writer.js";

/** What a node says of its chain. Numbers as text. */
export interface StateRow {
  readonly tip: string;
  readonly tipblock: string;
  readonly root: string;
  readonly length: string;
  readonly treesize: string;
  readonly mempool: readonly string[];
}

export interface EventRow {
  readonly event: string;
  readonly note: string;
  readonly txpowid: string;
  readonly hex: string;
  readonly isblock: boolean;
  readonly istransaction: boolean;
  readonly block: string;
  readonly burn: string;
  readonly size: string;
  readonly stored: boolean;
  readonly intree: boolean;
  readonly after: StateRow;
}

export interface BlockRow {
  readonly block: string;
  readonly txpowid: string;
  readonly parent: string;
  readonly mmr: string;
  readonly total: string;
  readonly timemilli: string;
  readonly blkdiff: string;
  readonly nextblkdiff: string;
  readonly mediantime: string;
  readonly weight: string;
  readonly superlevel: string;
  readonly txnlist: readonly string[];
  readonly nextentry: string;
  readonly peaks: string;
  readonly txblock: string;
}

export interface FinalRow extends StateRow {
  readonly cascade: string;
  readonly cascadelength: string;
  readonly cascadeweight: string;
  readonly cascadenodes: readonly {
    readonly block: string;
    readonly level: string;
    readonly superlevel: string;
    readonly weight: string;
  }[];
  readonly mainbranch: readonly { readonly txpowid: string; readonly totalweight: string }[];
  readonly coins: readonly {
    readonly coinid: string;
    readonly mmrentry: string;
    readonly amount: string;
    readonly tokenid: string;
    readonly hex: string;
    readonly proof: string;
  }[];
  readonly tippeaks: readonly string[];
}

/** A file `chain-N`. */
export interface ChainFile {
  readonly params: string;
  readonly genesis: string;
  readonly genesisstate: StateRow;
  readonly events: readonly EventRow[];
  readonly blocks: readonly BlockRow[];
  readonly final: FinalRow;
  readonly scripts: readonly { readonly address: string; readonly publickey: string; readonly simple: boolean; readonly track: boolean }[];
  readonly ibd_weight: string;
}

export function decodeTxPoW(hex: string): TxPoW {
  return decode(readTxPoW, parseHex(hex));
}

/** Lower-case hex of an encoding. */
export function wireHex<T>(write: (writer: Writer, item: T) => void, item: T): string {
  return toHex(encode(write, item)).toLowerCase();
}

/** Weights without trailing zeros: recordings have them in more than one form. */
export function plainDecimal(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

export const idText = (id: Bytes): string => toHex0x(id);

/** A node that is fed a recorded chain. */
export class RecordedChain {
  readonly store = new MemoryStore();
  readonly chain: Chain;
  readonly tracked: Tracked;

  constructor(file: ChainFile) {
    const watched = file.scripts.filter(({ simple, track }) => simple || track);
    this.tracked = { addresses: new Set(watched.map(({ address }) => address)), publicKeys: new Set() };
    this.chain = new Chain(file.params === MAIN_PARAMS.name ? MAIN_PARAMS : TEST_PARAMS, {
      source: this.store,
      now: () => 0,
      isRelevant: (coin) => isRelevantCoin(coin, this.tracked),
    });
  }

  begin(genesis: TxPoW): readonly Effect[] {
    const effects = this.chain.begin(genesis);
    this.store.apply(effects);
    return effects;
  }

  receive(txpow: TxPoW): { readonly arrival: Arrival; readonly effects: readonly Effect[] } {
    const { result, effects } = runSteps(this.chain.receiveTxPoW(txpow, null));
    this.store.apply(effects);
    return { arrival: result, effects };
  }

  get tree(): BlockTree {
    if (this.chain.tree === null) throw new Error("there is no chain");
    return this.chain.tree;
  }

  state(): StateRow {
    const { tree } = this;
    return {
      tip: idText(txpowId(tree.tip.txpow)),
      tipblock: String(tree.tip.number),
      root: String(tree.root.number),
      length: String(tree.length),
      treesize: String(tree.size),
      mempool: Array.from(this.chain.mempool.transactions(), (txpow) => `0x${txpowKey(txpow)}`).sort(),
    };
  }
}
