import { isRelevantCoin, type Tracked } from "../chain/coins.js";
import { toHex0x } from "../protocol/bytes.js";
import { STATE_HEX } from "../protocol/state-variable.js";
import type { Transaction } from "../protocol/transaction.js";
import type { TxPoW } from "../protocol/txpow.js";

/** Whether a TxPoW moves coins of tracked addresses, or names one or a key in its state (spec 09 §9.2). */
export function isRelevantTxPoW({ body }: TxPoW, tracked: Tracked): boolean {
  return body !== null && (concerns(body.transaction, tracked) || concerns(body.burnTransaction, tracked));
}

function concerns({ inputs, outputs, state }: Transaction, tracked: Tracked): boolean {
  const { addresses, publicKeys } = tracked;
  return (
    inputs.some((coin) => isRelevantCoin(coin, { addresses, publicKeys })) ||
    outputs.some(({ address }) => addresses.has(toHex0x(address))) ||
    state.some(({ type, text }) => type === STATE_HEX && (addresses.has(text) || publicKeys.has(text)))
  );
}
