import type { Cascade } from "../../chain/cascade.js";
import type { TreeNode } from "../../chain/tree.js";
import { cascadeWeight, javaDecimalText } from "../../chain/weight.js";
import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { toHex0x } from "../../protocol/bytes.js";
import type { CascadeNode } from "../../protocol/cascade.js";
import { jsonObject } from "../../protocol/json.js";
import { javaDateText } from "../../protocol/json-views/java-date.js";
import type { MiniNumber } from "../../protocol/number.js";
import { isTransaction, superLevel, txpowId } from "../../protocol/txpow.js";
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
  run: (params, { chain }) => {
    const text = params.optionalString("depth") ?? DEFAULT_DEPTH;
    if (!/^[+-]?\d+$/.test(text)) throw new CommandError(`For input string: "${text}"`);
    const withCascade = params.boolean("cascade", false);
    return response(
      jsonObject(withCascade ? ["cascade", `\n${cascadeText(chain.cascade)}`] : undefined, [
        "chain",
        `\n${chain.tip === null ? "" : treeText(chain.tip, Math.min(Number(text), MOST_DEPTH))}`,
      ]),
    );
  },
};

/** Depth first, from some blocks below the tip; of several children the last one first. */
function treeText(tip: TreeNode, depth: number): string {
  let root = tip;
  for (let i = 0; i < depth - 1 && root.parent !== null; i++) root = root.parent;
  const lines: string[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    lines.push(`${blockLine(node, node.number - root.number)}\n`);
    open.push(...node.children);
  }
  return lines.join("");
}

function blockLine(node: TreeNode, level: number): string {
  const { txpow, number, weight, total } = node;
  const indent = level === 0 ? "" : `${"   ".repeat(level - 1)}-->`;
  const transactions = (txpow.body?.txnlist.length ?? 0) + (isTransaction(txpow) ? 1 : 0);
  const weights = `${javaDecimalText(weight)}/${javaDecimalText(total)}`;
  const id = toHex0x(txpowId(txpow));
  return `${indent} ${number} [0/${node.superLevel}] ${id} txns:${transactions}  weight:${weights} @ ${dateOf(txpow.header.time)}`;
}

/** The oldest first. */
function cascadeText({ nodes }: Cascade): string {
  return nodes
    .toReversed()
    .map((node) => `${cascadeLine(node)}\n`)
    .join("");
}

function cascadeLine({ txpow, level }: CascadeNode): string {
  const { block, time } = txpow.header;
  const weight = javaDecimalText(cascadeWeight(txpow, level));
  return `[${level}/${superLevel(txpow)}] ${toHex0x(txpowId(txpow))} @ ${block.toString()} weight:${weight} @ ${dateOf(time)}`;
}

function dateOf(time: MiniNumber): string {
  return javaDateText(time.toInt64(), localZone());
}
