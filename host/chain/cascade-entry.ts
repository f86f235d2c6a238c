import type { CascadeNode } from "../protocol/cascade.js";
import { type PackedBytes, packBytes, unpackBytes } from "../protocol/packed-bytes.js";
import { decodeShared } from "../protocol/reader.js";
import { readTxHeader, writeTxHeader } from "../protocol/txheader.js";
import { superLevel, type TxPoW } from "../protocol/txpow.js";
import { encode, type Writer } from "../protocol/writer.js";
import { type IdKey, txpowKey } from "./id-key.js";
import { blockWeight, type Weight } from "./weight.js";

/** What the rules ask of a header in the cascade, and its encoding: objects would take six times as much. */
interface KeptHeader {
  readonly key: IdKey;
  readonly superLevel: number;
  /** Of the block alone. */
  readonly weight: Weight;
  readonly bytes: PackedBytes;
}

/** A node as a cascade keeps it: one of a long chain has thousands. */
export class CascadeEntry implements CascadeNode {
  readonly #header: KeptHeader;
  readonly level: number;

  private constructor(header: KeptHeader, level: number) {
    this.#header = header;
    this.level = level;
  }

  /** Throws `range` for a block without weight. */
  static of(node: CascadeNode): CascadeEntry {
    if (node instanceof CascadeEntry) return node;
    const { txpow, level } = node;
    const bytes = packBytes(encode(writeTxHeader, txpow.header));
    return new CascadeEntry({ key: txpowKey(txpow), superLevel: superLevel(txpow), weight: blockWeight(txpow), bytes }, level);
  }

  at(level: number): CascadeEntry {
    return level === this.level ? this : new CascadeEntry(this.#header, level);
  }

  get key(): IdKey {
    return this.#header.key;
  }

  get superLevel(): number {
    return this.#header.superLevel;
  }

  get weight(): Weight {
    return this.#header.weight;
  }

  /** Decoded each time. */
  get txpow(): TxPoW {
    return { header: decodeShared(readTxHeader, unpackBytes(this.#header.bytes)), body: null };
  }

  /** As a cascade is encoded (spec 02 §16). */
  write(writer: Writer): void {
    writer.raw(unpackBytes(this.#header.bytes));
    writer.flag(false);
    writer.integer(this.level);
  }
}
