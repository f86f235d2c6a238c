import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 500;

/** Asks again and again until there is an answer. Throws, with what was waited for, when the deadline passes. */
export async function waitFor<Value>(what: string, deadlineMs: number, ask: () => Promise<Value | undefined>): Promise<Value> {
  for (const end = Date.now() + deadlineMs; ; await sleep(POLL_MS)) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`waited ${deadlineMs / 1000} s in vain for ${what}`);
  }
}

/** `waitFor` for something that is true or not. */
export async function waitUntil(what: string, deadlineMs: number, holds: () => Promise<boolean>): Promise<void> {
  await waitFor(what, deadlineMs, async () => ((await holds()) ? true : undefined));
}
