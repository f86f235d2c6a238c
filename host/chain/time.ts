import { MiniNumber } from "../protocol/number.js";
import type { NetworkParams } from "./params.js";
import type { ChainLink } from "./tree-node.js";

/** How far the time of a block may lie after the median, in milliseconds: 24 hours (spec 06 §5). */
const LATEST_AFTER_MEDIAN = new MiniNumber(86_400_000n, 0);

/** The limits of a block's time, both inclusive. */
export interface TimeRange {
  readonly earliest: MiniNumber;
  readonly latest: MiniNumber;
}

/**
 * The median block by time of a block and its ancestors, at most `count` of them: index floor(n / 2) of the list sorted by time,
 * where among equal times the newer block comes first (spec 06 §4.2).
 */
export function medianBlock<Link extends ChainLink & { readonly parent: Link | null }>(newest: Link, count: number): Link {
  const window: Link[] = [];
  for (let link: Link | null = newest; link !== null && window.length < count; link = link.parent) window.push(link);
  window.sort((a, b) => a.time.compare(b.time));
  return window[Math.floor(window.length / 2)] ?? newest;
}

/** When a block on `parent` may say it was made (spec 06 §5). Throws `range` when the limit is no number. */
export function timeRange(parent: ChainLink, params: NetworkParams): TimeRange {
  const earliest = medianBlock(parent, 2 * params.medianWindow).time;
  return { earliest, latest: earliest.add(LATEST_AFTER_MEDIAN) };
}
