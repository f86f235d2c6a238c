import {
  DEFAULT_MAX_OPERATIONS,
  inputEnvironment,
  numberValue,
  type ScriptBlock,
  type ScriptEnvironment,
  ScriptError,
  stringValue,
  type Value,
  valueFromText,
} from "../../kissvm/index.js";
import { parseHex } from "../../protocol/bytes.js";
import { ProtocolError } from "../../protocol/errors.js";
import { EMPTY_PROOF, readMMRProof } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";
import { decode } from "../../protocol/reader.js";
import { scriptAddress } from "../../protocol/script-address.js";
import type { Transaction } from "../../protocol/transaction.js";
import type { ScriptProof, Witness } from "../../protocol/witness.js";
import { InputError, type Json } from "./json.js";
import { readState, readTransaction } from "./transaction.js";

const MEMBERS = ["state", "prevstate", "globals", "signatures", "scripts", "transaction", "input", "block", "time", "max"];

/**
 * What a script is to be run in, from JSON. It is the script of one of the transaction's inputs, which is spent as the coin it
 * is; where the transaction has no inputs, only the globals given exist. What is given beside the transaction goes first.
 */
export function readContext(json: Json, script: string): ScriptEnvironment {
  json.only(...MEMBERS);
  const stateJson = json.member("state");
  const previousJson = json.member("prevstate");
  const carried = readTransaction(json.member("transaction"), scriptAddress(script));
  const transaction = stateJson === undefined ? carried : { ...carried, state: readState(stateJson) };
  const witness = witnessOf(transaction, readScripts(json.member("scripts")));
  const environment = setUp(json, script, transaction, witness);
  const given = readGlobals(json.member("globals"));
  return {
    ...environment,
    signatures:
      json
        .member("signatures")
        ?.list()
        .map((key) => key.read(parseHex)) ?? [],
    previousState: previousJson === undefined ? environment.previousState : readState(previousJson),
    globals: new Map([...environment.globals, ...coinAge(given), ...given]),
  };
}

function setUp(json: Json, script: string, transaction: Transaction, witness: Witness): ScriptEnvironment {
  const maxOperations = json.member("max")?.integer(1) ?? DEFAULT_MAX_OPERATIONS;
  const block: ScriptBlock = {
    number: json.member("block")?.read(MiniNumber.parse) ?? MiniNumber.ZERO,
    time: json.member("time")?.read(MiniNumber.parse) ?? MiniNumber.ZERO,
    maxOperations,
  };
  return guarded("the script cannot be set up", () => {
    if (transaction.inputs.length > 0) return inputEnvironment(transaction, witness, json.member("input")?.integer(0) ?? 0, block, script);
    const globals = new Map<string, Value>([["@SCRIPT", stringValue(script)]]);
    return { transaction, witness, signatures: [], previousState: [], globals, maxOperations };
  });
}

/** Each input proven as the coin it is. */
function witnessOf({ inputs }: Transaction, scripts: readonly ScriptProof[]): Witness {
  return { signatures: [], coinProofs: inputs.map((coin) => ({ coin, proof: EMPTY_PROOF })), scripts };
}

/** Scripts for MAST: a list of texts, or an object of proofs in hex by text. */
function readScripts(json: Json | undefined): ScriptProof[] {
  if (json === undefined) return [];
  if (json.isList) return json.list().map((script) => ({ script: script.text(), proof: EMPTY_PROOF }));
  return json.members().map(([script, proof]) => ({ script, proof: proof.read((hex) => decode(readMMRProof, parseHex(hex))) }));
}

function readGlobals(json: Json | undefined): Map<string, Value> {
  const globals = new Map<string, Value>();
  for (const [name, value] of json?.members() ?? []) {
    if (!/^@[A-Za-z]+$/.test(name)) throw new InputError(`${value.path}: a global is written @NAME`);
    globals.set(
      name.toUpperCase(),
      guarded(value.path, () => valueFromText(value.text())),
    );
  }
  return globals;
}

/** @COINAGE follows from @BLOCK and @CREATED (spec 05 §11). */
function coinAge(globals: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
  const block = globals.get("@BLOCK");
  const created = globals.get("@CREATED");
  if (block?.type !== "NUMBER" || created?.type !== "NUMBER") return [];
  return [["@COINAGE", numberValue(block.value.sub(created.value))]];
}

function guarded<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ScriptError || error instanceof ProtocolError) throw new InputError(`${what}: ${error.message}`);
    throw error;
  }
}
