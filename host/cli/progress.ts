const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
const FRAME_MS = 100;
/** What is done before this needs no sign of life. */
const DELAY_MS = 500;

/** A line at the end of a terminal that says that something is being done; nothing where there is no terminal. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #started = performance.now();
  #text: string;
  #frame = 0;
  #shown = false;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream, text: string) {
    this.#stream = stream;
    this.#text = text;
    if (stream.isTTY) this.#timer = setInterval(() => this.#draw(), FRAME_MS).unref();
  }

  update(text: string): void {
    this.#text = text;
  }

  #draw(): void {
    const elapsed = performance.now() - this.#started;
    if (elapsed < DELAY_MS) return;
    this.#shown = true;
    const frame = FRAMES[this.#frame++ % FRAMES.length] ?? "";
    const line = `${frame} ${this.#text} (${Math.floor(elapsed / 1000)} s)`;
    this.#stream.write(`\r\u001B[2K${line.slice(0, Math.max(1, this.#stream.columns - 1))}`);
  }

  /** Takes the line away. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#shown) this.#stream.write("\r\u001B[2K");
    this.#shown = false;
  }
}
