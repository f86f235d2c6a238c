import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, expect, test } from "vitest";
import { Nodes } from "./nodes.js";

const nodes = new Nodes();
afterAll(() => nodes.stopAll());

test("a node that cannot listen lets go of its data folder", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  await expect(nodes.start("a", "solo", { port })).rejects.toThrow("EADDRINUSE");
  taken.close();
  const node = await nodes.start("a", "solo");
  expect(node.chain.tip?.number).toBe(1);
});
