import { describe, expect, test } from "vitest";
import type { NodeUnderTest } from "./harness/node-under-test.js";
import { fundedPair, TEST_MS } from "./harness/pair.js";
import { waitFor } from "./harness/poll.js";
import { hasReference } from "./harness/reference.js";
import { addressOf, BLOCK_MS, spend, type TxPoWView, waitForConfirmed, waitForOneTip } from "./harness/views.js";

const ROUNDS = 20;
const BURST = 3;

const { both, directions } = fundedPair();

describe.runIf(hasReference)("interop: payments", () => {
  test.each(directions)("3: a payment %s is confirmed on both", { timeout: TEST_MS }, async (_name, nodes) => {
    const [payer, payee] = nodes();
    const address = await addressOf(payee);
    const { txpowid } = await spend(payer, `send address:${address} amount:12.345 burn:0.5 mine:true`);
    const [atPayer, atPayee] = await Promise.all([waitForConfirmed(payer, txpowid), waitForConfirmed(payee, txpowid)]);
    expect(atPayee).toBe(atPayer);
    const coins = await payee.call<readonly { readonly amount: string }[]>(`coins relevant:true address:${address} amount:12.345`);
    expect(coins).toHaveLength(1);
  });

  test.each(directions)("8: blocks with transactions in their lists, mined %s", { timeout: TEST_MS }, async (_name, nodes) => {
    const [miner, witness] = nodes();
    const listed = await mineListing(miner, witness);
    for (const txpowid of listed) await waitForConfirmed(witness, txpowid);
    await waitForOneTip(both(), 2 * BLOCK_MS);
  });
});

/**
 * Has a node pay itself in bursts until one of its own payments is a block of the witness's main branch that lists others: nobody else
 * can have mined that. Gives what it lists.
 */
async function mineListing(miner: NodeUnderTest, witness: NodeUnderTest): Promise<readonly string[]> {
  const address = await addressOf(miner);
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < BURST; i++) await miner.tryCall(`send address:${address} amount:1`);
    const last = await spend(miner, `send address:${address} amount:1 mine:true`);
    if (!last.isblock || last.body.txnlist.length === 0) continue;
    const block = await waitFor(`${last.txpowid} to settle`, 4 * BLOCK_MS, () => settled(witness, last));
    if (block === last.txpowid) return last.body.txnlist;
  }
  throw new Error(`no block of ${miner.name} listed a transaction in ${ROUNDS} rounds`);
}

async function settled(witness: NodeUnderTest, { txpowid }: TxPoWView): Promise<string | undefined> {
  const found = await witness.tryCall<{ readonly found: boolean; readonly blockid?: string }>(`txpow onchain:${txpowid}`);
  return found?.found === true ? found.blockid : undefined;
}
