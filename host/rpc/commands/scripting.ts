import { setImmediate } from "node:timers/promises";
import {
  type Addressed,
  addressed,
  cleanedScript,
  DEFAULT_MAX_OPERATIONS,
  numberValue,
  runScriptInSlices,
  type ScriptEnvironment,
  type ScriptResult,
  SLICE_WORK,
  shownName,
  stringValue,
  textOf,
  type Value,
  valueFromText,
  WorkMeter,
} from "../../kissvm/index.js";
import type { MinimoteNode } from "../../node/node.js";
import { parseHex } from "../../protocol/bytes.js";
import { hashtableOrder } from "../../protocol/java-hashtable.js";
import { type JsonObject, jsonObject } from "../../protocol/json.js";
import { EMPTY_PROOF, readMMRProof } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";
import { decode } from "../../protocol/reader.js";
import { type StateVariable, stateVariableFromText } from "../../protocol/state-variable.js";
import { EMPTY_TRANSACTION } from "../../protocol/transaction.js";
import { EMPTY_WITNESS, type ScriptProof } from "../../protocol/witness.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

/** A script that is only tried out may work this long, in nominal nanoseconds: ten seconds. */
const MAX_WORK = 1e10;
/** Characters of the trace kept at most: a script can trace 64 KiB a thousand times. */
const MAX_TRACE = 4_000_000;

/** `runscript`: try a script out (spec 09 §7.3). */
export const runscript: Command = {
  name: "runscript",
  summary: "Run a script and show its trace",
  details: `runscript script:TEXT (state:{}) (prevstate:{}) (globals:{}) (signatures:[]) (extrascripts:{})

script: the KISSVM script.
state: the state of the transaction, port and value as text.
prevstate: the state of the coin that is spent.
globals: global variables, such as @BLOCK; @COINAGE follows from @BLOCK and @CREATED.
signatures: public keys that count as signed with.
extrascripts: scripts for MAST, each with its proof in hex, or an empty text.

runscript script:"LET a=5 RETURN a LT 7"
runscript script:"RETURN STATE(1) EQ 0x01" state:{"1":"0x01"}
runscript script:"RETURN SIGNEDBY(0xFF)" signatures:["0xFF"]
runscript script:"RETURN @COINAGE GT 20" globals:{"@BLOCK":"105","@CREATED":"80"}`,
  params: ["script", "state", "prevstate", "globals", "signatures", "extrascripts"],
  write: false,
  run: async (params) => {
    const script = params.optionalString("script") ?? "";
    const clean = cleanedScript(script);
    if (clean === undefined) throw new CommandError("A script that ends with < or > cannot be cleaned");
    const { result, trace } = await runTraced(script, environmentOf(script, params));
    return response(
      jsonObject(
        ["script", addressedToJSON(addressed(script))],
        ["clean", addressedToJSON(addressed(clean))],
        ["trace", trace],
        ["variables", jsonObject(...hashtableOrder(result.variables).map(([name, value]) => [shownName(name), textOf(value)] as const))],
        ["parseok", result.parsed],
        ["monotonic", result.monotonic],
        ["success", result.success],
      ),
    );
  },
};

/** `maths`: calculate something (spec 09 §7.7). */
export const maths: Command = {
  name: "maths",
  summary: "Calculate an expression",
  details: `maths calculate:EXPRESSION (logs:true|false)

calculate: an expression of the KISSVM script language, with up to 44 decimal places.
logs: show the trace, too.

maths calculate:1/3
maths calculate:"(2 + 3) * 4"
maths calculate:SHA3(0x1234)`,
  params: ["calculate", "logs"],
  write: false,
  run: async (params) => {
    const environment = { ...PLAIN, globals: new Map<string, Value>() };
    const { result, trace } = await runTraced(`LET returnvalue = ${params.string("calculate")}`, environment);
    const value = result.variables.get("returnvalue");
    if (value === undefined) throw new CommandError(`Cannot calculate this : ${result.error?.message ?? "it gives no value"}`);
    return response(jsonObject(params.boolean("logs", false) ? ["logs", trace] : undefined, ["result", textOf(value)]));
  },
};

const PLAIN = {
  transaction: EMPTY_TRANSACTION,
  witness: EMPTY_WITNESS,
  signatures: [],
  previousState: [],
  maxOperations: DEFAULT_MAX_OPERATIONS,
} as const;

/** Runs a script while others get their turn, and keeps its trace. */
async function runTraced(
  script: string,
  environment: ScriptEnvironment,
): Promise<{ readonly result: ScriptResult; readonly trace: string }> {
  const work = new WorkMeter(MAX_WORK, SLICE_WORK);
  let trace = "";
  let isCut = false;
  const note = (line: string): void => {
    if (trace.length + line.length < MAX_TRACE) trace += `${line}\n`;
    else if (!isCut) {
      isCut = true;
      trace += "... the rest is too long\n";
    }
  };
  const run = runScriptInSlices(script, { ...environment, work, trace: note });
  for (;;) {
    const { done, value } = run.next();
    if (done === true) return { result: value, trace };
    await setImmediate();
  }
}

function environmentOf(script: string, params: Params): ScriptEnvironment {
  const signatures = params.has("signatures") ? params.array("signatures") : [];
  return {
    ...PLAIN,
    transaction: { ...EMPTY_TRANSACTION, state: stateOf(params, "state").toSorted((a, b) => a.port - b.port) },
    witness: { ...EMPTY_WITNESS, scripts: textsOf(params, "extrascripts").map(scriptProof) },
    signatures: signatures.map((key) => parseHex(textIn("signatures", key))),
    previousState: stateOf(params, "prevstate"),
    globals: globalsOf(script, params),
  };
}

function stateOf(params: Params, name: string): StateVariable[] {
  const byPort = new Map<number, StateVariable>();
  for (const [port, text] of textsOf(params, name)) {
    if (!/^[+-]?\d+$/.test(port)) throw new CommandError(`State port is not a number : ${port}`);
    byPort.set(Number(port), stateVariableFromText(Number(port), text));
  }
  return Array.from(byPort.values());
}

function scriptProof([script, hex]: readonly [string, string]): ScriptProof {
  return { script, proof: hex === "" ? EMPTY_PROOF : decode(readMMRProof, parseHex(hex)) };
}

/** The globals, `@SCRIPT` first; one that follows from others is shown among the parameters (spec 09 §7.3). */
function globalsOf(script: string, params: Params): Map<string, Value> {
  const globals = new Map<string, Value>([["@SCRIPT", stringValue(script)]]);
  const given = new Map(textsOf(params, "globals"));
  const block = given.get("@BLOCK");
  const created = given.get("@CREATED");
  if (block !== undefined && created !== undefined && !given.has("@COINAGE")) {
    const age = numberValue(MiniNumber.parse(block).sub(MiniNumber.parse(created)));
    given.set("@COINAGE", textOf(age));
    params.show("globals", jsonObject(...given));
  }
  for (const [name, text] of given) globals.set(name.toUpperCase(), valueFromText(text));
  return globals;
}

/** The members of an object whose values are texts. */
function textsOf(params: Params, name: string): (readonly [string, string])[] {
  if (!params.has(name)) return [];
  return Array.from(params.object(name), ([key, value]) => [key, textIn(name, value)] as const);
}

function textIn(name: string, value: unknown): string {
  if (typeof value !== "string") throw new CommandError(`Values must be text in quotes : ${name}`);
  return value;
}

function addressedToJSON({ script, address, mxaddress }: Addressed): JsonObject {
  return jsonObject(["script", script], ["address", address], ["mxaddress", mxaddress]);
}
