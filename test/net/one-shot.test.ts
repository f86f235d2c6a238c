import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../host/net/clock.js";
import { OneShotClient, OneShotError } from "../../host/net/one-shot.js";
import { TcpTransport } from "../../host/net/transports/tcp/tcp-transport.js";
import { FakeChain, fakeBlocks } from "./fake-chain.js";
import { startNode, stopAll } from "./harness.js";

let transport: TcpTransport;
let client: OneShotClient;

beforeEach(() => {
  transport = new TcpTransport({
    clock: systemClock,
    listen: { host: "127.0.0.1", port: 0 },
    connectTimeoutMs: 500,
    messageMemory: 1 << 26,
  });
  client = new OneShotClient({ clock: systemClock, transport, ibdBytes: 1 << 25 });
});

afterEach(async () => {
  await transport.close();
  await stopAll();
});

test("asks and gets its answer", async () => {
  const node = await startNode(new FakeChain(fakeBlocks(1, 5)));
  const endpoint = { host: "127.0.0.1", port: node.port };
  expect((await client.singlePing(endpoint)).extra?.get("topblock")).toBe("5");
  const archive = await client.archive(endpoint, 1);
  expect(Array.from(archive.blocks, (block) => block.txpow.header.block.toInt32())).toEqual([1, 2, 3, 4, 5]);
  expect((await client.archive(endpoint, -1)).count).toBe(0);
});

test("fails when nobody is there or the server hangs up", async () => {
  await expect(client.singlePing({ host: "127.0.0.1", port: 1 })).rejects.toThrow(OneShotError);
  const node = await startNode();
  await expect(client.megaMMR({ host: "127.0.0.1", port: node.port }, { addresses: [], publicKeys: [] })).rejects.toThrow(OneShotError);
});
