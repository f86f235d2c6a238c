import type { NodeUnderTest } from "./node-under-test.js";
import { waitFor } from "./poll.js";
import { addressOf, BLOCK_MS, type ChainStatus, chainOf, spend, type TxPoWView, waitForConfirmed } from "./views.js";

/**
 * Cuts the founder's one coin into enough coins to pay several times a block, and waits until that is settled.
 */
export async function splitCoins(founder: NodeUnderTest): Promise<void> {
  const { txpowid } = await spend(founder, `send address:${await addressOf(founder)} amount:1000000 split:10 mine:true`);
  await waitForConfirmed(founder, txpowid);
}

/**
 * Makes a node's chain reach a height faster than the network's pace: each payment to itself is work that can be a block. Gives its
 * status then.
 */
export async function grow(node: NodeUnderTest, height: number): Promise<ChainStatus> {
  const address = await addressOf(node);
  const start = (await chainOf(node)).block;
  return waitFor(`${node.name} to grow to block ${height}`, (height - start) * BLOCK_MS, async () => {
    await node.tryCall<TxPoWView>(`send address:${address} amount:1 mine:true`);
    const chain = await chainOf(node);
    return chain.block >= height ? chain : undefined;
  });
}
