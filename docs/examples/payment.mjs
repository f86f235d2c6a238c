// @ts-check
// A thing that sells a reading to another, in one process: two nodes, a payment with a state variable. Run it: node docs/examples/payment.mjs
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNode } from "minimote";

const folder = mkdtempSync(join(tmpdir(), "minimote-example-"));
const common = { listenHost: "127.0.0.1", port: 0, blockSeconds: 0.5 };
const buyer = await createNode({ ...common, network: "solo", dataDir: join(folder, "buyer") });
const seller = await createNode({
  ...common,
  network: "test",
  dataDir: join(folder, "seller"),
  p2p: false,
  connect: [`127.0.0.1:${buyer.listening?.port}`],
});

/** @type {(node: import("minimote").Node, condition: () => boolean | Promise<boolean>) => Promise<void>} */
const blocksUntil = async (node, condition) => {
  while (!(await condition()))
    await new Promise((resolve) => {
      const end = node.on("NEWBLOCK", () => resolve(end()));
    });
};
await blocksUntil(buyer, () => (buyer.block ?? 0) >= 5);
await blocksUntil(seller, () => seller.block !== undefined);

// The order number travels with the payment, and the seller finds it in the coin.
const order = "0x2A";
const id = await buyer.pay({ to: await seller.address(), amount: "0.5", state: { 0: order } });
console.log(`paid: ${id}`);

/** @returns {Promise<{ amount: string, state: { port: number, data: string }[] }[]>} */
const received = () => seller.run("coins", { relevant: true });
await blocksUntil(seller, async () => (await received()).length > 0);
for (const { amount, state } of await received())
  console.log(`received ${amount} for order ${state.find(({ port }) => port === 0)?.data}: 21.5 °C`);

await Promise.all([buyer.stop(), seller.stop()]);
rmSync(folder, { recursive: true });
