import type { PendingPayment } from "../../node/payments.js";
import type { TxPoW } from "../../protocol/txpow.js";
import { CommandError } from "../params.js";

/** How long a caller waits for the mining of a TxPoW. */
const PATIENCE_MS = 120_000;

/** The TxPoW of a payment: as it was built, or with `mine` as it was mined and sent. Throws `CommandError` when that takes too long. */
export async function paidTxPoW({ txpow, sent, giveUp }: PendingPayment, mine: boolean): Promise<TxPoW> {
  return mine ? inTime(sent, giveUp) : txpow;
}

/** What mining gives, if it does in time; else it is ended by `giveUp`, after which it must fail. Throws `CommandError`. */
export async function inTime(mining: Promise<TxPoW>, giveUp: () => void): Promise<TxPoW> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    giveUp();
  }, PATIENCE_MS);
  try {
    return await mining;
  } catch (error) {
    if (late) throw new CommandError("FAILED TO MINE txn in 120 seconds !?");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
