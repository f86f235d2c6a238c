/** A script that fails while it runs: the "exception" of spec 05. `at` is where in the script text, if known. */
export class ScriptError extends Error {
  override readonly name: string = "ScriptError";

  constructor(
    message: string,
    readonly at?: number,
  ) {
    super(message);
  }
}

/** A script that is not well formed. `at` is an index into the script text, its length at the end. */
export class ScriptParseError extends ScriptError {
  override readonly name: string = "ScriptParseError";

  constructor(
    message: string,
    override readonly at: number,
    /** The token that was met, absent at the end of the script. */
    readonly found?: string,
    /** What would have been right in its place. */
    readonly expected?: string,
  ) {
    super(message, at);
  }
}

/** A lone `<` or `>` at the very end of a text: the one tokeniser error that cleaning does not forgive (spec 05 §1.2). */
export class UnfinishedShiftError extends ScriptParseError {
  override readonly name: string = "UnfinishedShiftError";
}

/** A check that was given up because it costs more than the caller wants to spend. Says nothing about the script. */
export class WorkExceededError extends Error {
  override readonly name = "WorkExceededError";
}
