/** Messages and bytes of one type, one way. */
export interface TypeTraffic {
  readonly messages: number;
  readonly bytes: number;
}

/** Told about every message that is counted. */
export type TrafficWatcher = (direction: "read" | "written", type: number, bytes: number) => void;

/** What went over all connections since the last reset (spec 07 §15), by message type. */
export class Traffic {
  #since: number;
  readonly #read = new Map<number, TypeTraffic>();
  readonly #written = new Map<number, TypeTraffic>();
  #watcher: TrafficWatcher | undefined;

  constructor(now: number) {
    this.#since = now;
  }

  get since(): number {
    return this.#since;
  }

  get read(): ReadonlyMap<number, TypeTraffic> {
    return this.#read;
  }

  get written(): ReadonlyMap<number, TypeTraffic> {
    return this.#written;
  }

  watch(watcher: TrafficWatcher): void {
    this.#watcher = watcher;
  }

  countRead(type: number, bytes: number): void {
    this.#watcher?.("read", type, bytes);
    count(this.#read, type, bytes);
  }

  countWritten(type: number, bytes: number): void {
    this.#watcher?.("written", type, bytes);
    count(this.#written, type, bytes);
  }

  reset(now: number): void {
    this.#since = now;
    this.#read.clear();
    this.#written.clear();
  }
}

function count(counts: Map<number, TypeTraffic>, type: number, bytes: number): void {
  const before = counts.get(type);
  counts.set(type, { messages: (before?.messages ?? 0) + 1, bytes: (before?.bytes ?? 0) + bytes });
}
