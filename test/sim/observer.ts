import { createHash } from "node:crypto";
import { type IdKey, parentKey, txpowKey } from "../../host/chain/id-key.js";
import { blockNumber, type TreeNode } from "../../host/chain/tree-node.js";
import type { Effect } from "../../host/chain/types.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import type { SimNode } from "./sim-node.js";

interface Born {
  readonly number: number;
  readonly parent: IdKey;
  readonly at: number;
  /** Nodes that have it in their tree. */
  holders: number;
}

/** Delays in classes that are 2 % wide: a million of them take no memory. */
class Delays {
  readonly #classes = new Map<number, number>();
  count = 0;

  add(ms: number): void {
    const at = Math.round(Math.log(Math.max(1, ms)) / Math.log(1.02));
    this.#classes.set(at, (this.#classes.get(at) ?? 0) + 1);
    this.count++;
  }

  /** The delay that a share of all stays below, in milliseconds. */
  quantile(share: number): number | null {
    let left = share * this.count;
    for (const [at, count] of [...this.#classes].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return Math.round(1.02 ** at);
    }
    return null;
  }
}

/** Looks at a network from outside: who has which tip, how blocks spread, what became stale. */
export class Observer {
  /** From a block's birth to its entry into a node's tree. */
  readonly delays = new Delays();
  /** From a block's birth until nine nodes of ten have it. */
  readonly delaysToMost = new Delays();
  reorgs = 0;
  deepestReorg = 0;
  invalidBlocks = 0;
  disconnects = 0;
  #events = 0;
  readonly #hash = createHash("sha256");
  readonly #born = new Map<IdKey, Born>();
  readonly #tipOf = new Map<SimNode, IdKey>();
  readonly #tips = new Map<IdKey, number>();

  constructor(readonly now: () => number) {}

  /** The number of events so far. */
  get events(): number {
    return this.#events;
  }

  /** A fingerprint of all that happened: equal for runs that went the same way. */
  fingerprint(): string {
    return this.#hash.copy().digest("hex").slice(0, 32);
  }

  mined(block: TxPoW): void {
    this.#born.set(txpowKey(block), { number: blockNumber(block), parent: parentKey(block), at: this.now(), holders: 0 });
  }

  readonly effects = (node: SimNode, effects: readonly Effect[]): void => {
    for (const effect of effects) {
      if (effect.type === "block-added") this.#added(effect.node);
      else if (effect.type === "tip") this.#moved(node, effect.tip, effect.disconnected.length);
      else if (effect.type === "block-invalid") this.#note(`invalid ${node.host} ${effect.rule}`, () => this.invalidBlocks++);
      else if (effect.type === "disconnect") this.#note(`disconnect ${node.host} ${effect.reason}`, () => this.disconnects++);
    }
  };

  #note(what: string, count: () => void = () => {}): void {
    count();
    this.#events++;
    this.#hash.update(`${this.now().toFixed(3)} ${what}\n`);
  }

  #added(block: TreeNode): void {
    const born = this.#born.get(block.key);
    if (born === undefined) return;
    born.holders++;
    // Whoever made it has it at once; those who were away get it with the rest of the chain.
    if (born.holders === 1) return;
    const delay = this.now() - born.at;
    this.delays.add(delay);
    if (born.holders === Math.ceil(this.#tipOf.size * 0.9)) this.delaysToMost.add(delay);
  }

  #moved(node: SimNode, { key, number }: TreeNode, disconnected: number): void {
    this.gone(node);
    this.#tipOf.set(node, key);
    this.#tips.set(key, (this.#tips.get(key) ?? 0) + 1);
    this.#note(`tip ${node.host} ${number} ${key}`);
    if (disconnected === 0) return;
    this.reorgs++;
    this.deepestReorg = Math.max(this.deepestReorg, disconnected);
  }

  /** A node is off: its tip does not count. */
  gone(node: SimNode): void {
    const before = this.#tipOf.get(node);
    if (before === undefined) return;
    this.#tipOf.delete(node);
    const left = (this.#tips.get(before) ?? 0) - 1;
    if (left > 0) this.#tips.set(before, left);
    else this.#tips.delete(before);
  }

  /** A node is on again, with the tip it had. */
  back(node: SimNode): void {
    const tip = node.chain.tip;
    if (tip !== null) this.#moved(node, tip, 0);
  }

  /** The tip most nodes have, and how many that are. */
  get mostCommonTip(): { readonly key: IdKey | undefined; readonly nodes: number } {
    let key: IdKey | undefined;
    let nodes = 0;
    for (const [tip, count] of this.#tips) if (count > nodes) [key, nodes] = [tip, count];
    return { key, nodes };
  }

  /** Blocks made, and those of them that are not on the chain most nodes follow although it went past them. */
  staleness(): { readonly made: number; readonly stale: number } {
    const main = new Set<IdKey>();
    const tip = this.mostCommonTip.key;
    let top = 0;
    for (let key = tip, born = key === undefined ? undefined : this.#born.get(key); key !== undefined && born !== undefined; ) {
      main.add(key);
      top = Math.max(top, born.number);
      key = born.parent;
      born = this.#born.get(key);
    }
    const past = [...this.#born].filter(([, { number }]) => number <= top);
    return { made: past.length, stale: past.filter(([key]) => !main.has(key)).length };
  }
}
