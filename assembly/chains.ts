import { chain } from "./keccak.generated";
import { chainPair } from "./keccak2.generated";
import { CHAINS, PAIR, STEPS } from "./layout";
import { copyLane, hash } from "./sha3";

/** Takes each of `count` chains at `CHAINS`, at least two, its own number of steps at `STEPS` further. */
export function runChains(count: u32): void {
  if (ASC_FEATURE_SIMD) runPaired(count);
  else for (let i: u32 = 0; i < count; i++) chain(CHAINS + i * 32, stepsOf(i));
}

function stepsOf(index: u32): u32 {
  return load<u32>(STEPS + index * 4);
}

function enter(lane: usize, index: u32): void {
  for (let i: usize = 0; i < 4; i++) store<u64>(PAIR + i * 16 + lane * 8, load<u64>(CHAINS + index * 32 + i * 8));
}

function leave(lane: usize, index: u32): void {
  copyLane(CHAINS + index * 32, lane);
}

/** Two chains at a time, side by side: when one ends, the next takes its lane. The last one left goes on alone. */
function runPaired(count: u32): void {
  let left: u32 = 0;
  let right: u32 = 1;
  let leftSteps = stepsOf(left);
  let rightSteps = stepsOf(right);
  let next: u32 = 2;
  enter(0, left);
  enter(1, right);
  for (;;) {
    const steps = min(leftSteps, rightSteps);
    chainPair(PAIR, steps);
    leftSteps -= steps;
    rightSteps -= steps;
    if (next == count) break;
    if (leftSteps == 0) {
      leave(0, left);
      left = next++;
      enter(0, left);
      leftSteps = stepsOf(left);
    } else {
      leave(1, right);
      right = next++;
      enter(1, right);
      rightSteps = stepsOf(right);
    }
  }
  leave(0, left);
  leave(1, right);
  hashAgain(CHAINS + left * 32, leftSteps);
  hashAgain(CHAINS + right * 32, rightSteps);
}

/** The rest of a chain whose neighbour has ended: too rare for a kernel of its own beside the paired one. */
function hashAgain(value: usize, steps: u32): void {
  for (let i: u32 = 0; i < steps; i++) hash(value, 32, value);
}
