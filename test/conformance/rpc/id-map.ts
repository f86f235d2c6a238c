const TOKEN = /0x[0-9A-Fa-f]{16,}|Mx[0-9A-Z]{16,}/g;

/** Which of our ids, keys, blobs and ports stands where a recording has its own. */
export class IdMap {
  readonly #ours = new Map<string, string>();
  readonly #shared = new Set<string>();
  readonly #ports = new Map<string, string>();

  /** Values that both nodes have because their seed is the same: these stand for themselves. */
  share(values: Iterable<string>): void {
    for (const value of values) for (const [token] of value.matchAll(TOKEN)) this.#shared.add(token);
  }

  isShared(token: string): boolean {
    return this.#shared.has(token);
  }

  /** Remembers what stands for a recorded value; what was learned first stays. */
  learn(recorded: string, ours: string): void {
    if (!this.#shared.has(recorded) && !this.#ours.has(recorded)) this.#ours.set(recorded, ours);
  }

  ours(recorded: string): string | undefined {
    return this.#shared.has(recorded) ? recorded : this.#ours.get(recorded);
  }

  learnPort(recorded: number, ours: number): void {
    this.#ports.set(String(recorded), String(ours));
  }

  /** A recorded text with our values in it. */
  translate(text: string): string {
    return text
      .replace(TOKEN, (token) => this.ours(token) ?? token)
      .replace(/(127\.0\.0\.1 ?: ?)(\d+)/g, (_, host: string, port: string) => host + (this.#ports.get(port) ?? port));
  }
}

/** The long HEX and Mx values of a text. */
export function idsOf(text: string): string[] {
  return Array.from(text.matchAll(TOKEN), ([token]) => token);
}
