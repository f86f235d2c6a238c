import { toHex0x } from "../bytes.js";
import { type JsonObject, jsonObject, RawJson } from "../json.js";
import type { Magic } from "../magic.js";
import { type Transaction, transactionId } from "../transaction.js";
import type { TxBody } from "../txbody.js";
import { CASCADE_LEVELS, superParentRuns, type TxHeader } from "../txheader.js";
import { isBlock, isTransaction, superLevel, type TxPoW, txpowBurn, txpowId, txpowSize } from "../txpow.js";
import { coinToJSON, stateVariableToJSON } from "./coin-json.js";
import { javaDateText } from "./java-date.js";
import { witnessToJSON } from "./proof-json.js";

/** Spec 02 §9. */
export function transactionToJSON(transaction: Transaction): JsonObject {
  return jsonObject(
    ["inputs", transaction.inputs.map((coin) => coinToJSON(coin))],
    ["outputs", transaction.outputs.map((coin) => coinToJSON(coin))],
    ["state", transaction.state.map(stateVariableToJSON)],
    ["linkhash", toHex0x(transaction.linkhash)],
    ["transactionid", toHex0x(transactionId(transaction))],
  );
}

/** Spec 02 §11. */
export function magicToJSON(magic: Magic): JsonObject {
  const { current, desired } = magic;
  return jsonObject(
    ["currentmaxtxpowsize", current.maxTxPoWSize.toString()],
    ["currentmaxkissvmops", current.maxKissvmOps.toString()],
    ["currentmaxtxn", current.maxTransactions.toString()],
    ["currentmintxpowwork", toHex0x(current.minTxPoWWork)],
    ["desiredmaxtxpowsize", desired.maxTxPoWSize.toString()],
    ["desiredmaxkissvmops", desired.maxKissvmOps.toString()],
    ["desiredmaxtxn", desired.maxTransactions.toString()],
    ["desiredmintxpowwork", toHex0x(desired.minTxPoWWork)],
  );
}

/** Spec 02 §12; `timeZone` is the IANA name of the zone the date is printed in. */
export function txHeaderToJSON(header: TxHeader, timeZone: string): JsonObject {
  return jsonObject(
    ["chainid", toHex0x(header.chainid)],
    ["block", header.block.toString()],
    ["blkdiff", toHex0x(header.blkdiff)],
    ["cascadelevels", CASCADE_LEVELS],
    ["superparents", superParentsToJSON(header)],
    ["magic", magicToJSON(header.magic)],
    ["mmr", toHex0x(header.mmr)],
    ["total", header.total.toString()],
    ["customhash", toHex0x(header.customhash)],
    ["txbodyhash", toHex0x(header.bodyhash)],
    ["nonce", header.nonce.toString()],
    ["timemilli", header.time.toString()],
    ["date", javaDateText(header.time.toInt64(), timeZone)],
  );
}

/** One object a run, named by its last level (spec 02 §12.1). */
function superParentsToJSON(header: TxHeader): JsonObject[] {
  let level = -1;
  return superParentRuns(header.superparents).map(({ count, id }) => {
    level += count;
    return jsonObject(["difficulty", level], ["count", count], ["parent", toHex0x(id)]);
  });
}

/** Spec 02 §13. */
export function txBodyToJSON(body: TxBody): JsonObject {
  return jsonObject(
    ["prng", toHex0x(body.prng)],
    ["txndiff", toHex0x(body.txndiff)],
    ["txn", transactionToJSON(body.transaction)],
    ["witness", witnessToJSON(body.witness)],
    ["burntxn", transactionToJSON(body.burnTransaction)],
    ["burnwitness", witnessToJSON(body.burnWitness)],
    ["txnlist", body.txnlist.map(toHex0x)],
  );
}

/** Spec 02 §14.1. */
export function txpowToJSON(txpow: TxPoW, timeZone: string): JsonObject {
  return jsonObject(
    ["txpowid", toHex0x(txpowId(txpow))],
    ["isblock", isBlock(txpow)],
    ["istransaction", isTransaction(txpow)],
    ["superblock", superLevel(txpow)],
    ["size", txpowSize(txpow)],
    ["burn", new RawJson(txpowBurn(txpow).toString())],
    ["header", txHeaderToJSON(txpow.header, timeZone)],
    ["hasbody", txpow.body !== null],
    ["body", txpow.body === null ? "null" : txBodyToJSON(txpow.body)],
  );
}
