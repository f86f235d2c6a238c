import type { MMRData, MMRProof } from "../host/protocol/mmr-objects.js";
import { MiniNumber } from "../host/protocol/number.js";
import { Writer } from "../host/protocol/writer.js";

/** Any SHA3-256. What follows does with nothing but a hash function what the core does in one call. */
export type Hash = (data: Uint8Array) => Uint8Array;

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
  const state = seed.slice();
  const tops = Array.from({ length: CHAINS }, () => {
    const secret = hash(state);
    let carry = 1;
    for (let i = 0; i < state.length; i++) {
      carry += (state[i] ?? 0) + (secret[i] ?? 0);
      state[i] = carry & 255;
      carry >>= 8;
    }
    return chain(hash, secret, CHAIN_LENGTH);
  });
  return hash(Buffer.concat(tops));
}

/** The public key that a one-time signature belongs to (spec 04 §1.5). */
export function recover(hash: Hash, message: Uint8Array, signature: Uint8Array): Uint8Array {
  const digits = Array.from(hash(message));
  const checksum = 8192 - digits.reduce((sum, digit) => sum + digit, 0);
  const tops = [...digits, checksum & 255, checksum >> 8].map((digit, i) =>
    chain(hash, signature.subarray(32 * i, 32 * i + 32), CHAIN_LENGTH - digit),
  );
  return hash(Buffer.concat(tops));
}

function chain(hash: Hash, from: Uint8Array, steps: number): Uint8Array {
  let state = from;
  for (let i = 0; i < steps; i++) state = hash(state);
  return state;
}

/** The hash of the node that a proof leads to (spec 03 §5). */
export function fold(hash: Hash, leaf: MMRData, proof: MMRProof): Uint8Array {
  const parent = (left: MMRData, right: MMRData): MMRData => {
    const value = left.value.add(right.value);
    const writer = new Writer();
    writer.number(MiniNumber.ONE);
    writer.data(left.hash);
    writer.data(right.hash);
    writer.number(value);
    return { hash: hash(writer.toBytes()), value };
  };
  return proof.chunks.reduce((node, { left, data }) => (left !== 0 ? parent(data, node) : parent(node, data)), leaf).hash;
}
