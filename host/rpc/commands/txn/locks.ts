import { setTimeout as sleep } from "node:timers/promises";
import { jsonObject } from "../../../protocol/json.js";
import { response } from "../../command.js";
import type { TxnCommand } from "./common.js";

const DEFAULT_TIMEOUT_MS = 20_000;
const LONGEST_WAIT_MS = 600_000;

/** `txnlock`: a lock that clients agree to take before they build transactions (spec 09 §14). */
export const txnlock: TxnCommand = {
  name: "txnlock",
  summary: "Take or give back a lock that clients agree on before they build transactions",
  details: `txnlock (action:lock|unlock) (timeout:20000) (unlockdelay:)

The lock protects nothing by itself: all clients must ask for it. Without action it shows whether it is taken.

action: lock waits until the lock is free and takes it; unlock gives it back.
timeout: how many milliseconds to wait for it.
unlockdelay: give it back only after so many milliseconds.

txnlock action:lock timeout:5000
txnlock action:unlock`,
  params: ["action", "timeout", "unlockdelay"],
  write: true,
  run: async (params, { transactions: { lock } }) => {
    const action = params.optionalString("action");
    const timeout = params.integerOr("timeout", DEFAULT_TIMEOUT_MS);
    const delay = params.integerOr("unlockdelay", 0);
    if (action === "lock") {
      const success = await lock.take(timeout === 0 ? LONGEST_WAIT_MS : Math.min(timeout, LONGEST_WAIT_MS));
      return response(jsonObject(["success", success], ["locked", true]));
    }
    if (action === "unlock") {
      if (delay > 0) await sleep(Math.min(delay, LONGEST_WAIT_MS), undefined, { ref: false });
      lock.release();
      return response(jsonObject(["success", true], ["locked", false]));
    }
    return response(jsonObject(["locked", lock.isLocked]));
  },
};

/** `txncoinlock`: keep transactions under construction from taking each other's coins. */
export const txncoinlock: TxnCommand = {
  name: "txncoinlock",
  summary: "Keep txnaddamount from taking a coin twice",
  details: `txncoinlock (action:lock|unlock)

While it is on, coins that txnaddamount or txnauto added to one transaction are not added to another one. Switching it off, or a
restart of the node, frees them all.

action: switch it on or off; without, show which.

txncoinlock action:lock`,
  params: ["action"],
  write: true,
  run: (params, { transactions }) => {
    const action = params.optionalString("action");
    if (action === "lock" || action === "unlock") transactions.locksCoins = action === "lock";
    return response(jsonObject(["coinslocked", transactions.locksCoins]));
  },
};
