import { CHAINS, INPUT, OUTPUT, SEED, STEPS } from "./layout";
import { runChains } from "./chains";
import { hash } from "./sha3";

/** Chains of a one-time key, and their length (spec 04 §1). */
const COUNT: u32 = 34;
const LENGTH: u32 = 255;
const SIZE: u32 = COUNT * 32;

/** The secrets of the seed at `SEED` go to `CHAINS` (spec 04 §1.1). The seed is used up. */
function makeSecrets(): void {
  for (let i: u32 = 0; i < COUNT; i++) {
    const secret = CHAINS + i * 32;
    hash(SEED, 32, secret);
    let carry: u64 = 1;
    for (let j: usize = 0; j < 32; j += 4) {
      carry += <u64>load<u32>(SEED + j) + <u64>load<u32>(secret + j);
      store<u32>(SEED + j, <u32>carry);
      carry >>= 32;
    }
  }
}

/** Steps of each chain for the message whose hash is at `digest`; `rest` counts them from the other end (spec 04 §1.3). */
function setDigits(digest: usize, rest: bool): void {
  let checksum: u32 = 8192;
  for (let i: u32 = 0; i < 32; i++) {
    const digit: u32 = load<u8>(digest + i);
    checksum -= digit;
    setDigit(i, digit, rest);
  }
  setDigit(32, checksum & 255, rest);
  setDigit(33, checksum >> 8, rest);
}

function setDigit(index: u32, digit: u32, rest: bool): void {
  store<u32>(STEPS + index * 4, rest ? LENGTH - digit : digit);
}

/** The one-time public key of the seed at `SEED` (spec 04 §1.2). */
export function makePublicKey(to: usize): void {
  makeSecrets();
  for (let i: u32 = 0; i < COUNT; i++) store<u32>(STEPS + i * 4, LENGTH);
  runChains(COUNT);
  hash(CHAINS, SIZE, to);
}

/** The one-time public key of the seed at `SEED` goes to `OUTPUT`. */
export function winternitzPublicKey(): void {
  makePublicKey(OUTPUT);
}

/** The signature, by the seed at `SEED`, of the message whose hash is at `INPUT` goes to `OUTPUT`: 1088 bytes (spec 04 §1.4). */
export function winternitzSign(): void {
  setDigits(INPUT, false);
  makeSecrets();
  runChains(COUNT);
  memory.copy(OUTPUT, CHAINS, SIZE);
}

/** The public key that the signature at `INPUT`, followed by the message's hash, belongs to goes to `OUTPUT` (spec 04 §1.5). */
export function winternitzRecover(): void {
  setDigits(INPUT + SIZE, true);
  memory.copy(CHAINS, INPUT, SIZE);
  runChains(COUNT);
  hash(CHAINS, SIZE, OUTPUT);
}
