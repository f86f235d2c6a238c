import { setImmediate } from "node:timers/promises";
import type { Cascade } from "../../chain/cascade.js";
import type { CascadeEntry } from "../../chain/cascade-entry.js";
import type { TreeNode } from "../../chain/tree-node.js";
import { javaDecimalText, weightAtLevel } from "../../chain/weight.js";
import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { jsonObject } from "../../protocol/json.js";
import { javaDateText } from "../../protocol/json-views/java-date.js";
import type { MiniNumber } from "../../protocol/number.js";
import { isTransaction } from "../../protocol/txpow.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

const DEFAULT_DEPTH = "32";
/** Each line is indented by three more blanks than the one before. */
const MOST_DEPTH = 1024;

/** `printtree`: the newest blocks as a tree of text (spec 09 §7.12). */
export const printtree: RpcCommand<MinimoteNode> = {
  name: "printtree",
  summary: "Show the newest blocks, and what competes with them, as a tree",
  details: `printtree (depth:) (cascade:true)

depth: this many blocks, ${DEFAULT_DEPTH} if not given, ${MOST_DEPTH} at most.
cascade: true shows the blocks below the tree, too.

printtree depth:5`,
  params: ["depth", "cascade"],
  write: false,
  run: async (params, { chain }) => {
    const text = params.optionalString("depth") ?? DEFAULT_DEPTH;
    if (!/^[+-]?\d+$/.test(text)) throw new CommandError(`For input string: "${text}"`);
    const withCascade = params.boolean("cascade", false);
    return response(
      jsonObject(withCascade ? ["cascade", `\n${await cascadeText(chain.cascade)}`] : undefined, [
        "chain",
        `\n${chain.tip === null ? "" : await treeText(chain.tip, Math.min(Number(text), MOST_DEPTH))}`,
      ]),
    );
  },
};

/** Lines made before others get their turn: blocks are read from disk, or decoded. */
const LINES_AT_ONCE = 64;

/** Depth first, from some blocks below the tip; of several children the last one first. */
async function treeText(tip: TreeNode, depth: number): Promise<string> {
  let root = tip;
  for (let i = 0; i < depth - 1 && root.parent !== null; i++) root = root.parent;
  const lines: string[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    lines.push(`${blockLine(node, node.number - root.number)}\n`);
    open.push(...node.children);
    if (lines.length % LINES_AT_ONCE === 0) await setImmediate();
  }
  return lines.join("");
}

function blockLine(node: TreeNode, level: number): string {
  const { key, txpow, number, weight, total, time } = node;
  const indent = level === 0 ? "" : `${"   ".repeat(level - 1)}-->`;
  const transactions = node.listed.length + (isTransaction(txpow) ? 1 : 0);
  const weights = `${javaDecimalText(weight)}/${javaDecimalText(total)}`;
  return `${indent} ${number} [0/${node.superLevel}] 0x${key} txns:${transactions}  weight:${weights} @ ${dateOf(time)}`;
}

/** The oldest first. */
async function cascadeText({ nodes }: Cascade): Promise<string> {
  const lines: string[] = [];
  for (const node of nodes.toReversed()) {
    lines.push(`${cascadeLine(node)}\n`);
    if (lines.length % LINES_AT_ONCE === 0) await setImmediate();
  }
  return lines.join("");
}

function cascadeLine({ key, txpow, level, superLevel, weight }: CascadeEntry): string {
  const { block, time } = txpow.header;
  const shown = javaDecimalText(weightAtLevel(weight, level));
  return `[${level}/${superLevel}] 0x${key} @ ${block.toString()} weight:${shown} @ ${dateOf(time)}`;
}

function dateOf(time: MiniNumber): string {
  return javaDateText(time.toInt64(), localZone());
}
