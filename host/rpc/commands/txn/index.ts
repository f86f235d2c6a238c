import { txnaddamount, txnauto } from "./amounts.js";
import type { TxnCommand } from "./common.js";
import { txncoinlock, txnlock } from "./locks.js";
import { txnclear, txncreate, txndelete, txnexport, txnimport, txnlist } from "./manage.js";
import { txninput, txnoutput, txnscript, txnstate } from "./parts.js";
import { txnmine, txnminepost, txnpost } from "./post.js";
import { txnbasics, txncheck, txnmmr } from "./proofs.js";
import { txnsign } from "./sign.js";

/** Transactions built by hand (spec 09 §14). */
export const TXN_COMMANDS: readonly TxnCommand[] = [
  txncreate,
  txndelete,
  txnlist,
  txnclear,
  txncheck,
  txnbasics,
  txnmmr,
  txninput,
  txnoutput,
  txnstate,
  txnscript,
  txnsign,
  txnpost,
  txnexport,
  txnimport,
  txnauto,
  txnaddamount,
  txnmine,
  txnminepost,
  txnlock,
  txncoinlock,
];
