import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { until } from "../until.js";
import { addressOf, Nodes, recordingLogger } from "./nodes.js";

const nodes = new Nodes();
afterAll(() => nodes.stopAll());

const connections = (node: { network: { peers(): readonly unknown[] } }): number => node.network.peers().length;

describe("a node that looks for peers", () => {
  test("finds those its first peer knows, and finds them again after a restart without being told", { timeout: 120_000 }, async () => {
    const overlay = { p2p: true, allowAllIPs: true, host: "127.0.0.1" };
    const first = await nodes.start("first", "solo", overlay);
    const options = { ...overlay, p2pNodes: [addressOf(first)] };
    const second = await nodes.start("second", "test", options);
    await until(() => second.chain.tip !== null && (second.network.overlay()?.knownPeers.length ?? 0) === 1);
    const third = await nodes.start("third", "test", options);
    const knowsBoth = (): boolean => (third.network.overlay()?.knownPeers.length ?? 0) === 2;
    await until(() => knowsBoth() && connections(third) === 2);
    const address = third.network.listening?.port ?? 0;
    await nodes.stop("third");
    const again = await nodes.start("third", "test", { ...overlay, port: address });
    await until(() => connections(again) > 0);
    expect(again.network.overlay()?.acceptsInLinks).toBe(true);
  });

  test("takes a list of peers from a web server, and goes on when there is none", { timeout: 60_000 }, async () => {
    const first = await nodes.start("listed", "solo", { p2p: true, allowAllIPs: true });
    const server = createServer((_, response) => response.end(`nonsense, ${addressOf(first)}\n`));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const log = recordingLogger();
    const p2pNodes = ["http://127.0.0.1:1/none", url];
    const second = await nodes.start("lister", "test", { p2p: true, allowAllIPs: true, isClient: true, p2pNodes }, log);
    await until(() => (second.network.overlay()?.knownPeers.length ?? 0) === 1);
    expect(log.events).toContain("the list of peers cannot be downloaded");
    expect(second.network.overlay()?.acceptsInLinks).toBe(false);
    server.close();
  });

  test("is told when it knows nobody", async () => {
    const log = recordingLogger();
    const node = await nodes.start("alone", "test", { p2p: true }, log);
    await until(() => log.events.includes("no peers are known: name one with --p2pnodes or --connect"));
    expect(connections(node)).toBe(0);
  });
});
