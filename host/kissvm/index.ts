export { checkScripts, checkScriptsWithin, globalsOf, type ScriptBlock } from "./check-scripts.js";
export { cleanScript } from "./clean.js";
export { DEFAULT_MAX_OPERATIONS, type ScriptEnvironment, type ScriptResult } from "./environment.js";
export { ScriptError, ScriptParseError, WorkExceededError } from "./errors.js";
export { shownName } from "./machine.js";
export { runScript } from "./run.js";
export { textOf, type Value, valueFromText } from "./value.js";
export type { ScriptFailure, ScriptVerdict } from "./verdict.js";
export { MAX_CHECK_WORK, WorkMeter } from "./work.js";
