import { toHex0x } from "../protocol/bytes.js";
import { printJson } from "../protocol/json.js";
import { witnessToJSON } from "../protocol/json-views/proof-json.js";
import { transactionToJSON } from "../protocol/json-views/txpow-json.js";
import type { ScriptEnvironment } from "./environment.js";
import { ScriptParseError } from "./errors.js";
import { type Token, tokenise } from "./tokeniser.js";
import { textOf } from "./value.js";

/** What the trace says before the first statement runs (spec 05 §11). Throws ProtocolError for objects that cannot be printed. */
export function* traceStart(script: string, environment: ScriptEnvironment, failure: ScriptParseError | null): Iterable<string> {
  const { transaction, witness, signatures, previousState, globals } = environment;
  yield `Contract   : ${script}`;
  yield `Size       : ${script.length}`;
  yield `Transaction   : ${printJson(transactionToJSON(transaction))}`;
  yield `Witness       : ${printJson(witnessToJSON(witness))}`;
  for (const key of signatures) yield `Signature : ${toHex0x(key)}`;
  for (const { port, text } of transaction.state) yield `State[${port}] : ${text}`;
  for (const { port, text } of previousState) yield `PrevState[${port}] : ${text}`;
  for (const [i, { type, text }] of tokensOf(script).entries()) yield `${i}) Token : [${type}] ${text}`;
  yield failure === null ? "Script token parse OK." : `PARSE ERROR : ${failure.message}`;
  for (const [name, value] of globals) yield `Global [${name}] : ${textOf(value)}`;
  yield failure === null ? "Start executing the contract" : "Script parse FAILED. Please fix and retry.";
}

/** None where the script is no list of tokens. */
function tokensOf(script: string): readonly Token[] {
  try {
    return tokenise(script);
  } catch (error) {
    if (error instanceof ScriptParseError) return [];
    throw error;
  }
}
