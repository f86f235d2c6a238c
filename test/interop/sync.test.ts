import { afterAll, describe, expect, onTestFailed, test } from "vitest";
import { grow, splitCoins } from "./harness/grow.js";
import { Lab } from "./harness/lab.js";
import type { Kind } from "./harness/node-under-test.js";
import { hasReference } from "./harness/reference.js";
import { BLOCK_MS, blockAt, chainOf, tipOf, waitForHeight, waitForOneTip } from "./harness/views.js";

/** More than a tree of the test network holds, so that the oldest blocks are in the cascade. */
const PAST_CASCADE = 42;
const OFFLINE_BLOCKS = 30;
const TEST_MS = 40 * 60_000;

const lab = new Lab();
afterAll(() => lab.close(), 60_000);

const scenarios: readonly (readonly [string, Kind, Kind])[] = [
  ["1: we sync from the reference past its cascade, and again 30 blocks later (6)", "reference", "minimote"],
  ["2: the reference syncs from us past our cascade, and again 30 blocks later (6)", "minimote", "reference"],
];

describe.runIf(hasReference).concurrent("interop: sync", () => {
  test.each(scenarios)("%s", { timeout: TEST_MS }, async (_name, founderKind, joinerKind) => {
    onTestFailed(() => lab.keep());
    const founder = await lab.start(founderKind, { founder: true });
    await splitCoins(founder);
    const grown = await grow(founder, PAST_CASCADE);
    expect(grown.cascade.length).toBeGreaterThan(0);

    const joiner = await lab.start(joinerKind, { connect: [founder] });
    await waitForHeight(joiner, grown.block, BLOCK_MS);
    await grow(founder, grown.block + 1);
    const { number } = await waitForOneTip([founder, joiner], 4 * BLOCK_MS, grown.block + 1);
    const [theirs, ours] = [await chainOf(founder), await chainOf(joiner)];
    expect(ours.cascade).toEqual(theirs.cascade);
    for (let block = number - 20; block <= number; block++) expect(await blockAt(joiner, block)).toBe(await blockAt(founder, block));

    await joiner.stop();
    const away = await grow(founder, (await tipOf(founder)).number + OFFLINE_BLOCKS);
    await joiner.start();
    const { block } = await grow(founder, away.block + 1);
    await waitForOneTip([founder, joiner], 4 * BLOCK_MS, block);
  });
});
