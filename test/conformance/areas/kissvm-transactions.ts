import { sha3 } from "../../../host/core/hash.js";
import { checkScripts, inputEnvironment, runScript, type ScriptEnvironment, ScriptError } from "../../../host/kissvm/index.js";
import { signatureKeys } from "../../../host/kissvm/input-environment.js";
import { parseHex, toHex0x } from "../../../host/protocol/bytes.js";
import { ProtocolError } from "../../../host/protocol/errors.js";
import { printJson } from "../../../host/protocol/json.js";
import { transactionToJSON } from "../../../host/protocol/json-views/txpow-json.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { decode } from "../../../host/protocol/reader.js";
import { readTransaction, type Transaction, transactionId, writeTransaction } from "../../../host/protocol/transaction.js";
import { readWitness, type Witness } from "../../../host/protocol/witness.js";
import { encode } from "../../../host/protocol/writer.js";
import type { Case } from "../area.js";
import { each, same } from "../checks.js";
import { shownVariables, type VectorVariables, verdictLetter } from "./kissvm-scripts.js";

interface ContextCase {
  readonly id: string;
  readonly transaction: string;
  readonly witness: string;
  readonly transactionid: string;
  readonly signature_keys: readonly string[];
  readonly created: readonly string[];
  readonly transaction_json: unknown;
}

interface Context {
  readonly transaction: Transaction;
  readonly witness: Witness;
}

function decoded(c: { readonly transaction: string; readonly witness: string }): Context {
  return { transaction: decode(readTransaction, parseHex(c.transaction)), witness: decode(readWitness, parseHex(c.witness)) };
}

export function* contexts(data: unknown): Iterable<Case> {
  yield* each("context", data as readonly ContextCase[], (c) => {
    const { transaction, witness } = decoded(c);
    same(signatureKeys(witness).map(toHex0x), c.signature_keys, "keys");
    same(
      Array.from(witness.coinProofs, ({ coin }) => coin.created.toString()),
      c.created,
      "created",
    );
    same(toHex0x(sha3(parseHex(c.transaction))), c.transactionid, "hash of the encoding");
    // A NUMBER of the state with more than 44 decimals is encoded as 0, which is another object when it is read again: id
    // and JSON are of the object before that.
    if (toHex0x(encode(writeTransaction, transaction)) !== c.transaction) return;
    same(toHex0x(transactionId(transaction)), c.transactionid, "transaction id");
    same(renderedTransaction(transaction), c.transaction_json, "JSON");
  });
}

function renderedTransaction(transaction: Transaction): unknown {
  try {
    return JSON.parse(printJson(transactionToJSON(transaction))) as unknown;
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

interface RunOutcome {
  readonly verdict: string;
  readonly instructions: number;
  readonly monotonic: boolean;
  readonly variables: VectorVariables;
}

/** Runs a script of an input and compares; undefined environment: it cannot even be set up. */
function checkRun(environment: ScriptEnvironment | undefined, script: string, expected: RunOutcome): void {
  if (environment === undefined || expected.verdict === "S") {
    same(environment === undefined ? "S" : "set up", expected.verdict, script);
    return;
  }
  const result = runScript(script, environment);
  same(
    [verdictLetter(result), result.instructions, result.monotonic, shownVariables(result.variables)],
    [expected.verdict, expected.instructions, expected.monotonic, expected.variables],
    script,
  );
}

interface BlockFields {
  readonly block: number;
  readonly timemilli: number;
}

function environmentOf(
  context: Context,
  input: number,
  fields: BlockFields,
  maxOperations: number,
  script: string,
): ScriptEnvironment | undefined {
  const block = { number: MiniNumber.of(fields.block), time: MiniNumber.of(fields.timemilli), maxOperations };
  try {
    return inputEnvironment(context.transaction, context.witness, input, block, script);
  } catch (error) {
    if (error instanceof ScriptError || error instanceof ProtocolError) return undefined;
    throw error;
  }
}

interface RunCase extends RunOutcome, BlockFields {
  readonly ctx: string;
  readonly input: number;
  readonly max: number;
  readonly script: string;
}

export function* transactionRuns(data: unknown, _: string, sibling: (name: string) => unknown): Iterable<Case> {
  const known = new Map((sibling("txn-contexts.json") as readonly ContextCase[]).map((c) => [c.id, decoded(c)]));
  yield* each("run", data as readonly RunCase[], (c) => {
    const context = known.get(c.ctx);
    if (context === undefined) throw new Error(`no context ${c.ctx}`);
    checkRun(environmentOf(context, c.input, c, c.max, c.script), c.script, c);
  });
}

interface VerdictCase extends BlockFields {
  readonly transaction: string;
  readonly witness: string;
  readonly maxkissvmops: string;
  readonly verdict: "valid" | "invalid";
  readonly monotonic: boolean;
  readonly runs: readonly (RunOutcome & { readonly input: number; readonly kind: "coin" | "token"; readonly script: string })[];
}

export function* verdicts(data: unknown): Iterable<Case> {
  yield* each("verdict", data as readonly VerdictCase[], (c) => {
    const context = decoded(c);
    const maxOperations = MiniNumber.parse(c.maxkissvmops).toInt32();
    const block = { number: MiniNumber.of(c.block), time: MiniNumber.of(c.timemilli), maxOperations };
    const { valid, monotonic, failure } = checkScripts(context.transaction, context.witness, block);
    same([valid ? "valid" : "invalid", monotonic], [c.verdict, c.monotonic]);
    const last = c.runs.at(-1);
    if (failure !== null && failure.kind !== "setup") same([failure.input, failure.kind], [last?.input, last?.kind], "failure");
    for (const run of c.runs) checkRun(environmentOf(context, run.input, c, maxOperations, run.script), run.script, run);
  });
}
