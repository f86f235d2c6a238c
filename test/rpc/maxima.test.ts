import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLogger } from "../../host/node/logger.js";
import type { MinimoteNode } from "../../host/node/node.js";
import { MAXIMA_COMMANDS } from "../../host/rpc/commands/maxima/index.js";
import { runLine } from "../../host/rpc/run-line.js";
import type { ContactJson } from "../maxima/contact-json.js";
import { addressOf, ask, Nodes } from "../node/nodes.js";
import { until } from "../until.js";
import { answer, refusal } from "./asking.js";

interface Info {
  readonly name: string;
  readonly publickey: string;
  readonly mls: string;
  readonly contact: string;
}
interface Told {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

test("RSA keys sign and encrypt", async () => {
  const commands = new Map(MAXIMA_COMMANDS.map((command) => [command.name, command]));
  const call = async (line: string): Promise<{ status: boolean; response: Record<string, string | boolean> }> =>
    JSON.parse(await runLine(line, commands, {} as MinimoteNode, "write")) as never;
  const { publickey, mxpublickey, privatekey } = (await call("maxcreate")).response;
  const { signature } = (await call(`maxsign data:{"a":1} privatekey:${privatekey}`)).response;
  expect((await call(`maxverify data:{"a":1} publickey:${mxpublickey} signature:${signature}`)).response).toEqual({ valid: true });
  expect((await call(`maxverify data:0x01 publickey:${publickey} signature:${signature}`)).response).toEqual({ valid: false });
  const { encrypted } = (await call(`maxencrypt data:hello publickey:${publickey}`)).response;
  expect((await call(`maxdecrypt data:${encrypted} privatekey:${privatekey}`)).response).toEqual({ decrypted: "0x68656C6C6F" });
  expect(await call(`maxdecrypt data:0x00 privatekey:${privatekey}`)).toMatchObject({ status: false });
});

describe("two nodes", () => {
  const nodes = new Nodes();
  const told: Told[] = [];
  const lines: string[] = [];
  let a: MinimoteNode;
  let b: MinimoteNode;

  const info = (node: MinimoteNode): Promise<Info> => ask<Info>(node, "maxima");
  const contacts = async (node: MinimoteNode): Promise<readonly ContactJson[]> =>
    (await ask<{ contacts: readonly ContactJson[] }>(node, "maxcontacts")).contacts;

  beforeAll(async () => {
    const log = createLogger({ level: "debug", format: "json", write: (line) => lines.push(line), now: Date.now });
    b = await nodes.start("b", "solo", { allowAllIPs: true, mine: true }, log);
    await until(() => (b.chain.tip?.number ?? 0) > 3);
    a = await nodes.start("a", "test", { allowAllIPs: true, connect: [addressOf(b)] }, log);
    b.notify.hub.subscribe({ wants: () => true, take: (_, json) => told.push(JSON.parse(json) as Told) });
    a.notify.hub.subscribe({ wants: (event) => event === "MAXIMAHOSTS", take: (_, json) => told.push(JSON.parse(json) as Told) });
    await until(() => a.maxima.hosts().some(({ connected }) => connected));
  }, 60_000);
  afterAll(() => nodes.stopAll());

  test("a host makes an address, and its location service is used", async () => {
    expect(told.find(({ event }) => event === "MAXIMAHOSTS")?.data).toEqual({ host: addressOf(b), connected: true });
    const { hosts } = await ask<{ hosts: readonly Record<string, unknown>[] }>(a, "maxima action:hosts");
    expect(hosts.map((host) => Object.keys(host))).toEqual([["host", "public", "lastseen", "connected", "address"]]);
    expect(hosts[0]).toMatchObject({ host: addressOf(b), connected: true, address: (await info(a)).contact });
    expect((await info(a)).mls).toBe((await info(b)).mls);
    expect(Object.keys(await info(a)).join(" ")).toBe(
      "name icon publickey mxpublickey staticmls mls localidentity p2pidentity contact logs poll",
    );
    expect(await ask(a, "healthcheck")).toMatchObject({ maxima: { hosts: 1, contacts: 0 } });
    await until(() => b.maximaServices.mlsServer.entries().length > 0);
    expect(await ask(b, "maxextra action:mlsinfo")).toEqual({
      mlsservice: [{ publickey: (await info(a)).publickey, mlsallowed: { maximaidentity: (await info(a)).contact, valid: [] } }],
    });
  });

  test("become contacts, write to each other, and part", { timeout: 120_000 }, async () => {
    await ask(a, `maxima action:setname name:"a'lice"`);
    await ask(b, "maxima action:setname name:bob");
    expect(await ask(b, "maxima action:seticon icon:0xAB")).toEqual({ icon: "0xAB" });
    const added = await ask<{ maxima: Record<string, unknown> }>(a, `maxcontacts action:add contact:${(await info(b)).contact}`);
    expect(Object.keys(added.maxima).join(" ")).toBe("from to time timemilli random application data msgid delivered");
    expect(added.maxima).toMatchObject({ application: "**maxima_contact_ctrl**", delivered: true });
    await until(() => a.maximaServices.contacts.count() === 1 && b.maximaServices.contacts.count() === 1);
    const [bob] = await contacts(a);
    await until(() => b.maximaServices.contacts.list()[0]?.myAddress !== "Mx00");
    const [alice] = await contacts(b);
    expect(alice).toMatchObject({ id: 1, publickey: (await info(a)).publickey, samechain: true, extradata: { name: "alice" } });
    expect(bob).toMatchObject({ id: 1, publickey: (await info(b)).publickey, samechain: true, extradata: { name: "bob", icon: "0xAB" } });
    expect(Object.keys(bob ?? {}).join(" ")).toBe("id publickey currentaddress myaddress lastseen date extradata chaintip samechain");
    expect(Object.keys(bob?.extradata ?? {}).join(" ")).toBe("name icon minimaaddress topblock checkblock checkhash mls");
    expect(told.some(({ event }) => event === "MAXIMACONTACTS")).toBe(true);

    const sent = await ask<Record<string, unknown>>(a, 'maxima action:send id:1 application:chat data:{"text":"a/b"}');
    expect(Object.keys(sent).join(" ")).toBe("from to time timemilli random application data msgid poll delay delivered creation sending");
    expect(sent.delivered).toBe(true);
    await until(() => told.some(({ event }) => event === "MAXIMA"));
    const event = told.find(({ event }) => event === "MAXIMA")?.data ?? {};
    expect(Object.keys(event).join(" ")).toBe("from to time timemilli random application data msgid");
    expect(event).toMatchObject({ from: alice?.publickey, application: "chat", msgid: sent.msgid });
    expect(Buffer.from(String(event.data).slice(2), "hex").toString()).toBe('{"text":"a\\/b"}');

    for (const line of [
      `maxima action:send publickey:${bob?.publickey} application:poll data:0xAB poll:true`,
      "maxima action:sendall application:all data:text delay:50",
      `maxima action:send to:${bob?.currentaddress} application:to data:x poll:true delay:50`,
    ])
      await ask(a, line);
    await until(() => ["poll", "all", "to"].every((name) => told.some(({ data }) => data.application === name)));

    expect(await ask(a, "maxcontacts action:search id:1")).toMatchObject({ contact: { publickey: bob?.publickey } });
    expect(await ask(a, "maxcontacts action:export")).toMatchObject({ contacts: 1, contactlist: bob?.currentaddress });
    expect(await ask(a, "maxcontacts action:remove id:1")).toEqual({ removed: "1" });
    await until(() => b.maximaServices.contacts.count() === 0);
    expect(await contacts(a)).toEqual([]);
    const imported = await ask<{ size: number; contacts: readonly Record<string, unknown>[] }>(
      a,
      `maxcontacts action:import contactlist:${bob?.currentaddress},nonsense`,
    );
    expect(imported.size).toBe(2);
    expect(imported.contacts.map(({ command, status }) => [command, status])).toEqual([
      ["maxcontacts", true],
      ["maxcontacts", false],
    ]);
    await until(() => a.maximaServices.contacts.count() === 1 && b.maximaServices.contacts.count() === 1);
    expect(await contacts(b)).toMatchObject([{ id: 2 }]);
    // What is sent after the last message of the import comes after it.
    await until(() => a.maximaServices.contacts.list()[0]?.myAddress !== "Mx00");
    expect(await ask(a, "maxima action:send id:2 application:last data:x")).toMatchObject({ delivered: true });
    expect(await ask(b, "maxcontacts action:clear")).toEqual({ found: 1 });
    await until(() => a.maximaServices.contacts.count() === 0);
  });

  test("a permanent address is found, by everybody once that is allowed", { timeout: 60_000 }, async () => {
    const { publickey, mls, contact } = await info(a);
    const permanent = `MAX#${publickey}#${mls}`;
    expect(await ask(a, `maxextra action:getaddress maxaddress:${permanent}`)).toEqual({
      publickey,
      mls,
      success: false,
      mlsresponse: "{}",
    });
    expect(await refusal(a, `maxima action:send to:${permanent} application:x data:x`)).toBe("MAX address invalid..");
    expect(await ask(b, `maxextra action:addpermanent publickey:${publickey}`)).toBe(`Added Permanent Maxima ID : ${publickey}`);
    expect(await ask(b, "maxextra action:listpermanent")).toEqual([publickey]);
    expect(await ask(a, `maxextra action:getaddress maxaddress:${permanent}`)).toMatchObject({
      success: true,
      mlsresponse: { publickey, address: contact, ranmdomuid: expect.stringMatching(/^0x[0-9A-F]{64}$/) },
    });
    expect(await ask(b, `maxima action:send to:${permanent} application:x data:x`)).toMatchObject({ delivered: true });
    await ask(b, `maxextra action:removepermanent publickey:${publickey}`);
    expect(await ask(b, "maxextra action:listpermanent")).toEqual([]);
    expect(await ask(b, "maxextra action:clearpermanent")).toBe("Cleared ALL Permanent Maxima ID");
  });

  test("strangers can be kept away", { timeout: 60_000 }, async () => {
    expect(await ask(b, "maxextra action:allowallcontacts enable:false")).toEqual({ allowallcontacts: false });
    expect(await refusal(b, `maxcontacts action:add contact:${(await info(a)).contact}`)).toBe(
      "You have disabled adding contacts and have not allowed any public keys - use maxextra action:addallowed.. ",
    );
    const { publickey } = await info(a);
    expect(await ask(b, `maxextra action:addallowed publickey:${publickey}`)).toEqual({ added: publickey });
    expect(await ask(b, "maxextra action:listallowed")).toEqual({ allowed: [publickey] });
    expect(await ask(b, "maxextra action:clearallowed")).toEqual({ allowed: [] });
    const { contact } = await info(b);
    expect(await ask(a, `maxcontacts action:add contact:${contact}`)).toMatchObject({ maxima: { delivered: true } });
    await ask(b, "maxextra action:allowallcontacts enable:true");
    expect(await contacts(b)).toEqual([]);
    const static1 = (await info(b)).mls;
    expect(await ask(a, `maxextra action:staticmls host:${static1}`)).toEqual({ staticmls: true, mls: static1 });
    expect(await ask(a, "maxextra action:staticmls host:clear")).toMatchObject({ staticmls: false });
  });

  test("who is not there gets nothing, and the answer says so", async () => {
    const [key = "", host = ""] = (await info(a)).contact.split("@");
    const sent = await ask<Record<string, unknown>>(a, `maxima action:send to:${key}@127.0.0.1:1 application:x data:x`);
    expect(Object.keys(sent).join(" ")).toBe("from to time timemilli random application data msgid poll delay delivered error");
    expect(sent).toMatchObject({ delivered: false, error: expect.stringContaining("ECONNREFUSED") });
    const { mxpublickey } = await ask<{ mxpublickey: string }>(a, "maxcreate");
    expect(await ask(a, `maxima action:send to:${mxpublickey}@${host} application:x data:x`)).toMatchObject({
      delivered: false,
      error: "Unknown Address",
    });
    expect(await ask(a, `maxcontacts action:add contact:${mxpublickey}@${host}`)).toMatchObject({
      maxima: { delivered: false, error: "Unkown Address" },
    });
  });

  test("the own key signs and opens", async () => {
    const { publickey } = await info(a);
    const { signature } = await ask<{ signature: string }>(a, "maxsign data:0x01");
    expect(await ask(b, `maxverify data:0x01 publickey:${publickey} signature:${signature}`)).toEqual({ valid: true });
    const { encrypted } = await ask<{ encrypted: string }>(b, `maxencrypt data:hello publickey:${publickey}`);
    expect(await ask(a, `maxdecrypt data:${encrypted}`)).toEqual({ decrypted: "0x68656C6C6F" });
    expect(await answer(b, `maxdecrypt data:${encrypted}`)).toMatchObject({ status: false });
    const open = await ask<{ data: string; message: unknown }>(b, "maxmessage action:encrypt data:0xFFEE");
    expect(open).toMatchObject({ encrypted: false, data: expect.stringMatching(/^0xFFFFFFFF/) });
    expect(await ask(a, `maxmessage action:decrypt data:${open.data}`)).toEqual({ encrypted: false, message: open.message });
    const sealed = await ask<{ data: string; message: unknown }>(b, `maxmessage action:encrypt data:0xFFEE publickey:${publickey}`);
    expect(await ask(a, `maxmessage action:decrypt data:${sealed.data}`)).toEqual({ encrypted: true, message: sealed.message });
    expect(sealed.message).toMatchObject({ data: "0xFFEE", publickey: (await info(b)).publickey, valid: true });
    expect(await refusal(b, `maxmessage action:decrypt data:${sealed.data}`)).toBe("Invalid message..cannot decrypt");
    expect(await refusal(b, "maxmessage action:encrypt data:0x00 publickey:0x01")).toBe("Invalid Publickey..cannot encrypt");
    expect(await refusal(b, "maxmessage action:foo")).toBe("Invalid action : foo");
  });

  test("wrong use is refused", async () => {
    const errors: readonly [string, string][] = [
      ["maxima action:foo", "Unknown Action : foo"],
      ["maxima action:send", "MUST specify to|id|publickey, application and data for a send command"],
      ["maxima action:sendall data:x", "MUST specify application and data for a sendall command"],
      ["maxima action:send to:abc application:a data:b", "Invalid MX address : abc"],
      [`maxima action:send publickey:${(await info(a)).publickey} application:a data:0xZZ`, "Invalid Data param specified : data 0xZZ"],
      ["maxima action:send id:99 application:a data:b", "No Contact found for ID : 99"],
      ["maxima action:send publickey:0x01 application:a data:b", "No Contact found for publickey : 0x01"],
      [`maxima action:setname name:${"n".repeat(256)}`, "A name has at most 255 characters"],
      [`maxima action:seticon icon:${"i".repeat(100_001)}`, "An icon has at most 100000 characters"],
      ["maxima action:setname", "param not specified : name"],
      ["maxcontacts action:add contact:abc", "Invalid MX address : abc"],
      ["maxcontacts action:add contact:MAX#abc", "MAX address invalid.."],
      ["maxcontacts action:search", "Must specify id or publickey"],
      ["maxcontacts action:search id:99", "MaxContact not found"],
      ["maxcontacts action:foo", "Unknown action : foo"],
      ["maxextra action:foo", "Unknown action : foo"],
      ["maxextra", "param not specified : action"],
      ["maxextra action:getaddress maxaddress:abc", "Permanent address MUST start with MAX# .. format MAX#PUBKEY#MLS_ADDRESS"],
      ["maxextra action:staticmls host:abc", "Invalid MLS address : MUST be of type Mx..@host:port"],
    ];
    for (const [line, text] of errors) expect(await refusal(a, line)).toBe(text);
    for (const line of ["maxima action:setname name:x", "maxcontacts action:clear", "maxextra action:clearallowed", "maxsign data:0x00"])
      expect(await refusal(a, line, "read")).toBe("This user may only look");
    for (const line of ["maxima", "maxcontacts", "maxextra action:mlsinfo"]) expect(await refusal(a, line, "read")).toBeUndefined();
  });

  test("private keys are in no log and no answer", async () => {
    const answers = await Promise.all(
      ["maxima", "maxima action:hosts", "maxcontacts", "maxextra action:mlsinfo", "network", "status complete:true"].map((line) =>
        ask(a, line).then((response) => JSON.stringify(response)),
      ),
    );
    const seen = [...lines, ...answers, ...told.map((event) => JSON.stringify(event))].join("\n");
    // PKCS#8 of a 1024-bit key begins so.
    expect(seen).not.toMatch(/0x3082027[0-9A-F]0201|MIICd/i);
  });
});
