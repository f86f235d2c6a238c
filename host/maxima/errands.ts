/**
 * Work that is done in the background, one piece after the other, in the order in which it was asked for. What waits already is not added
 * again: it finds things as they are when its turn comes.
 */
export class Errands {
  readonly #waiting = new Map<string, () => Promise<void>>();
  #isBusy = false;
  #isClosed = false;

  /** Whether nothing is to be done any more: to be asked after every wait within the work. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  add(name: string, work: () => Promise<void>): void {
    if (this.#isClosed || this.#waiting.has(name)) return;
    this.#waiting.set(name, work);
    if (!this.#isBusy) void this.#doAll();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.clear();
  }

  async #doAll(): Promise<void> {
    this.#isBusy = true;
    for (const [name, work] of this.#waiting) {
      this.#waiting.delete(name);
      await work();
    }
    this.#isBusy = false;
  }
}
