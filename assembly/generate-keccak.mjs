/**
 * Writes the Keccak-f[1600] kernels, scalar and two states side by side, from the definition of the permutation (FIPS 202 §3.2).
 * One round per loop pass: a larger loop body makes optimising compilers spill, see docs/decisions/0002-keccak-kernel.md.
 */

const LANES = 25;
/** Lanes a block of SHA3-256 is xored into: 136 bytes. */
const RATE_LANES = 17;
const ROUNDS = 24;

/** Rotation of lane x + 5y, and the lane it moves to (rho and pi). */
function rhoPi() {
  const table = [{ from: 0, to: 0, rotation: 0 }];
  let [x, y] = [1, 0];
  for (let t = 0; t < 24; t++) {
    const [nx, ny] = [y, (2 * x + 3 * y) % 5];
    table.push({ from: x + 5 * y, to: nx + 5 * ny, rotation: (((t + 1) * (t + 2)) / 2) % 64 });
    [x, y] = [nx, ny];
  }
  return table;
}

/** Round constants from the linear feedback shift register. */
function roundConstants() {
  const constants = [];
  let lfsr = 1;
  for (let round = 0; round < ROUNDS; round++) {
    let constant = 0n;
    for (let j = 0; j < 7; j++) {
      if (lfsr & 1) constant |= 1n << BigInt((1 << j) - 1);
      lfsr = lfsr & 0x80 ? ((lfsr << 1) ^ 0x171) & 0xff : lfsr << 1;
    }
    constants.push(`0x${constant.toString(16)}`);
  }
  return constants;
}

const scalar = {
  size: 8,
  blocks: "block: usize",
  load: (from, lane) => `load<u64>(${from}, ${8 * lane})`,
  loadBlock: (lane) => `load<u64>(block, ${8 * lane})`,
  store: (to, lane, value) => `store<u64>(${to}, ${value}, ${8 * lane})`,
  xor: (...terms) => terms.join(" ^ "),
  andNot: (a, b) => `(~${a} & ${b})`,
  rotate: (value, bits) => (bits === 0 ? value : `rotl<u64>(${value}, ${bits})`),
  constant: "load<u64>(round)",
  splat: (value) => `<u64>${value}`,
};

const paired = {
  size: 16,
  blocks: "left: usize, right: usize",
  load: (from, lane) => `v128.load(${from}, ${16 * lane})`,
  loadBlock: (lane) => `v128.load64_lane(right, v128.load64_splat(left, ${8 * lane}), 1, ${8 * lane})`,
  store: (to, lane, value) => `v128.store(${to}, ${value}, ${16 * lane})`,
  xor: (...terms) => terms.reduce((a, b) => `v128.xor(${a}, ${b})`),
  andNot: (a, b) => `v128.andnot(${b}, ${a})`,
  rotate: (value, bits) => {
    if (bits === 0) return value;
    if (bits % 8 === 0) return `i8x16.shuffle(${value}, ${value}, ${byteRotation(bits / 8).join(", ")})`;
    return `v128.or(i64x2.shl(${value}, ${bits}), i64x2.shr_u(${value}, ${64 - bits}))`;
  },
  constant: "v128.load64_splat(round)",
  splat: (value) => `i64x2.splat(<i64>${value})`,
};

function byteRotation(bytes) {
  return Array.from({ length: 16 }, (_, i) => (i & 8) | ((i - bytes) & 7));
}

/** The 24 rounds on the locals a0..a24. */
function rounds(k, indent) {
  const lines = [`for (let round: usize = ROUND_CONSTANTS; round < ROUND_CONSTANTS + ${8 * ROUNDS}; round += 8) {`];
  const add = (line) => lines.push(`  ${line}`);
  for (let x = 0; x < 5; x++) add(`const c${x} = ${k.xor(...[0, 5, 10, 15, 20].map((y) => `a${x + y}`))};`);
  for (let x = 0; x < 5; x++) add(`const d${x} = ${k.xor(`c${(x + 4) % 5}`, k.rotate(`c${(x + 1) % 5}`, 1))};`);
  for (const { from, to, rotation } of rhoPi()) add(`const b${to} = ${k.rotate(`(${k.xor(`a${from}`, `d${from % 5}`)})`, rotation)};`);
  for (let y = 0; y < LANES; y += 5)
    for (let x = 0; x < 5; x++) {
      const value = k.xor(`b${x + y}`, k.andNot(`b${((x + 1) % 5) + y}`, `b${((x + 2) % 5) + y}`));
      add(`a${x + y} = ${x + y === 0 ? k.xor(`(${value})`, k.constant) : value};`);
    }
  return [...lines, "}"].map((line) => indent + line);
}

const lanes = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

/** One step of the sponge. */
function absorb(name, k) {
  const value = (lane) => (lane < RATE_LANES ? k.xor(k.load("from", lane), k.loadBlock(lane)) : k.load("from", lane));
  return [
    `/** The state at \`from\` (25 lanes of ${k.size} bytes), with 136 bytes per hash xored in and Keccak-f[1600] applied, goes to \`to\`. */`,
    `export function ${name}(from: usize, ${k.blocks}, to: usize): void {`,
    ...lanes(0, LANES).map((i) => `  let a${i} = ${value(i)};`),
    ...rounds(k, "  "),
    ...lanes(0, LANES).map((i) => `  ${k.store("to", i, `a${i}`)};`),
    "}",
  ].join("\n");
}

/** SHA3-256 of 32 bytes, again and again: the state never leaves the locals (spec 04 §6). */
function chain(name, k) {
  return [
    `/** Replaces the 32 bytes (4 lanes of ${k.size} bytes) at \`state\` by their SHA3-256, \`steps\` times. */`,
    `export function ${name}(state: usize, steps: u32): void {`,
    ...lanes(0, 4).map((i) => `  let a${i} = ${k.load("state", i)};`),
    "  for (let step: u32 = 0; step < steps; step++) {",
    ...lanes(4, LANES).map((i) => `    let a${i} = ${k.splat(i === 4 ? "0x06" : i === 16 ? "0x8000000000000000" : "0")};`),
    ...rounds(k, "    "),
    "  }",
    ...lanes(0, 4).map((i) => `  ${k.store("state", i, `a${i}`)};`),
    "}",
  ].join("\n");
}

const header = "// Written by generate-keccak.mjs.\n";
const kernels = (k, suffix) => `${header}import { ROUND_CONSTANTS } from "./round-constants.generated";

${absorb(`absorb${suffix}`, k)}

${chain(`chain${suffix}`, k)}
`;

/** Sources by file name. */
export const sources = {
  "round-constants.generated.ts": `${header}/** The 24 round constants in memory. */
export const ROUND_CONSTANTS: usize = memory.data<u64>([
  ${roundConstants().join(",\n  ")},
]);
`,
  "keccak.generated.ts": kernels(scalar, ""),
  "keccak2.generated.ts": kernels(paired, "Pair"),
};
