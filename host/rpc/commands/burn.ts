import { setImmediate } from "node:timers/promises";
import type { TreeNode } from "../../chain/tree-node.js";
import type { MinimoteNode } from "../../node/node.js";
import { type JsonObject, jsonObject, RawJson } from "../../protocol/json.js";
import { MiniNumber } from "../../protocol/number.js";
import { isTransaction, txpowBurn } from "../../protocol/txpow.js";
import { transactionsOf } from "../block-transactions.js";
import { type RpcCommand, response } from "../command.js";

/** Blocks looked at, newest first. */
const SPANS = [1, 10, 50] as const;

/** `burn`: what transactions burn (spec 09 §7.2). */
export const burn: RpcCommand<MinimoteNode> = {
  name: "burn",
  summary: "Show what recent transactions burn",
  details: `burn

Over the last 1, 10 and 50 blocks: how many transactions there were, and the most, median, average and least they burnt. A transaction that burns as much as others do gets into a block when there are more than fit.

burn`,
  params: [],
  write: false,
  run: async (_params, { chain }) => {
    const byBlock: MiniNumber[][] = [];
    const longest = SPANS[SPANS.length - 1] ?? 0;
    for (let node: TreeNode | null = chain.tip; node !== null && byBlock.length < longest; node = node.parent) {
      byBlock.push(transactionsOf(node, chain).filter(isTransaction).map(txpowBurn));
      await setImmediate();
    }
    return response(jsonObject(...SPANS.map((blocks) => [`${blocks}block`, statistics(byBlock.slice(0, blocks).flat())] as const)));
  },
};

function statistics(burns: readonly MiniNumber[]): JsonObject {
  const sorted = burns.toSorted((a, b) => b.compare(a));
  const average =
    burns.length === 0 ? undefined : burns.reduce((sum, item) => sum.add(item), MiniNumber.ZERO).div(MiniNumber.of(burns.length));
  const shown = (number: MiniNumber | undefined): RawJson => new RawJson((number ?? MiniNumber.ZERO).toString());
  return jsonObject(
    ["txns", burns.length],
    ["max", shown(sorted[0])],
    ["med", shown(sorted[Math.floor(sorted.length / 2)])],
    ["avg", shown(average)],
    ["min", shown(sorted.at(-1))],
  );
}
