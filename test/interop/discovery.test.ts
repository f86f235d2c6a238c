import { afterAll, describe, expect, onTestFailed, test } from "vitest";
import { Lab } from "./harness/lab.js";
import type { Kind, NodeUnderTest } from "./harness/node-under-test.js";
import { waitUntil } from "./harness/poll.js";
import { hasReference } from "./harness/reference.js";
import { BLOCK_MS, connectionsOf, waitForOneTip } from "./harness/views.js";

const TEST_MS = 20 * 60_000;
const DISCOVERY_MS = 5 * 60_000;

const lab = new Lab();
afterAll(() => lab.close(), 60_000);

describe.runIf(hasReference)("interop: peer discovery", () => {
  test("each node is told of one other, and finds more", { timeout: TEST_MS }, async () => {
    onTestFailed(() => lab.keep());
    const founder = await lab.start("reference", { founder: true, p2p: true });
    const nodes = [founder];
    for (const kind of ["minimote", "reference", "minimote"] satisfies Kind[]) {
      const known = nodes.at(-1) ?? founder;
      nodes.push(await lab.start(kind, { connect: [known], p2p: true }));
    }
    await waitForOneTip(nodes, 4 * BLOCK_MS, 1);
    for (const node of nodes)
      await waitUntil(`${node.name} to know all others`, DISCOVERY_MS, async () => {
        const known = await knownPeers(node);
        return nodes.every((other) => other === node || known.includes(`127.0.0.1:${other.port}`));
      });
    for (const node of nodes) expect((await connectionsOf(node)).length, node.name).toBeGreaterThan(1);
  });
});

async function knownPeers(node: NodeUnderTest): Promise<readonly string[]> {
  const { peerslist } = await node.call<{ readonly peerslist: string }>("peers");
  return peerslist.split(",");
}
