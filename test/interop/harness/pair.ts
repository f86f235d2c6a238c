import { afterAll, beforeAll, beforeEach, onTestFailed } from "vitest";
import { splitCoins } from "./grow.js";
import { Lab } from "./lab.js";
import type { NodeUnderTest } from "./node-under-test.js";
import { hasReference } from "./reference.js";
import { addressOf, spend, waitForBalance } from "./views.js";

/** How long any test of a pair may take. */
export const TEST_MS = 25 * 60_000;
/** What the reference has to begin with. */
const START = "5000";

/** Both ways between the two nodes: a name, and who begins. */
export type Direction = readonly [string, () => readonly [NodeUnderTest, NodeUnderTest]];

/** One of our nodes and one of the reference's, connected, both with coins. Started before the tests of a file, where there is a reference. */
export function fundedPair(): { readonly both: () => readonly [NodeUnderTest, NodeUnderTest]; readonly directions: readonly Direction[] } {
  const lab = new Lab();
  let pair: readonly [NodeUnderTest, NodeUnderTest] | undefined;

  const both = (): readonly [NodeUnderTest, NodeUnderTest] => {
    if (pair === undefined) throw new Error("the nodes were not started");
    return pair;
  };

  beforeAll(async () => {
    if (!hasReference) return;
    const ours = await lab.start("minimote", { founder: true });
    const reference = await lab.start("reference", { connect: [ours] });
    await splitCoins(ours);
    await spend(ours, `send address:${await addressOf(reference)} amount:${START} split:10`);
    await waitForBalance(reference, START);
    pair = [ours, reference];
  }, TEST_MS);
  beforeEach(() => onTestFailed(() => lab.keep()));
  afterAll(() => lab.close(), 60_000);

  const directions: readonly Direction[] = [
    ["from us to the reference", both],
    [
      "from the reference to us",
      () => {
        const [ours, reference] = both();
        return [reference, ours];
      },
    ],
  ];
  return { both, directions };
}
