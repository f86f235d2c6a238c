import type { Database } from "better-sqlite3";
import { type IdKey, idKey } from "../chain/id-key.js";
import { MegaMMR } from "../chain/mmr/mega.js";
import { MMR } from "../chain/mmr/mmr.js";
import type { MMRNodes } from "../chain/mmr/node-store.js";
import { keyEntry, keyRow, type PositionKey, positionKey } from "../chain/mmr/position.js";
import { type Bytes, toHex } from "../protocol/bytes.js";
import { type Coin, readCoin, writeCoin } from "../protocol/coin.js";
import { ProtocolError } from "../protocol/errors.js";
import {
  MIN_MMR_ENTRY_BYTES,
  type MMRData,
  type MMREntry,
  readMMRData,
  readMMREntry,
  writeMMRData,
  writeMMREntry,
} from "../protocol/mmr-objects.js";
import { decode, type Reader } from "../protocol/reader.js";
import { STATE_HEX } from "../protocol/state-variable.js";
import { encode, type Writer } from "../protocol/writer.js";
import { ChangeSet } from "./change-set.js";
import type { ValueTable } from "./value-table.js";

const TIP = "megatip";
const PEAKS = "megapeaks";
/** State variables up to this length are found again: addresses and keys are shorter. */
const LONGEST_KEY = 64;
const PAGE_ROWS = 256;

/**
 * The Mega MMR on disk (spec 03 §12). What is changed by adding a block stays in memory until `commit` writes all of it in one
 * transaction: after any stop the image is that of some block.
 */
export class MegaStore {
  readonly mega: MegaMMR;
  readonly #statements;
  readonly #values: ValueTable;
  readonly #nodes: ChangeSet<number, MMRData>;
  readonly #coins: ChangeSet<IdKey, Coin>;
  readonly #write: (tip: number) => void;

