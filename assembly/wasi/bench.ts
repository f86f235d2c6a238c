import { INPUT, SEED, TARGET } from "../layout";
import { search, searchBegin } from "../pow";
import { hash } from "../sha3";
import { winternitzPublicKey } from "../winternitz";
import { decimal } from "./output";

const MILLISECONDS: f64 = 500;
const MESSAGE: u32 = 400;
const SLICE: u32 = 20000;

/** What this machine does per second, on one core. */
export function bench(): void {
  memory.fill(INPUT, 7, MESSAGE);
  memory.fill(TARGET, 0, 32);
  memory.fill(SEED, 1, 32);
  report("SHA3-256 of 32 bytes", hashes(32));
  report("SHA3-256 of 400 bytes", hashes(MESSAGE));
  report("nonces, counter in the first of 3 blocks", nonces(4));
  report("nonces, counter in the last of 3 blocks", nonces(MESSAGE - 44));
  report("one-time public keys", keys());
}

function report(what: string, perSecond: f64): void {
  process.stdout.write(decimal(<u64>perSecond) + " per second: " + what + "\n");
}

function hashes(length: u32): f64 {
  const started = performance.now();
  let count = 0;
  let elapsed: f64 = 0;
  while (elapsed < MILLISECONDS) {
    for (let i: u32 = 0; i < SLICE; i++) hash(INPUT, length, INPUT);
    count += SLICE;
    elapsed = performance.now() - started;
  }
  return (<f64>count * 1000) / elapsed;
}

function nonces(offset: u32): f64 {
  searchBegin(MESSAGE, offset, 8);
  const started = performance.now();
  let count: u64 = 0;
  let elapsed: f64 = 0;
  while (elapsed < MILLISECONDS) {
    search(count, SLICE);
    count += SLICE;
    elapsed = performance.now() - started;
  }
  return (<f64>count * 1000) / elapsed;
}

function keys(): f64 {
  const started = performance.now();
  let count = 0;
  let elapsed: f64 = 0;
  while (elapsed < MILLISECONDS) {
    winternitzPublicKey();
    count++;
    elapsed = performance.now() - started;
  }
  return (<f64>count * 1000) / elapsed;
}
