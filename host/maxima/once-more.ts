/** Does the same work for one key one at a time: what is asked for while it is under way is done once more when it has ended. */
export class OnceMore {
  /** Keys of work under way, and whether it was asked for again. */
  readonly #again = new Map<string, boolean>();

  run(key: string, work: () => Promise<void>): void {
    if (this.#again.has(key)) this.#again.set(key, true);
    else void this.#repeat(key, work);
  }

  async #repeat(key: string, work: () => Promise<void>): Promise<void> {
    do {
      this.#again.set(key, false);
      await work();
    } while (this.#again.get(key) === true);
    this.#again.delete(key);
  }
}
