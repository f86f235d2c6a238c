import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { maximaAddressText } from "../../host/maxima/address.js";
import { type IncomingMessage, MaximaError } from "../../host/maxima/link.js";
import type { MinimoteNode } from "../../host/node/node.js";
import { newRSAKeyPair } from "../../host/protocol/encryption.js";
import { encodeUtf8 } from "../../host/protocol/text.js";
import { until } from "../until.js";
import { addressOf, ask, Nodes } from "./nodes.js";

const nodes = new Nodes();
afterAll(() => nodes.stopAll());

const options = { allowAllIPs: true, host: "127.0.0.1" };
const data = encodeUtf8("hello");

/** The Maxima messages a node tells of. */
function inbox(node: MinimoteNode): IncomingMessage[] {
  const messages: IncomingMessage[] = [];
  node.events.on("maxima", (incoming) => messages.push(incoming));
  return messages;
}

describe("Maxima between two nodes", () => {
  let host: MinimoteNode;
  let client: MinimoteNode;
  const changes: boolean[] = [];
  beforeAll(async () => {
    host = await nodes.start("host", "solo", options);
    client = await nodes.start("client", "test", { ...options, connect: [addressOf(host)] });
    client.events.on("maximahosts", ({ connected }) => changes.push(connected));
    await until(() => client.maxima.hosts().some(({ connected }) => connected));
  }, 90_000);

  test("the peer that was dialled becomes a host after a check through it", () => {
    const [known] = client.maxima.hosts();
    expect(known).toMatchObject({ address: addressOf(host), connected: true });
    expect(known?.mlsAddress).toBe(host.maxima.ownAddress());
    expect(client.maxima.contactAddress()).toBe(known?.contactAddress);
    expect(host.maxima.hosts()).toEqual([]);
    expect(host.maxima.contactAddress()).toBe(host.maxima.ownAddress());
    expect(changes).toEqual([true]);
  });

  test("messages arrive both ways, through the host and directly", { timeout: 60_000 }, async () => {
    const [atHost, atClient] = [inbox(host), inbox(client)];
    const there = await client.maxima.send(host.maxima.contactAddress(), "app", data);
    expect(there).toMatchObject({ status: "ok" });
    const back = await host.maxima.send(client.maxima.contactAddress(), "app", data);
    expect(back).toMatchObject({ status: "ok" });
    await until(() => atHost.length === 1 && atClient.length === 1);
    expect(atHost[0]?.message.from).toEqual(client.maxima.publicKey);
    expect(atClient[0]?.message).toMatchObject({ application: "app" });
    expect(Buffer.from(atClient[0]?.message.data ?? []).toString()).toBe("hello");
    expect(atClient[0]?.message.random).toEqual(new Uint8Array(back.message.random));
  });

  test("a message can be put in the queue, and sent to oneself", { timeout: 60_000 }, async () => {
    const mine = inbox(client);
    client.maxima.queue(client.maxima.contactAddress(), "self", data, 10);
    client.maxima.queue(client.maxima.ownAddress(), "self", data);
    await until(() => mine.length === 2);
  });

  test("applications of services are not told to listeners", { timeout: 60_000 }, async () => {
    const mine = inbox(host);
    const taken = new Promise((resolve) => host.maxima.register("service", resolve));
    await client.maxima.send(host.maxima.contactAddress(), "service", data);
    await taken;
    expect(mine).toEqual([]);
  });

  test("a key that nobody has is unknown, and a host that is none gives no answer", { timeout: 60_000 }, async () => {
    const nobody = maximaAddressText((await newRSAKeyPair()).publicKey, {
      host: "127.0.0.1",
      port: host.network.listening?.port ?? 0,
    });
    expect(await client.maxima.send(nobody, "app", data)).toMatchObject({ status: "unknown" });
    const nowhere = nobody.replace(/:\d+$/, ":1");
    expect(await client.maxima.send(nowhere, "app", data)).toMatchObject({ status: "nothing" });
    await expect(client.maxima.send("nonsense", "app", data)).rejects.toThrow();
    const big = await client.maxima.send(host.maxima.contactAddress(), "app", randomBytes(263_000));
    expect(big).toMatchObject({ status: "toobig" });
  });

  test("a new host key takes the place of the old one", { timeout: 60_000 }, async () => {
    const before = client.maxima.contactAddress();
    await client.maxima.renewHostKey(addressOf(host));
    const after = client.maxima.contactAddress();
    expect(after).not.toBe(before);
    const mine = inbox(client);
    await until(() => client.network.peers().length === 1);
    expect(await host.maxima.send(after, "app", data)).toMatchObject({ status: "ok" });
    await until(() => mine.length === 1);
    expect(await host.maxima.send(before, "app", data)).toMatchObject({ status: "unknown" });
  });

  test("keys stay, and a host that went away is told of", { timeout: 90_000 }, async () => {
    const { publicKey } = host.maxima;
    const port = host.network.listening?.port ?? 0;
    await nodes.stop("host");
    await until(() => changes.length === 2);
    expect(changes[1]).toBe(false);
    expect(client.maxima.contactAddress()).toBe(client.maxima.ownAddress());
    host = await nodes.start("host", "solo", { ...options, port });
    expect(host.maxima.publicKey).toEqual(publicKey);
    await until(() => changes.length === 3);
    expect(client.maxima.hosts()).toMatchObject([{ connected: true }]);
  });
});

test("internal addresses are no hosts unless that is allowed, and without a chain nothing is sent", { timeout: 60_000 }, async () => {
  const first = await nodes.start("first", "solo");
  const second = await nodes.start("second", "test", { connect: [addressOf(first)] });
  const lonely = await nodes.start("lonely", "test", { allowAllIPs: true });
  await until(() => second.chain.tip !== null);
  expect(second.maxima.hosts()).toEqual([]);
  await expect(lonely.maxima.send(first.maxima.ownAddress(), "app", data)).rejects.toThrow(MaximaError);
  const line = `maxima action:send to:${first.maxima.ownAddress()} application:app data:0x01`;
  const undelivered = { application: "app", data: "0x01", poll: false, delay: 0, delivered: false };
  expect(await ask(lonely, line)).toMatchObject(undelivered);
});

test("a node that follows TxBlocks is reached through its master", { timeout: 60_000 }, async () => {
  const master = await nodes.start("master", "solo", options);
  const slave = await nodes.start("slave", "test", { ...options, slaveNode: addressOf(master) });
  const mine = inbox(slave);
  await until(() => slave.maxima.hosts().some(({ connected }) => connected));
  expect(await master.maxima.send(slave.maxima.contactAddress(), "app", data)).toMatchObject({ status: "ok" });
  await until(() => mine.length === 1);
});
