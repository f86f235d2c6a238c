import type { Database } from "better-sqlite3";
import { type Cascade, EMPTY_CASCADE, readCascade, writeCascade } from "../chain/cascade.js";
import type { IdKey } from "../chain/id-key.js";
import type { NetworkParams } from "../chain/params.js";
import type { SavedChain, SavedRoot } from "../chain/snapshot.js";
import { blockNumber, type TreeNode } from "../chain/tree-node.js";
import type { Effect } from "../chain/types.js";
import { type Bytes, toHex } from "../protocol/bytes.js";
import { readCascadeNode, readCascadeNodes, writeCascadeNodes } from "../protocol/cascade.js";
import { readCoin, writeCoin } from "../protocol/coin.js";
import { readMMREntry, writeMMREntry } from "../protocol/mmr-objects.js";
import { decode, type Reader } from "../protocol/reader.js";
import { carriesTransaction, readTxPoW, type TxPoW, txpowId } from "../protocol/txpow.js";
import { readCoinProof, writeCoinProof } from "../protocol/witness.js";
import { encode, type Writer } from "../protocol/writer.js";
import { CarriedTable } from "./carried-table.js";
import { CHAIN_MIGRATIONS } from "./chain-schema.js";
import { openDatabase, StoreError } from "./database.js";
import { MegaStore } from "./mega-store.js";
import { OnChainTable } from "./onchain-table.js";
import { type SavedBlocks, SettledTable } from "./settled-table.js";
import { TxBlockTable } from "./txblock-table.js";
import { TxnTable } from "./txn-table.js";
import { TxPoWTable } from "./txpow-table.js";
import { ValueTable } from "./value-table.js";

export interface ChainStoreOptions {
  readonly path: string;
  readonly params: NetworkParams;
  /** SQLite's page cache. */
  readonly cacheKiB: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Whether a TxPoW concerns the owner; such are kept for ever. */
  readonly isRelevant: (txpow: TxPoW) => boolean;
  /** Whether archived blocks are kept without an end. */
  readonly keepsAllBlocks?: boolean;
}

export interface StoreCounts {
  readonly txpows: number;
  readonly archived: number;
}

const COUNTS_LAST_MS = 3000;
/** How long TxPoWs that concern nobody here are kept: three days (spec 06b §16). */
const TXPOW_KEPT_MS = 3 * 24 * 3600 * 1000;
/** How far back a restart looks for unconfirmed and waiting TxPoWs: one hour, as long as the reference keeps them in RAM. */
const RECENT_MS = 3600 * 1000;
/** Archived blocks kept below the highest one: 50 days of the main network, twice (spec 06b §16). */
const ARCHIVE_KEPT_BLOCKS = 100_000;

/** Blocks saved in one transaction: some milliseconds. */
const SETTLED_AT_ONCE = 16;

/** Effects that something is written for. */
const DURABLE: ReadonlySet<Effect["type"]> = new Set(["store", "block-added", "carry", "cut", "coin-imported", "cascade-adopted"]);

const blob = (key: IdKey): Buffer => Buffer.from(key, "hex");

/** The parts of a saved chain: encodings, and the blocks of the tree by name. */
export interface ChainSnapshot {
  readonly cascade: Bytes | undefined;
  readonly root: Bytes | undefined;
  /** In the order they were added. */
  readonly tree: readonly IdKey[];
}

/** The chain on disk: what it needs to go on after any stop, and what it serves to others (spec 06b §16). */
export class ChainStore {
  readonly txpows: TxPoWTable;
  readonly txblocks: TxBlockTable;
  readonly txns: TxnTable;
  readonly values: ValueTable;
  readonly onchain: OnChainTable;
  readonly #settled: SettledTable;
  readonly #carried: CarriedTable;
  readonly #database: Database;
  readonly #statements;
  readonly #options: ChainStoreOptions;
  #counts: (StoreCounts & { readonly at: number }) | undefined;
  readonly #saveSettled: (nodes: Iterable<TreeNode>, which: "settled" | "all", least: number) => SavedBlocks;
  readonly #applyInTransaction: (effects: readonly Effect[]) => void;

