import { afterAll, describe, expect, onTestFailed, test } from "vitest";
import { grow, splitCoins } from "./harness/grow.js";
import { Lab } from "./harness/lab.js";
import type { Kind, NodeUnderTest } from "./harness/node-under-test.js";
import { waitUntil } from "./harness/poll.js";
import { hasReference } from "./harness/reference.js";
import {
  addressOf,
  BLOCK_MS,
  blockAt,
  chainOf,
  connect,
  disconnect,
  spend,
  waitForBalance,
  waitForConfirmed,
  waitForHeight,
  waitForOneTip,
} from "./harness/views.js";

const FORK_BLOCKS = 5;
const TEST_MS = 40 * 60_000;

const lab = new Lab();
afterAll(() => lab.close(), 60_000);

const scenarios: readonly (readonly [string, Kind, Kind])[] = [
  ["5: a fork of five blocks heals to the reference's side", "reference", "minimote"],
  ["5: a fork of five blocks heals to our side", "minimote", "reference"],
];

describe.runIf(hasReference).concurrent("interop: fork", () => {
  test.each(scenarios)("%s", { timeout: TEST_MS }, async (_name, winnerKind, loserKind) => {
    onTestFailed(() => lab.keep());
    const winner = await lab.start(winnerKind, { founder: true });
    const loser = await lab.start(loserKind, { connect: [winner] });
    await splitCoins(winner);
    await spend(winner, `send address:${await addressOf(loser)} amount:1000 split:10`);
    await waitForBalance(loser, "1000");
    await waitForOneTip([winner, loser], 4 * BLOCK_MS);

    await disconnect(loser);
    const fork = await lastShared(winner, loser);
    const { txpowid } = await spend(loser, `send address:${await addressOf(winner)} amount:7 mine:true`);
    await waitForHeight(loser, fork + FORK_BLOCKS, FORK_BLOCKS * BLOCK_MS);
    await grow(winner, fork + FORK_BLOCKS + 2);
    await overtake(winner, loser);
    const first = fork + 1;
    expect(await blockAt(winner, first)).not.toBe(await blockAt(loser, first));
    const kept = await blocks(winner, first);

    await connect(loser, winner);
    await grow(winner, (await chainOf(winner)).block + 1);
    await waitForOneTip([winner, loser], 4 * BLOCK_MS, first + FORK_BLOCKS);
    expect(await blocks(winner, first)).toEqual(kept);
    expect(await blocks(loser, first)).toEqual(kept);
    const [there, here] = await Promise.all([waitForConfirmed(winner, txpowid), waitForConfirmed(loser, txpowid)]);
    expect(here).toBe(there);
  });
});

/** The newest block that both have: one may have come after they were seen on one tip. */
async function lastShared(winner: NodeUnderTest, loser: NodeUnderTest): Promise<number> {
  const heights = await Promise.all([chainOf(winner), chainOf(loser)]);
  let number = Math.min(...heights.map(({ block }) => block));
  while ((await blockAt(winner, number)) !== (await blockAt(loser, number))) number--;
  return number;
}

/** Makes the winner's chain the heavier one for certain: both mine on meanwhile. */
async function overtake(winner: NodeUnderTest, loser: NodeUnderTest): Promise<void> {
  await waitUntil(`${winner.name} to be well ahead`, 20 * BLOCK_MS, async () => {
    const [ahead, behind] = await Promise.all([chainOf(winner), chainOf(loser)]);
    if (Number(ahead.weight) > 1.5 * Number(behind.weight)) return true;
    await grow(winner, ahead.block + 1);
    return false;
  });
}

function blocks(node: NodeUnderTest, first: number): Promise<(string | undefined)[]> {
  return Promise.all(Array.from({ length: FORK_BLOCKS }, (_, i) => blockAt(node, first + i)));
}