  constructor(database: Database, values: ValueTable) {
    this.#values = values;
    this.#statements = {
      node: database.prepare<[number], { bytes: Buffer }>("SELECT bytes FROM meganode WHERE place = ?"),
      setNode: database.prepare("INSERT OR REPLACE INTO meganode (place, bytes) VALUES (?, ?)"),
      deleteNode: database.prepare("DELETE FROM meganode WHERE place = ?"),
      nodesAfter: database.prepare<[number, number], { place: number; bytes: Buffer }>(
        "SELECT place, bytes FROM meganode WHERE place > ? ORDER BY place LIMIT ?",
      ),
      countNodes: database.prepare<[], { n: number }>("SELECT COUNT(*) AS n FROM meganode"),
      coin: database.prepare<[Buffer], { bytes: Buffer }>("SELECT bytes FROM megacoin WHERE id = ?"),
      setCoin: database.prepare("INSERT OR REPLACE INTO megacoin (id, bytes) VALUES (?, ?)"),
      deleteCoin: database.prepare("DELETE FROM megacoin WHERE id = ?"),
      coinsAfter: database.prepare<[Buffer, number], { id: Buffer; bytes: Buffer }>(
        "SELECT id, bytes FROM megacoin WHERE id > ? ORDER BY id LIMIT ?",
      ),
      countCoins: database.prepare<[], { n: number }>("SELECT COUNT(*) AS n FROM megacoin"),
      setKey: database.prepare("INSERT OR IGNORE INTO megakey (key, coin) VALUES (?, ?)"),
      deleteKey: database.prepare("DELETE FROM megakey WHERE key = ? AND coin = ?"),
      coinsOf: database.prepare<[Buffer], { bytes: Buffer }>(
        "SELECT megacoin.bytes FROM megakey JOIN megacoin ON megacoin.id = megakey.coin WHERE megakey.key = ?",
      ),
    };
    this.#nodes = new ChangeSet({ get: (place) => this.#node(place), entries: () => this.#storedNodes() });
    this.#coins = new ChangeSet({ get: (key) => this.coin(Buffer.from(key, "hex")), entries: () => this.#storedCoins() });
    this.#write = database.transaction((tip: number) => {
      this.#writeNodes();
      this.#writeCoins();
      values.setText(TIP, String(tip));
      values.set(PEAKS, writePeaks, this.mega.mmr.peaks());
    });
    this.mega = new MegaMMR(new MMR(0, null, asNodes(this.#nodes)), this.#coins);
    this.mega.mmr.advance(this.tip ?? 0, values.get(PEAKS, readPeaks) ?? []);
    this.discard();
  }

  /** The block up to which all is in the image on disk; undefined when there is no image. */
  get tip(): number | undefined {
    const text = this.#values.text(TIP);
    return text === undefined ? undefined : Number(text);
  }

  /** Makes durable what has changed: the image is now that of block `tip`. */
  commit(tip: number): void {
    this.#write(tip);
    this.discard();
  }

  /** Forgets what has changed since `commit`. */
  discard(): void {
    this.#nodes.clear();
    this.#coins.clear();
  }

  /** Adds coins of an image that is being read. */
  put(coins: readonly Coin[]): void {
    for (const coin of coins) this.#coins.set(idKey(coin.coinid), coin);
  }

  /** Unspent coins on disk with an address, or that name an address or key in their state. */
  coinsOf(key: Bytes): Coin[] {
    return this.#statements.coinsOf.all(Buffer.from(key)).map(({ bytes }) => decode(readCoin, bytes));
  }

  /** A coin on disk. */
  coin(id: Bytes): Coin | undefined {
    const row = this.#statements.coin.get(Buffer.from(id));
    return row === undefined ? undefined : decode(readCoin, row.bytes);
  }

  /** How much is on disk. */
  counts(): { readonly nodes: number; readonly coins: number } {
    return { nodes: this.#statements.countNodes.get()?.n ?? 0, coins: this.#statements.countCoins.get()?.n ?? 0 };
  }

  /** All coins on disk, in pages. */
  *coinPages(): IterableIterator<readonly Coin[]> {
    for (let after: Buffer = Buffer.alloc(0); ; ) {
      const rows = this.#statements.coinsAfter.all(after, PAGE_ROWS);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(({ bytes }) => decode(readCoin, bytes));
      after = last.id;
    }
  }

  /** All nodes on disk, in pages. */
  *nodePages(): IterableIterator<readonly MMREntry[]> {
    for (let after = -1; ; ) {
      const rows = this.#statements.nodesAfter.all(after, PAGE_ROWS);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(({ place, bytes }) => entryAt(place, decode(readMMRData, bytes)));
      after = last.place;
    }
  }

  #node(place: number): MMRData | undefined {
    const row = this.#statements.node.get(place);
    return row === undefined ? undefined : decode(readMMRData, row.bytes);
  }

  *#storedNodes(): Iterable<readonly [number, MMRData]> {
    for (const page of this.nodePages()) for (const { row, entry, data } of page) yield [smallKey(positionKey(row, entry.unscaled)), data];
  }

  *#storedCoins(): Iterable<readonly [IdKey, Coin]> {
    for (const page of this.coinPages()) for (const coin of page) yield [toHex(coin.coinid), coin];
  }

  #writeNodes(): void {
    for (const [place, data] of this.#nodes.changes()) {
      if (data === null) this.#statements.deleteNode.run(place);
      else this.#statements.setNode.run(place, encode(writeMMRData, data));
    }
  }

  #writeCoins(): void {
    const { setCoin, setKey } = this.#statements;
    for (const [key, coin] of this.#coins.changes()) {
      const id = Buffer.from(key, "hex");
      this.#deleteCoin(id);
      if (coin === null) continue;
      setCoin.run(id, encode(writeCoin, coin));
      for (const word of searchKeys(coin)) setKey.run(word, id);
    }
  }

  #deleteCoin(id: Buffer): void {
    const held = this.coin(id);
    if (held === undefined) return;
    for (const word of searchKeys(held)) this.#statements.deleteKey.run(word, id);
    this.#statements.deleteCoin.run(id);
  }
}

const readPeaks = (reader: Reader): MMREntry[] => reader.list(MIN_MMR_ENTRY_BYTES, readMMREntry);
const writePeaks = (writer: Writer, peaks: readonly MMREntry[]): void => writer.list(peaks, writeMMREntry);

function asNodes(nodes: ChangeSet<number, MMRData>): MMRNodes {
  return {
    get size() {
      return nodes.size;
    },
    get: (key) => (typeof key === "number" ? nodes.get(key) : undefined),
    set: (key, data) => nodes.set(smallKey(key), data),
    delete: (key) => typeof key === "number" && nodes.delete(key),
    entries: () => nodes.entries(),
    pack: () => {},
  };
}

/** No chain will ever have so many coins that a place is no exact number. */
function smallKey(key: PositionKey): number {
  if (typeof key !== "number") throw new ProtocolError("range", "an MMR on disk has no place for so high an entry");
  return key;
}

function entryAt(place: number, data: MMRData): MMREntry {
  return { row: keyRow(place), entry: { scale: 0, unscaled: keyEntry(place) }, data };
}

/** What a coin is searched by. */
function searchKeys({ address, state }: Coin): Buffer[] {
  const named = state.filter(({ type }) => type === STATE_HEX).map(({ text }) => Buffer.from(text.slice(2), "hex"));
  return [Buffer.from(address), ...named.filter(({ length }) => length > 0 && length <= LONGEST_KEY)];
}
