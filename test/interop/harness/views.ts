import type { NodeUnderTest } from "./node-under-test.js";
import { waitFor, waitUntil } from "./poll.js";

/** Enough for a block to be found and to reach everybody on a busy machine. */
export const BLOCK_MS = 120_000;

export interface Tip {
  readonly number: number;
  readonly id: string;
}

export interface ChainStatus {
  readonly block: number;
  readonly hash: string;
  readonly length: number;
  readonly weight: string;
  readonly cascade: { readonly start: number; readonly length: number };
}

/** The `chain` of the `status` command (spec 09 §7.1). */
export async function chainOf(node: NodeUnderTest): Promise<ChainStatus> {
  return (await node.call<{ readonly chain: ChainStatus }>("status")).chain;
}

export async function tipOf(node: NodeUnderTest): Promise<Tip> {
  const { block, hash } = await chainOf(node);
  return { number: hash === "0x00" ? -1 : block, id: hash };
}

/** The id of the block at a height on the main branch; undefined below the tree and above the tip. */
export async function blockAt(node: NodeUnderTest, number: number): Promise<string | undefined> {
  return (await node.tryCall<{ readonly txpowid: string }>(`txpow block:${number}`))?.txpowid;
}

export function waitForHeight(node: NodeUnderTest, number: number, deadlineMs: number): Promise<Tip> {
  return waitFor(`${node.name} to reach block ${number}`, deadlineMs, async () => {
    const tip = await tipOf(node);
    return tip.number >= number ? tip : undefined;
  });
}

/** All have the same tip, at this height at least. */
export function waitForOneTip(nodes: readonly NodeUnderTest[], deadlineMs: number, height = 0): Promise<Tip> {
  return waitFor(`one tip at ${nodes.map(({ name }) => name).join()}`, deadlineMs, async () => {
    const [first, ...others] = await Promise.all(nodes.map(tipOf));
    return first !== undefined && first.number >= height && others.every(({ id }) => id === first.id) ? first : undefined;
  });
}

export interface Connection {
  readonly uid: string;
  readonly incoming: boolean;
  readonly valid: boolean;
  readonly isconnected: boolean;
}

export async function connectionsOf(node: NodeUnderTest): Promise<Connection[]> {
  const { connections } = await node.call<{ readonly connections: readonly Connection[] }>("network");
  return connections.filter(({ isconnected, valid }) => isconnected && valid);
}

export async function connect(from: NodeUnderTest, to: NodeUnderTest): Promise<void> {
  await from.call(`connect host:127.0.0.1:${to.port}`);
  await waitUntil(`${from.name} and ${to.name} to connect`, 60_000, async () => (await connectionsOf(from)).length > 0);
}

/** Ends all connections of a node; those it made are not made again. */
export async function disconnect(node: NodeUnderTest): Promise<void> {
  await node.call("disconnect uid:all");
  await waitUntil(`${node.name} to be alone`, 30_000, async () => (await connectionsOf(node)).length === 0);
}

interface BalanceRow {
  readonly tokenid: string;
  readonly confirmed: string;
  readonly sendable: string;
  readonly total: string;
}

export const MINIMA = "0x00";

/** What a node can spend of a token, as the node prints it. */
export async function sendable(node: NodeUnderTest, tokenid = MINIMA): Promise<string> {
  const rows = await node.call<readonly BalanceRow[]>("balance");
  return rows.find((row) => row.tokenid === tokenid)?.sendable ?? "0";
}

export function waitForBalance(node: NodeUnderTest, amount: string, tokenid = MINIMA): Promise<void> {
  return waitUntil(`${node.name} to have ${amount} of ${tokenid}`, 8 * BLOCK_MS, async () => (await sendable(node, tokenid)) === amount);
}

export async function addressOf(node: NodeUnderTest): Promise<string> {
  return (await node.call<{ readonly address: string }>("getaddress")).address;
}

export interface TxPoWView {
  readonly txpowid: string;
  readonly isblock: boolean;
  readonly istransaction: boolean;
  readonly header: { readonly block: string; readonly superparents: unknown };
  readonly body: {
    readonly txnlist: readonly string[];
    readonly txn: {
      readonly transactionid: string;
      readonly outputs: readonly CoinView[];
      readonly inputs: readonly CoinView[];
      readonly state: readonly unknown[];
    };
  };
}

export interface CoinView {
  readonly coinid: string;
  readonly amount: string;
  readonly address: string;
  readonly tokenid: string;
  readonly state: unknown;
  readonly created: string;
}

/**
 * Runs a spending command as soon as there are settled coins for it. What was mined at once is waited for: until a reference node has
 * taken in what it mined, it may spend the same coin again.
 */
export async function spend(node: NodeUnderTest, line: string): Promise<TxPoWView> {
  const sent = await waitFor(`${node.name}: ${line}`, 8 * BLOCK_MS, () => node.tryCall<TxPoWView>(line));
  if (line.includes("mine:true"))
    await waitFor(`${node.name} to take in its payment`, BLOCK_MS, () => node.tryCall<TxPoWView>(`txpow txpowid:${sent.txpowid}`));
  return sent;
}

/** The block of the main branch, by this node's lights, that a transaction is in. */
export function waitForConfirmed(node: NodeUnderTest, txpowid: string, confirmations = 3): Promise<string> {
  return waitFor(`${txpowid} to be confirmed at ${node.name}`, 8 * BLOCK_MS, async () => {
    const found = await node.tryCall<{ readonly found: boolean; readonly blockid?: string; readonly confirmations?: string }>(
      `txpow onchain:${txpowid}`,
    );
    return found?.found === true && Number(found.confirmations) >= confirmations ? found.blockid : undefined;
  });
}
