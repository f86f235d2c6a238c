import { type Bytes, toHex } from "../protocol/bytes.js";
import { memo } from "../protocol/memo.js";
import { scriptProofAddress } from "../protocol/mmr-node.js";
import { type Slices, toEnd } from "../protocol/slices.js";
import type { Witness } from "../protocol/witness.js";
import type { ScriptEnvironment, ScriptResult } from "./environment.js";
import { ScriptParseError } from "./errors.js";
import { Machine } from "./machine.js";
import { type Program, programOf } from "./program.js";
import { traceStart } from "./trace.js";
import { PARSE_COST, RUN_COST, WorkMeter } from "./work.js";

/** Runs a script (spec 05). Only WorkExceededError is thrown, and only with a limited meter. */
export function runScript(script: string, environment: ScriptEnvironment): ScriptResult {
  return toEnd(runScriptInSlices(script, environment));
}

/** The same, giving way whenever a slice of the meter's work is done. */
export function* runScriptInSlices(script: string, environment: ScriptEnvironment): Slices<ScriptResult> {
  const { trace, work = new WorkMeter() } = environment;
  const line = trace && ((text: string, instructions: number) => trace(`INST[${instructions}] - ${text}`));
  work.spend(RUN_COST + script.length * PARSE_COST);
  const program = parse(script);
  const failure = program instanceof ScriptParseError ? program : null;
  if (line) for (const text of traceStart(script, environment, failure)) line(text, 0);
  if (program instanceof ScriptParseError)
    return { parsed: false, success: false, finished: false, error: program, instructions: 0, monotonic: true, variables: new Map() };
  const { signatures, witness } = environment;
  const machine = new Machine({
    ...environment,
    work,
    trace: line,
    isSignedBy: (key) => isAmong(key, signatures),
    scriptAt: (address) => scriptsByAddress(witness).get(toHex(address)),
  });
  const error = yield* machine.run(script, program);
  const { instructions, monotonic, variables } = machine;
  const success = machine.result === true;
  line?.(`Contract instructions : ${instructions}`, instructions);
  line?.(`Contract finished     : ${success}`, instructions);
  return { parsed: true, success, finished: machine.result !== undefined, error: error ?? null, instructions, monotonic, variables };
}

function parse(script: string): Program | ScriptParseError {
  try {
    return programOf(script);
  } catch (error) {
    if (error instanceof ScriptParseError) return error;
    throw error;
  }
}

/** Without comparing each key with each. */
function isAmong(key: Bytes, keys: readonly Bytes[]): boolean {
  const { longest, known } = keySet(keys);
  return key.length <= longest && known.has(toHex(key));
}

const keySet = memo((keys: readonly Bytes[]) => ({
  longest: keys.reduce((length, key) => Math.max(length, key.length), 0),
  known: new Set(keys.map(toHex)),
}));

/** The text of the first script proof of each address, in hex (spec 05 §4, §9). Throws ProtocolError. */
export const scriptsByAddress = memo((witness: Witness): ReadonlyMap<string, string> => {
  const scripts = new Map<string, string>();
  for (const proof of witness.scripts) {
    const address = toHex(scriptProofAddress(proof));
    if (!scripts.has(address)) scripts.set(address, proof.script);
  }
  return scripts;
});