  /** The Mega MMR in this file; without an image on nodes that keep none. */
  openMega(): MegaStore {
    return new MegaStore(this.#database, this.values);
  }

  /** Throws `StoreError` when the file cannot be used or belongs to another kind of network. */
  constructor(options: ChainStoreOptions) {
    this.#options = options;
    const database = openDatabase({ path: options.path, synchronous: "NORMAL", cacheKiB: options.cacheKiB, migrations: CHAIN_MIGRATIONS });
    this.#database = database;
    this.txpows = new TxPoWTable(database);
    this.txblocks = new TxBlockTable(database);
    this.txns = new TxnTable(database);
    this.values = new ValueTable(database);
    this.onchain = new OnChainTable(database);
    this.#settled = new SettledTable(database);
    this.#carried = new CarriedTable(database);
    this.#statements = {
      addImported: database.prepare("INSERT INTO importedcoin (block, bytes) VALUES (?, ?)"),
      imported: database.prepare<[], { block: Buffer; bytes: Buffer }>("SELECT block, bytes FROM importedcoin ORDER BY seq"),
      dropImported: database.prepare(
        "DELETE FROM importedcoin WHERE block = ? OR block NOT IN (SELECT id FROM txblock WHERE archived = 0)",
      ),
    };
    this.#applyInTransaction = database.transaction((effects: readonly Effect[]) => {
      for (const effect of effects) this.#applyOne(effect);
    });
    this.#saveSettled = database.transaction((nodes: Iterable<TreeNode>, which: "settled" | "all", least: number) =>
      this.#settled.save(nodes, which, least, SETTLED_AT_ONCE),
    );
    this.#bindToNetwork();
  }

  #bindToNetwork(): void {
    const known = this.values.text("network");
    if (known === undefined) this.values.setText("network", this.#options.params.name);
    else if (known !== this.#options.params.name) {
      this.close();
      throw new StoreError(
        `${this.#options.path} holds a ${known} chain: use another --data folder for a ${this.#options.params.name} network`,
      );
    }
  }

  /** Makes durable what the effects of one step ask for, in one transaction. Effects that concern others are passed over. */
  apply(effects: readonly Effect[]): void {
    if (effects.some(({ type }) => DURABLE.has(type))) this.#applyInTransaction(effects);
  }

  #applyOne(effect: Effect): void {
    switch (effect.type) {
      case "store":
        this.txpows.put(effect.txpow, this.#options.isRelevant(effect.txpow), this.#options.now());
        break;
      case "block-added":
        this.txblocks.addToTree(effect.node);
        break;
      case "cut":
        for (const node of effect.removed) this.#archive(node);
        for (const node of effect.dropped) this.txblocks.drop(node.key);
        for (const { key } of [...effect.removed, ...effect.dropped]) this.#settled.drop(key);
        this.values.set("root", writeRoot, { key: effect.root, mmr: [], carried: [] });
        this.#saveCascade(effect.cascade);
        this.#statements.dropImported.run(blob(effect.root));
        break;
      case "carry":
        this.#carried.add(effect.part, this.#rootKey());
        break;
      case "coin-imported":
        this.#statements.addImported.run(blob(effect.imported.block), encode(writeCoinProof, effect.imported.coinProof));
        break;
      case "cascade-adopted":
        this.#saveCascade(effect.cascade);
        break;
    }
  }

  #saveCascade(cascade: Cascade): void {
    this.values.set("cascade", writeCascade, cascade);
    const kept = this.archiveCascade();
    const bounds = this.txblocks.archiveBounds();
    if (kept === undefined || (bounds !== null && (kept.tip < bounds.low - 1 || kept.tip > bounds.high)))
      this.values.set("archivecascade", writeCascade, cascade);
  }

  /** The cascade kept for restores from the archive, and the number of its tip (spec 06 §8.5). */
  archiveCascade(): { readonly bytes: Bytes; readonly tip: number } | undefined {
    const bytes = this.values.bytes("archivecascade");
    if (bytes === undefined) return undefined;
    const tip = decode((reader) => (reader.count() === 0 ? undefined : readCascadeNode(reader)), bytes);
    return tip === undefined ? undefined : { bytes, tip: blockNumber(tip.txpow) };
  }

  #archive(node: TreeNode): void {
    this.txblocks.archive(node.key);
    const { number } = node;
    const added = this.#options.now();
    const block = blob(node.key);
    if (carriesTransaction(node.txpow)) this.onchain.add({ txpow: txpowId(node.txpow), block, number, added });
    for (const key of node.listed) this.onchain.add({ txpow: blob(key), block, number, added });
  }

  /** What the chain restarts from; null when nothing was ever stored. */
  load(): SavedChain | null {
    const cascade = this.values.get("cascade", (reader) => readCascade(reader, this.#options.params.cascadeNodes)) ?? EMPTY_CASCADE;
    const blocks = { [Symbol.iterator]: () => this.#settled.tree()[Symbol.iterator]() };
    if (!this.txblocks.hasTree() && cascade.nodes.length === 0) return null;
    return {
      cascade,
      root: this.#root(),
      blocks,
      recent: this.txpows.storedSince(this.#options.now() - RECENT_MS),
      imported: this.#statements.imported
        .all()
        .map(({ block, bytes }) => ({ block: toHex(block), coinProof: decode(readCoinProof, bytes) })),
    };
  }

  /** The root's traces: what was saved in parts, or in one piece by an earlier version or a backup. */
  #root(): SavedRoot | null {
    const root = this.values.get("root", readRoot);
    if (root === undefined) return null;
    const { mmr, carried } = this.#carried.of(root.key);
    return { key: root.key, mmr: [...root.mmr, ...mmr], carried: [...root.carried, ...carried] };
  }

  #rootKey(): IdKey {
    const bytes = this.values.bytes("root");
    return bytes === undefined ? "" : toHex(bytes.subarray(1, 1 + (bytes[0] ?? 0)));
  }

  /** How many TxPoWs and archived blocks there are; counted anew every few seconds only: counting reads every row of an index. */
  counts(): StoreCounts {
    const now = this.#options.now();
    if (this.#counts === undefined || Math.abs(now - this.#counts.at) > COUNTS_LAST_MS)
      this.#counts = { at: now, txpows: this.txpows.count(), archived: this.txblocks.archiveBounds()?.count ?? 0 };
    return this.#counts;
  }

  /** Forgets what retention no longer asks for (spec 06b §16). */
  readonly prune = (): void => {
    this.#database.transaction(() => {
      this.txpows.expire(this.#options.now() - TXPOW_KEPT_MS);
      const bounds = this.txblocks.archiveBounds();
      if (bounds === null || this.#options.keepsAllBlocks === true) return;
      this.txblocks.trimArchive(bounds.high - ARCHIVE_KEPT_BLOCKS);
      this.onchain.expire(bounds.high - ARCHIVE_KEPT_BLOCKS);
    })();
  };

  /**
   * Saves blocks in short, a few in a transaction, if at least so many wait for it: those that have settled, or all before a stop. Most
   * of them leaves memory with that, and the next start is quick. Tells whether there are more. What was not saved is worked out again at the next start.
   */
  saveSettled(nodes: Iterable<TreeNode>, which: "settled" | "all", least = 1): boolean {
    const { saved, more } = this.#saveSettled(nodes, which, least);
    // Not before it is certain that they are on disk.
    for (const [node, kept] of saved) node.shed(kept);
    return more;
  }

  /** What a backup needs of the tree, as of one moment. */
  snapshot(): ChainSnapshot {
    const root = this.#root();
    return {
      cascade: this.values.bytes("cascade"),
      root: root === null ? undefined : encode(writeRoot, root),
      tree: this.txblocks.treeKeys(),
    };
  }

  /** Takes in one thing that a snapshot named, into a store that is being filled. Throws `ProtocolError`. */
  restoreRecord(kind: "cascade" | "root" | "tree" | "txpow", bytes: Bytes): void {
    switch (kind) {
      case "cascade":
        this.values.set("cascade", writeCascadeNodes, decode(readCascadeNodes, bytes));
        break;
      case "root":
        this.values.set("root", writeRoot, decode(readRoot, bytes));
        break;
      case "tree":
        this.txblocks.restoreToTree(bytes, ({ txpow }) => blockNumber(txpow));
        break;
      case "txpow":
        this.txpows.put(decode(readTxPoW, bytes), true, this.#options.now());
        break;
    }
  }

  /** Gives unused disk space back. Takes as long as writing everything anew. */
  compact(): void {
    this.#database.exec("VACUUM");
  }

  close(): void {
    this.#database.close();
  }
}

function writeRoot(writer: Writer, root: SavedRoot): void {
  writer.raw(Buffer.concat([Buffer.of(root.key.length / 2), Buffer.from(root.key, "hex")]));
  writer.list(root.mmr, writeMMREntry);
  writer.list(root.carried, writeCoin);
}

function readRoot(reader: Reader): SavedRoot {
  const key = toHex(reader.raw(reader.byte()));
  return { key, mmr: reader.list(18, readMMREntry), carried: reader.list(30, readCoin) };
}
