import { MiniNumber } from "../../protocol/number.js";

const MAX_BLOCKTIME = MiniNumber.of(Number.MAX_SAFE_INTEGER);

/** The lowest block number that is not below a block time, which may be any number at all. */
export function blocktimeBound(blocktime: MiniNumber): number {
  if (blocktime.unscaled <= 0n) return 0;
  if (blocktime.scale < -20 || blocktime.moreThan(MAX_BLOCKTIME)) return Number.POSITIVE_INFINITY;
  return Number(blocktime.ceil().toBigInt());
}

/** The block number that a block time is equal to by value; undefined if there is none. */
export function blocktimeNumber(blocktime: MiniNumber): number | undefined {
  const bound = blocktimeBound(blocktime);
  return Number.isFinite(bound) && MiniNumber.of(bound).equals(blocktime) ? bound : undefined;
}
