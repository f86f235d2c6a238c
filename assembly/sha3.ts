import { permute } from "./keccak.generated";
import { STATE } from "./layout";

/** Bytes absorbed per permutation. */
export const RATE: u32 = 136;

/** Starts a hash. */
export function begin(): void {
  memory.fill(STATE, 0, 200);
}

/** Xors one block of 136 bytes into a state. */
export function xorBlock(state: usize, block: usize): void {
  for (let i: usize = 0; i < 136; i += 8) store<u64>(state + i, load<u64>(state + i) ^ load<u64>(block + i));
}

/** Absorbs whole blocks. */
export function absorb(data: usize, blocks: u32): void {
  for (let i: u32 = 0; i < blocks; i++) {
    xorBlock(STATE, data + i * RATE);
    permute(STATE);
  }
}

/** Absorbs the last bytes, fewer than a block, and writes the 32-byte hash. */
export function end(data: usize, length: u32, output: usize): void {
  const words: u32 = length & ~7;
  for (let i: u32 = 0; i < words; i += 8) store<u64>(STATE + i, load<u64>(STATE + i) ^ load<u64>(data + i));
  for (let i = words; i < length; i++) store<u8>(STATE + i, load<u8>(STATE + i) ^ load<u8>(data + i));
  store<u8>(STATE + length, load<u8>(STATE + length) ^ 0x06);
  store<u8>(STATE + 135, load<u8>(STATE + 135) ^ 0x80);
  permute(STATE);
  memory.copy(output, STATE, 32);
}

/** SHA3-256 of `length` bytes (FIPS 202). */
export function hash(data: usize, length: u32, output: usize): void {
  begin();
  const blocks = length / RATE;
  absorb(data, blocks);
  end(data + blocks * RATE, length - blocks * RATE, output);
}
