import type { MinimoteNode } from "../../host/node/node.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import type { AccessMode } from "../../host/rpc/http-server.js";
import { runLine } from "../../host/rpc/run-line.js";
import { ask } from "../node/nodes.js";
import { until } from "../until.js";

/** The answer to one command, whatever it is. */
export async function answer(node: MinimoteNode, line: string, mode: AccessMode = "write"): Promise<Record<string, unknown>> {
  return JSON.parse(await runLine(line, COMMANDS, node, mode)) as Record<string, unknown>;
}

/** Why a command is refused. */
export async function refusal(node: MinimoteNode, line: string, mode: AccessMode = "write"): Promise<unknown> {
  const { status, error, message } = await answer(node, line, mode);
  return status === false ? (error ?? message) : undefined;
}

export interface CoinJson {
  readonly coinid: string;
  readonly amount: string;
  readonly address: string;
  readonly tokenid: string;
  readonly created: string;
}

export interface TxnJson {
  readonly id: string;
  readonly transaction: {
    readonly inputs: readonly CoinJson[];
    readonly outputs: readonly CoinJson[];
    readonly state: readonly { readonly port: number; readonly type: number; readonly data: string }[];
    readonly transactionid: string;
  };
  readonly witness: {
    readonly signatures: readonly unknown[];
    readonly mmrproofs: readonly unknown[];
    readonly scripts: readonly unknown[];
  };
  readonly outputcoindata: readonly string[];
}

async function coinsWhen(node: MinimoteNode, search: string, isEnough: (count: number) => boolean): Promise<readonly CoinJson[]> {
  let found: readonly CoinJson[] = [];
  await until(async () => {
    found = await ask<CoinJson[]>(node, `coins ${search}`);
    return isEnough(found.length);
  });
  return found;
}

/** Waits until a search for coins finds as many. */
export function coinsOf(node: MinimoteNode, search: string, count = 1): Promise<readonly CoinJson[]> {
  return coinsWhen(node, search, (found) => found >= count);
}

/** Waits until a search for coins finds none any more. */
export async function noCoins(node: MinimoteNode, search: string): Promise<void> {
  await coinsWhen(node, search, (found) => found === 0);
}

/** Waits until the chain has so many blocks more. */
export async function blocks(node: MinimoteNode, count: number): Promise<void> {
  const target = (node.chain.tip?.number ?? 0) + count;
  await until(() => (node.chain.tip?.number ?? 0) >= target);
}
