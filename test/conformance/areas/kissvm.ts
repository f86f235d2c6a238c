import type { Area } from "../area.js";
import { brokenPrograms, cleaning, programs, runs, scriptNumbers, soup, tokens, traces, utf8Texts } from "./kissvm-scripts.js";
import { contexts, transactionRuns, verdicts } from "./kissvm-transactions.js";

/** The script language (spec 05). */
export const kissvm: Area = {
  clean: cleaning,
  tokens,
  run: runs,
  numbers: scriptNumbers,
  utf8: utf8Texts,
  trace: traces,
  "fuzz-programs": programs,
  "fuzz-broken": brokenPrograms,
  "fuzz-soup": soup,
  "txn-contexts": contexts,
  "txn-run": transactionRuns,
  "txn-verdicts": verdicts,
};
