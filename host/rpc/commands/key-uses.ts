import { MiniNumber } from "../../protocol/number.js";
import { CommandError, type Params } from "../params.js";

/** A key has to have some uses left. */
const MOST_USES = 250_000;

/** How often keys were used at most. */
export function keyUses(params: Params, fallback: number): number {
  const uses = params.numberOr("keyuses", MiniNumber.of(fallback)).toInt32();
  if (uses < 0 || uses > MOST_USES) throw new CommandError(`keyuses must be between 0 and ${MOST_USES}`);
  return uses;
}
