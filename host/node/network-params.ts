import { MAIN_PARAMS, type NetworkParams, TEST_PARAMS } from "../chain/params.js";
import { MiniNumber } from "../protocol/number.js";
import type { NodeConfig } from "./config.js";

/** The parameters of the network a node is to join. A private network may set its own pace. */
export function networkParams({ network, blockSeconds }: Pick<NodeConfig, "network" | "blockSeconds">): NetworkParams {
  if (network === "main") return MAIN_PARAMS;
  if (blockSeconds === undefined) return TEST_PARAMS;
  const interval = MiniNumber.parse(String(blockSeconds));
  return { ...TEST_PARAMS, blockSpeed: MiniNumber.ONE.div(interval), blockInterval: Math.round(blockSeconds * 1000) };
}
