import type { MMRData, MMRProof } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";
import { Writer } from "../../protocol/writer.js";
import type { Hash } from "./peers.js";

/** What follows does with nothing but a hash function what the core does in one call. */

const CHAINS = 34;
const CHAIN_LENGTH = 255;

/** The hash of each counter written over 8 bytes at `offset`; gives how many were below the target. */
export function search(hash: Hash, message: Uint8Array, offset: number, target: Uint8Array, attempts: number): number {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  let hits = 0;
  for (let i = 0; i < attempts; i++) {
    view.setBigUint64(offset, BigInt(i));
    if (Buffer.compare(hash(message), target) < 0) hits++;
  }
  return hits;
}

/** A one-time public key (spec 04 §1.2). */
export function publicKey(hash: Hash, seed: Uint8Array): Uint8Array {
  return hash(Buffer.concat(secrets(hash, seed).map((secret) => chain(hash, secret, CHAIN_LENGTH))));
}

/** A one-time signature (spec 04 §1.4). */
export function sign(hash: Hash, seed: Uint8Array, message: Uint8Array): Uint8Array {
  const steps = digits(hash, message);
  return Buffer.concat(secrets(hash, seed).map((secret, i) => chain(hash, secret, steps[i] ?? 0)));
}

/** The public key that a one-time signature belongs to (spec 04 §1.5). */
export function recover(hash: Hash, message: Uint8Array, signature: Uint8Array): Uint8Array {
  const tops = digits(hash, message).map((digit, i) => chain(hash, signature.subarray(32 * i, 32 * i + 32), CHAIN_LENGTH - digit));
  return hash(Buffer.concat(tops));
}

function secrets(hash: Hash, seed: Uint8Array): Uint8Array[] {
  const state = seed.slice();
  return Array.from({ length: CHAINS }, () => {
    const secret = hash(state);
    let carry = 1;
    for (let i = 0; i < state.length; i++) {
      carry += (state[i] ?? 0) + (secret[i] ?? 0);
      state[i] = carry & 255;
      carry >>= 8;
    }
    return secret;
  });
}

function digits(hash: Hash, message: Uint8Array): number[] {
  const digest = Array.from(hash(message));
  const checksum = 8192 - digest.reduce((sum, digit) => sum + digit, 0);
  return [...digest, checksum & 255, checksum >> 8];
}

function chain(hash: Hash, from: Uint8Array, steps: number): Uint8Array {
  let state = from;
  for (let i = 0; i < steps; i++) state = hash(state);
  return state;
}

/** The hash of the node that a proof leads to (spec 03 §5). */
export function fold(hash: Hash, leaf: MMRData, proof: MMRProof): Uint8Array {
  return proof.chunks.reduce((node, { left, data }) => (left !== 0 ? parent(hash, data, node) : parent(hash, node, data)), leaf).hash;
}

function parent(hash: Hash, left: MMRData, right: MMRData): MMRData {
  const value = left.value.add(right.value);
  const writer = new Writer();
  writer.number(MiniNumber.ONE);
  writer.data(left.hash);
  writer.data(right.hash);
  writer.number(value);
  return { hash: hash(writer.toBytes()), value };
}

/** The root over the one-time keys of these seeds, a power of two of them (spec 04 §2). */
export function treeLevel(hash: Hash, seeds: readonly Uint8Array[]): Uint8Array {
  let row = seeds.map((seed): MMRData => {
    const writer = new Writer();
    writer.number(MiniNumber.ZERO);
    writer.data(publicKey(hash, seed));
    writer.number(MiniNumber.ZERO);
    return { hash: hash(writer.toBytes()), value: MiniNumber.ZERO };
  });
  while (row.length > 1) row = row.flatMap((left, i) => (i % 2 === 0 ? [parent(hash, left, row[i + 1] ?? left)] : []));
  return row[0]?.hash ?? new Uint8Array(0);
}
