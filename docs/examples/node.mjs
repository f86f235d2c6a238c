// @ts-check
// A node of a private network in this process. Run it: node docs/examples/node.mjs
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNode } from "minimote";

const dataDir = mkdtempSync(join(tmpdir(), "minimote-example-"));
const node = await createNode({ network: "solo", dataDir, listenHost: "127.0.0.1", port: 0, blockSeconds: 0.5 });

// Five blocks, then the first coin is confirmed and can be spent.
await new Promise((resolve) => {
  node.on("NEWBLOCK", () => {
    console.log(`block ${node.block}`);
    if ((node.block ?? 0) >= 5) resolve(undefined);
  });
});
console.log(`address ${await node.address()}`);
for (const { token, sendable } of await node.balance()) console.log(`balance ${sendable} ${token}`);

// Every command of docs/rpc.md can be run.
/** @type {{ total: number }} */
const { total } = await node.run("keys");
console.log(`keys ${total}`);

await node.stop();
rmSync(dataDir, { recursive: true });
