/** What the demo shows: lines that stay, and on a terminal one status line below them that is redrawn. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  readonly #live: boolean;
  readonly #started = Date.now();
  #status = "";

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#live = out.isTTY === true;
  }

  /** A line that stays. */
  line(text = ""): void {
    this.#clearStatus();
    this.#out.write(`${text}\n`);
    this.#drawStatus();
  }

  /** A heading of the story. */
  chapter(text: string): void {
    this.line();
    this.line(`${this.dim(this.#clock())}  ${this.bold(text)}`);
  }

  /** A step of the story. */
  step(text: string): void {
    this.line(`${this.dim(this.#clock())}    ${text}`);
  }

  /** What is going on right now; gone with the next status or with `done`. */
  status(text: string): void {
    this.#clearStatus();
    this.#status = text;
    this.#drawStatus();
  }

  done(): void {
    this.status("");
  }

  bold(text: string): string {
    return this.#live ? `\x1b[1m${text}\x1b[0m` : text;
  }

  dim(text: string): string {
    return this.#live ? `\x1b[2m${text}\x1b[0m` : text;
  }

  good(text: string): string {
    return this.#live ? `\x1b[32m${text}\x1b[0m` : text;
  }

  bad(text: string): string {
    return this.#live ? `\x1b[31m${text}\x1b[0m` : text;
  }

  #clock(): string {
    const seconds = Math.floor((Date.now() - this.#started) / 1000);
    return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  }

  #clearStatus(): void {
    if (this.#live && this.#status !== "") this.#out.write("\r\x1b[2K");
  }

  #drawStatus(): void {
    if (this.#live && this.#status !== "") this.#out.write(this.dim(`       ${this.#status}`.slice(0, (this.#out.columns ?? 80) - 1)));
  }
}
