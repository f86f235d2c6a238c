import { afterAll, describe, expect, onTestFailed, test } from "vitest";
import { grow, splitCoins } from "./harness/grow.js";
import { Lab } from "./harness/lab.js";
import type { Kind, NodeUnderTest } from "./harness/node-under-test.js";
import { waitFor, waitUntil } from "./harness/poll.js";
import { hasReference } from "./harness/reference.js";
import { addressOf, BLOCK_MS, sendable, spend, waitForConfirmed, waitForOneTip } from "./harness/views.js";

/** More than a tree of the test network holds: the wallet's coins are in the cascade. */
const PAST_CASCADE = 42;
const TEST_MS = 30 * 60_000;

const lab = new Lab();
afterAll(() => lab.close(), 60_000);

const hubs: readonly (readonly [string, Kind, Kind, string])[] = [
  ["we restore a wallet from a reference node with a MegaMMR", "reference", "minimote", "-megammr"],
  ["the reference restores a wallet from our node with a MegaMMR", "minimote", "reference", "--megammr"],
];

describe.runIf(hasReference).concurrent("interop: resync", () => {
  test.each(hubs)("%s", { timeout: TEST_MS }, async (_name, hubKind, kind, option) => {
    onTestFailed(() => lab.keep());
    const hub = await lab.start(hubKind, { founder: true, p2p: true, args: [option] });
    await splitCoins(hub);
    await grow(hub, PAST_CASCADE);
    const { phrase } = await hub.call<{ readonly phrase: string }>("vault");

    const node = await lab.start(kind, { connect: [hub] });
    await node.tryCall(`megammrsync action:resync host:127.0.0.1:${hub.port} phrase:"${phrase}"`).catch(() => undefined);
    await startAgain(node);
    await waitUntil(`${node.name} to have the coins of ${hub.name}`, 4 * BLOCK_MS, async () => {
      return Number(await sendable(node)) > 0 && (await sendable(node)) === (await sendable(hub));
    });
    const { block } = await grow(hub, PAST_CASCADE + 2);
    await waitForOneTip([hub, node], 4 * BLOCK_MS, block);

    const { txpowid } = await spend(node, `send address:${await addressOf(hub)} amount:5 mine:true`);
    expect(await waitForConfirmed(hub, txpowid)).toBe(await waitForConfirmed(node, txpowid));
  });
});

/** Our node starts itself anew; the reference ends and is to be started. */
async function startAgain(node: NodeUnderTest): Promise<void> {
  if (node.options.kind === "reference") {
    await waitUntil(`${node.name} to end`, BLOCK_MS, async () => !node.running);
    await node.start();
  }
  await waitFor(`${node.name} to answer again`, BLOCK_MS, () => node.tryCall("status").catch(() => undefined));
}
