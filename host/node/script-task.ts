import type { ScriptBlock } from "../kissvm/index.js";
import type { Reader } from "../protocol/reader.js";
import { readTransaction, type Transaction, writeTransaction } from "../protocol/transaction.js";
import { readWitness, type Witness, writeWitness } from "../protocol/witness.js";
import type { Writer } from "../protocol/writer.js";

/** All that the verdict on the scripts of a transaction depends on. */
export interface ScriptTask {
  readonly transaction: Transaction;
  readonly witness: Witness;
  readonly block: ScriptBlock;
}

export function readScriptTask(reader: Reader): ScriptTask {
  return {
    transaction: readTransaction(reader),
    witness: readWitness(reader),
    block: { number: reader.number(), time: reader.number(), maxOperations: reader.int32() },
  };
}

export function writeScriptTask(writer: Writer, { transaction, witness, block }: ScriptTask): void {
  writeTransaction(writer, transaction);
  writeWitness(writer, witness);
  writer.number(block.number);
  writer.number(block.time);
  writer.int32(block.maxOperations);
}
