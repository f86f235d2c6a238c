import { setImmediate as nextTurn } from "node:timers/promises";
import type { Chain } from "../../chain/chain.js";
import { decode } from "../../protocol/reader.js";
import { readTxBlock } from "../../protocol/txblock.js";
import type { MegaStore } from "../../store/mega-store.js";
import type { TxBlockTable } from "../../store/txblock-table.js";
import type { EventBus } from "../events.js";
import type { Logger } from "../logger.js";

/** Longest stretch of work before other events get their turn, in milliseconds. */
const SLICE_MS = 15;
/** Archived blocks listed at a time. */
const BATCH = 64;
/** Blocks between two lines of progress. */
const TELL_EVERY = 1000;

export interface MegaKeeperOptions {
  readonly store: MegaStore;
  readonly blocks: Pick<TxBlockTable, "archived" | "archiveBounds" | "bytes">;
  readonly chain: Chain;
  readonly log: Pick<Logger, "info" | "warn">;
}

/**
 * Keeps the Mega MMR in step with the blocks that leave the tree (spec 03 §12). They are read from the archive, where the transaction
 * of the cut put them, and added one by one, each durable before the next: a stop at any point only means that some are added later.
 */
export class MegaKeeper {
  readonly #options: MegaKeeperOptions;
  #work: Promise<unknown> = Promise.resolve();
  #isBroken = false;
  #stopped = false;
  #sliceStart = 0;

  constructor(options: MegaKeeperOptions) {
    this.#options = options;
  }

  get store(): MegaStore {
    return this.#options.store;
  }

  /** Adds blocks whenever some have left the tree, beginning now. */
  follow(events: EventBus): void {
    events.on("effect", ({ type }) => {
      if (type === "cut") void this.catchUp();
    });
    void this.catchUp();
  }

  /** Whether it reaches from the first block up to the tree: only then coins below the tree can be proved. */
  get isReady(): boolean {
    const root = this.#options.chain.tree?.root;
    return root !== undefined && this.#reached === root.number - 1;
  }

  /** The block up to which all is in the image. A chain whose first block is in the tree needs no image. */
  get #reached(): number | undefined {
    const { store, chain, blocks } = this.#options;
    if (store.tip !== undefined) return store.tip;
    const first = blocks.archiveBounds()?.low ?? chain.tree?.root.number;
    return first === 1 ? 0 : undefined;
  }

  /** Adds the blocks that left the tree since; settles when that is done, after all that was asked for before. Never fails. */
  catchUp(): Promise<void> {
    return this.exclusively(() => this.#catchUp()).catch((error: unknown) => {
      this.#isBroken = true;
      this.#options.store.discard();
      this.#options.log.warn("the MegaMMR cannot go on", { reason: error instanceof Error ? error.message : String(error) });
    });
  }

  /** Runs work during which the image stays as it is. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => {});
    return result;
  }

  /** Lets the block under way be finished. */
  async close(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  /** Gives other events their turn if they have waited for long enough. */
  async giveWay(): Promise<void> {
    if (performance.now() - this.#sliceStart <= SLICE_MS) return;
    await nextTurn();
    this.#sliceStart = performance.now();
  }

  async #catchUp(): Promise<void> {
    const { chain, log, blocks } = this.#options;
    if (this.#isBroken) return;
    const from = this.#reached;
    if (from === undefined) {
      if (blocks.archiveBounds() !== null)
        log.warn("the MegaMMR cannot begin: blocks from the first one on are needed, or an image (megammr action:import)");
      return;
    }
    let tip = from;
    for (let next = blocks.archived(tip + 1, tip + 1 + BATCH); next.length > 0 && !this.#stopped; ) {
      for (const { key, number } of next) {
        const bytes = blocks.bytes(key);
        if (number !== tip + 1 || bytes === undefined || this.#stopped) break;
        await this.#add(bytes, number);
        tip = number;
        if (tip % TELL_EVERY === 0) log.info("MegaMMR grows", { block: tip });
      }
      const [first] = next;
      if (first?.number !== undefined && tip < first.number) break;
      next = blocks.archived(tip + 1, tip + 1 + BATCH);
    }
    if (this.isReady && tip > 0 && chain.tree !== null) chain.tree.root.mmr.floor = this.store.mega.mmr;
  }

  async #add(bytes: Uint8Array, number: number): Promise<void> {
    const { store } = this.#options;
    const steps = store.mega.add(decode(readTxBlock, bytes));
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) await this.giveWay();
    if (!step.value) throw new Error(`block ${number} has another MMR root: the image is damaged`);
    store.commit(number);
    await this.giveWay();
  }
}
