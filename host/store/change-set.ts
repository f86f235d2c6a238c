/** What is stored already. */
export interface Stored<Key, Value> {
  get(key: Key): Value | undefined;
  entries(): Iterable<readonly [Key, Value]>;
}

/** A stored map with changes over it that are not written yet. */
export class ChangeSet<Key, Value> {
  readonly #stored: Stored<Key, Value>;
  readonly #changes = new Map<Key, Value | null>();

  constructor(stored: Stored<Key, Value>) {
    this.#stored = stored;
  }

  /** Walks everything. */
  get size(): number {
    let size = 0;
    for (const _ of this.entries()) size++;
    return size;
  }

  get(key: Key): Value | undefined {
    const changed = this.#changes.get(key);
    return changed === undefined ? this.#stored.get(key) : (changed ?? undefined);
  }

  set(key: Key, value: Value): void {
    this.#changes.set(key, value);
  }

  delete(key: Key): boolean {
    const held = this.get(key) !== undefined;
    if (held) this.#changes.set(key, null);
    return held;
  }

  *entries(): IterableIterator<readonly [Key, Value]> {
    for (const entry of this.#stored.entries()) if (!this.#changes.has(entry[0])) yield entry;
    for (const [key, value] of this.#changes) if (value !== null) yield [key, value];
  }

  *values(): IterableIterator<Value> {
    for (const [, value] of this.entries()) yield value;
  }

  /** What is to be written: null for what is to be deleted. */
  changes(): IterableIterator<[Key, Value | null]> {
    return this.#changes.entries();
  }

  /** Forgets the changes. */
  clear(): void {
    this.#changes.clear();
  }
}
