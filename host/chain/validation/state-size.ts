import { memo } from "../../protocol/memo.js";
import { writeStateVariable } from "../../protocol/state-variable.js";
import type { Transaction } from "../../protocol/transaction.js";
import type { TxPoW } from "../../protocol/txpow.js";
import { Writer } from "../../protocol/writer.js";

/** Bytes of the encoded state list, its count included (spec 02 §21.4). */
export function stateSize(transaction: Transaction): number {
  const writer = new Writer();
  writer.list(transaction.state, writeStateVariable);
  return writer.length;
}

/** How many bytes of state the outputs of a TxPoW put into the coin database (spec 02 §21.4); 0 without a body. */
export const stateStoreSize = memo(({ body }: TxPoW): number =>
  body === null ? 0 : storedBy(body.transaction) + storedBy(body.burnTransaction),
);

function storedBy(transaction: Transaction): number {
  const stores = transaction.outputs.filter((coin) => coin.storestate).length;
  return stores === 0 ? 0 : stores * stateSize(transaction);
}
