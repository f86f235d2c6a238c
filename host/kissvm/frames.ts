import type { Code } from "./compile.js";

/** A text that is being run. */
export interface Frame {
  readonly text: string;
  /** Undefined while the code is given up to save memory. */
  code: Code | undefined;
  /** The step to be run next. */
  next: number;
}

/** Steps of the code of all frames that are kept at most: some 20 MB. The innermost frame's is always kept. */
const MAX_LIVE_STEPS = 150_000;

/** The texts that run one inside the other: a script, and what it runs with EXEC, MAST and FUNCTION. */
export class Frames {
  readonly #frames: Frame[] = [];
  #liveSteps = 0;

  /** The script itself. */
  get outermost(): Frame | undefined {
    return this.#frames[0];
  }

  get innermost(): Frame | undefined {
    return this.#frames.at(-1);
  }

  get count(): number {
    return this.#frames.length;
  }

  /** Begins a text inside the one that runs. */
  enter(text: string, code: Code): void {
    const frame: Frame = { text, code: undefined, next: 0 };
    this.#frames.push(frame);
    this.keep(frame, code);
  }

  /** The innermost text is at its end. */
  leave(): void {
    this.#liveSteps -= this.#frames.pop()?.code?.length ?? 0;
  }

  /** Gives the innermost frame its code; takes that of the outermost ones until there is room. */
  keep(innermost: Frame, code: Code): void {
    this.#liveSteps += code.length;
    for (const outer of this.#frames.slice(0, -1)) {
      if (this.#liveSteps <= MAX_LIVE_STEPS) break;
      this.#liveSteps -= outer.code?.length ?? 0;
      outer.code = undefined;
    }
    innermost.code = code;
  }
}
