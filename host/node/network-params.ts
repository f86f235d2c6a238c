import { MAIN_PARAMS, type NetworkParams, TEST_PARAMS } from "../chain/params.js";
import { MiniNumber } from "../protocol/number.js";
import type { NodeConfig } from "./config.js";

/** The parameters of the network a node is to join. A private network may set its own pace and length of the tree. */
export function networkParams(config: Pick<NodeConfig, "network" | "blockSeconds" | "treeLength">): NetworkParams {
  if (config.network === "main") return MAIN_PARAMS;
  return { ...TEST_PARAMS, ...pace(config.blockSeconds), treeLength: config.treeLength ?? TEST_PARAMS.treeLength };
}

function pace(blockSeconds: number | undefined): Partial<NetworkParams> {
  if (blockSeconds === undefined) return {};
  const interval = MiniNumber.parse(String(blockSeconds));
  return { blockSpeed: MiniNumber.ONE.div(interval), blockInterval: Math.round(blockSeconds * 1000) };
}
