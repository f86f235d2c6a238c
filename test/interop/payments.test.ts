import { afterAll, beforeAll, beforeEach, describe, expect, onTestFailed, test } from "vitest";
import { splitCoins } from "./harness/grow.js";
import { Lab } from "./harness/lab.js";
import type { NodeUnderTest } from "./harness/node-under-test.js";
import { waitFor } from "./harness/poll.js";
import { hasReference } from "./harness/reference.js";
import { addressOf, BLOCK_MS, spend, type TxPoWView, waitForBalance, waitForConfirmed, waitForOneTip } from "./harness/views.js";

const TEST_MS = 25 * 60_000;
const START = "5000";
const ROUNDS = 20;
const BURST = 3;

const lab = new Lab();
let ours: NodeUnderTest;
let reference: NodeUnderTest;

beforeAll(async () => {
  if (!hasReference) return;
  ours = await lab.start("minimote", { founder: true });
  reference = await lab.start("reference", { connect: [ours] });
  await splitCoins(ours);
  await spend(ours, `send address:${await addressOf(reference)} amount:${START} split:10`);
  await waitForBalance(reference, START);
}, TEST_MS);

beforeEach(() => onTestFailed(() => lab.keep()));
afterAll(() => lab.close(), 60_000);

const directions: readonly (readonly [string, () => readonly [NodeUnderTest, NodeUnderTest]])[] = [
  ["from us to the reference", () => [ours, reference]],
  ["from the reference to us", () => [reference, ours]],
];

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
    await waitForOneTip([ours, reference], 2 * BLOCK_MS);
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
