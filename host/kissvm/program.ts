import { type Code, compile } from "./compile.js";
import { parseScript } from "./statement-parser.js";

/** A script ready to run. */
export interface Program {
  readonly code: Code;
  /** Blocks inside each other, the root included. */
  readonly depth: number;
}

/** Steps that all cached programs have together, at most: some MB. */
const MAX_CACHED_STEPS = 40_000;
/** Programs of more steps are not kept. */
const MAX_PROGRAM_STEPS = 10_000;

/** The programs of the scripts met last, least recently used first. */
class ProgramCache {
  readonly #programs = new Map<string, Program>();
  #steps = 0;

  get(script: string): Program | undefined {
    const program = this.#programs.get(script);
    if (program === undefined) return undefined;
    this.#programs.delete(script);
    this.#programs.set(script, program);
    return program;
  }

  /** Drops the least recently used programs for a new one. */
  add(script: string, program: Program): void {
    if (program.code.length > MAX_PROGRAM_STEPS) return;
    this.#steps += program.code.length;
    for (const [old, { code }] of this.#programs) {
      if (this.#steps <= MAX_CACHED_STEPS) break;
      this.#programs.delete(old);
      this.#steps -= code.length;
    }
    this.#programs.set(script, program);
  }
}

const cache = new ProgramCache();

/** The program of a script, which scripts met again need not be parsed for. Throws ScriptParseError. */
export function programOf(script: string): Program {
  const known = cache.get(script);
  if (known !== undefined) return known;
  const { block, depth } = parseScript(script);
  const program: Program = { code: compile(block), depth };
  cache.add(script, program);
  return program;
}
