import { MAIN_PARAMS, type NetworkParams, TEST_PARAMS } from "../../host/chain/params.js";
import { BlockTree } from "../../host/chain/tree.js";
import type { TreeNode } from "../../host/chain/tree-node.js";
import { parseHex, toHex0x } from "../../host/protocol/bytes.js";
import type { CascadeNode } from "../../host/protocol/cascade.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { decode } from "../../host/protocol/reader.js";
import { readTxPoW, type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import { headerNode } from "../chain/headers.js";
import { same } from "./checks.js";

export interface ParamsFile {
  readonly params: {
    readonly blockspeed: string;
    readonly speedcalc: number;
    readonly median: number;
    readonly cascadestart: number;
    readonly cascadefrequency: number;
    readonly levelnodes: number;
  };
}

/** The parameters a vector file was made with. */
export function paramsOf({ params }: ParamsFile): NetworkParams {
  return {
    ...(params.median === MAIN_PARAMS.medianWindow ? MAIN_PARAMS : TEST_PARAMS),
    blockSpeed: MiniNumber.parse(params.blockspeed),
    speedWindow: params.speedcalc,
    medianWindow: params.median,
    treeLength: params.cascadestart,
    cutFrequency: params.cascadefrequency,
    cascadeNodes: params.levelnodes,
  };
}

export type IdAndTxPoW = readonly [id: string, hex: string, ...rest: unknown[]];

/** Decodes a list of TxPoWs and makes sure that their ids are as given. */
export function txpowList(rows: readonly IdAndTxPoW[]): TxPoW[] {
  return rows.map(([id, hex]) => {
    const txpow = decode(readTxPoW, parseHex(hex));
    same(toHex0x(txpowId(txpow)), id, "txpowid");
    return txpow;
  });
}

export type WireCascade = readonly (readonly [index: number, level: number])[];

export function nodesOf(wire: WireCascade, txpows: readonly TxPoW[]): CascadeNode[] {
  return wire.map(([index, level]) => ({ txpow: at(txpows, index), level }));
}

export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`no element ${index}`);
  return item;
}

/** A tree of these blocks, each on the one before; gives the last. */
export function linkChain(txpows: readonly TxPoW[]): TreeNode {
  const [root, ...rest] = txpows.map(headerNode);
  if (root === undefined) throw new Error("empty tree");
  const tree = new BlockTree(root);
  return rest.reduce((parent, node) => {
    tree.add(node, parent);
    return node;
  }, root);
}
