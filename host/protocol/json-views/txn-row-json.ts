import { toHex0x } from "../bytes.js";
import { writeCoin } from "../coin.js";
import { type JsonObject, jsonObject } from "../json.js";
import type { TxnRow } from "../txn-row.js";
import { encode } from "../writer.js";
import { witnessToJSON } from "./proof-json.js";
import { transactionToJSON } from "./txpow-json.js";

/** A transaction under construction, its witness only on request (spec 09 §6). */
export function txnRowToJSON({ id, transaction, witness }: TxnRow, withWitness = true): JsonObject {
  return jsonObject(
    ["id", id],
    ["transaction", transactionToJSON(transaction)],
    withWitness ? ["witness", witnessToJSON(witness)] : undefined,
    withWitness ? ["outputcoindata", transaction.outputs.map((coin) => toHex0x(encode(writeCoin, coin)))] : undefined,
  );
}
