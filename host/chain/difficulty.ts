import { type Bytes, fromUnsigned } from "../protocol/bytes.js";
import { MiniNumber } from "../protocol/number.js";
import { EASIEST_TARGET, type NetworkParams } from "./params.js";
import { medianBlock } from "./time.js";
import type { ChainLink } from "./tree-node.js";

/** Blocks whose parent has a lower number have the easiest target (spec 06 §4.1 step 1). */
const FIRST_RETARGET = 8;
const MOST = MiniNumber.TWO;
const LEAST = new MiniNumber(5n, 1);

/**
 * The target a block on `parent` must declare, byte for byte (spec 06 §4.1). The order and the roundings of the number operations
 * are part of the rule. Throws `range` when there is no such target.
 */
export function nextTarget(parent: ChainLink, params: NetworkParams): Bytes {
  if (parent.number < FIRST_RETARGET) return fromUnsigned(EASIEST_TARGET);
  const start = medianBlock(parent, params.medianWindow);
  const end = medianBlock(ancestor(parent, params.speedWindow), params.medianWindow);
  const elapsed = start.time.sub(end.time);
  if (start.number === end.number || elapsed.lessOrEqual(MiniNumber.ZERO)) return parent.txpow.header.blkdiff;
  const speed = MiniNumber.of(start.number - end.number)
    .div(elapsed)
    .mul(MiniNumber.THOUSAND);
  const ratio = clamp(params.blockSpeed.div(speed));
  const target = (averageTarget(start, end) * ratio.unscaled) / 10n ** BigInt(ratio.scale);
  return fromUnsigned(target > EASIEST_TARGET ? EASIEST_TARGET : target);
}

/** Blocks per millisecond between the two median blocks that the next target looks at; null while there are none (spec 09 §7.1). */
export function chainSpeed(tip: ChainLink, params: NetworkParams): number | null {
  const start = medianBlock(tip, params.medianWindow);
  const end = medianBlock(ancestor(tip, params.speedWindow), params.medianWindow);
  const elapsed = start.time.sub(end.time).toNumber();
  return start.number === end.number || elapsed <= 0 ? null : (start.number - end.number) / elapsed;
}

/** The ancestor so many steps back, or the root of the tree if there are fewer. */
function ancestor(link: ChainLink, steps: number): ChainLink {
  let current = link;
  for (let i = 0; i < steps && current.parent !== null; i++) current = current.parent;
  return current;
}

function clamp(ratio: MiniNumber): MiniNumber {
  if (ratio.moreThan(MOST)) return MOST;
  return ratio.lessThan(LEAST) ? LEAST : ratio;
}

/** The average target of the blocks from `newest` down to, not including, its ancestor `oldest`. */
function averageTarget(newest: ChainLink, oldest: ChainLink): bigint {
  let sum = 0n;
  let count = 0n;
  for (let link: ChainLink | null = newest; link !== null && link.number > oldest.number; link = link.parent) {
    sum += link.target;
    count++;
  }
  return sum / count;
}
