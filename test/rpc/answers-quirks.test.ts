import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import { Nodes } from "../node/nodes.js";
import { answer } from "./asking.js";

const nodes = new Nodes();
let node: MinimoteNode;
beforeAll(async () => {
  node = await nodes.start("quirks", "solo");
  await node.wallet.whenFilled;
}, 60_000);
afterAll(() => nodes.stopAll());

/** What the reference answers where one might expect something else. */
describe("answers of the reference", () => {
  test("a new key has the modifier of the first one", async () => {
    const made = await answer(node, "keys action:new");
    expect(made.response).toMatchObject({ modifier: "0x00", uses: 0 });
    const { publickey } = made.response as { publickey: string };
    expect((await answer(node, `keys publickey:${publickey}`)).response).toMatchObject({ keys: [{ modifier: "0x08" }] });
  });

  test("variables of a script come in the order of Java's Hashtable", async () => {
    const { response } = await answer(node, 'runscript script:"LET a = 1 LET b = 2 LET c = 3"');
    const { trace, variables } = response as { trace: string; variables: object };
    expect(JSON.stringify(variables)).toBe('{"b":"2","a":"1","c":"3"}');
    expect(trace).toContain("{ b = 2, a = 1, c = 3, }");
  });

  test.each([
    ["checkaddress address:0XFF", "Address does not start with 0x or Mx"],
    ["scripts address:nothing", "Script with that address not found"],
    ["tokens action:export", "Token not found : "],
    ["archive action:foo", "Invalid action : foo"],
    ["maxima action:new", "Not Supported yet.."],
    ["maxverify", "param not specified : data"],
  ])("%s: %s", async (line, error) => {
    expect(await answer(node, line)).toMatchObject({ status: false, error });
  });

  test("what is not there is removed, and told", async () => {
    expect(await answer(node, "removescript address:nothing")).toMatchObject({ status: true, response: "Script removed" });
    expect(await answer(node, "message data:hello uid:0x00")).toMatchObject({ status: true, message: "Message sent to 0x00" });
  });

  test.each([
    [" hash foo:1\t", { command: "hash foo:1", params: { foo: "1" }, error: "Invalid parameter : foo" }],
    ["hash {x\t", { command: "hash", error: "Invalid parameters for hash @ {x" }],
    ['hash data ":" abc', { command: "hash", params: { data: "abc" } }],
    ['hash ":" data:abc', { params: { "": "", data: "abc" }, error: "Invalid parameter : " }],
  ])("%j is read as commands are", async (line, read) => {
    expect(await answer(node, line)).toMatchObject(read);
  });

  test.each([
    ["txnaddamount", "id"],
    ["txnauto id:x", "address"],
    ["createfrom fromaddress:0x00 address:0x00 amount:1", "script"],
  ])("%s misses %s first", async (line, name) => {
    expect(await answer(node, line)).toMatchObject({ status: false, error: `param not specified : ${name}` });
  });

  test("negative pages are empty", async () => {
    for (const page of ["max:-1", "max:1 offset:-1"])
      expect((await answer(node, `history ${page}`)).response).toEqual({ relevant: true, txpows: [], details: [], size: 0 });
    expect((await answer(node, "history action:customsize where:isblock=TRUE")).response).toEqual({ size: expect.any(Number) });
  });

  test.each(["1.5", "1e1", "x", "+"])("decimals of a token are whole, and written so: %s", async (decimals) => {
    expect(await answer(node, `tokencreate name:x amount:1 decimals:${decimals}`)).toMatchObject({
      error: `Invalid number for decimals : ${decimals}`,
    });
  });

  test("ports are written as whole numbers, and values of a token's state are texts", async () => {
    await answer(node, "txncreate id:quirk");
    for (const port of ["1.0", "1e1", "0x10", "256"])
      expect(await answer(node, `txnstate id:quirk port:${port} value:1`)).toMatchObject({ error: "State Variable port MUST be 0-255" });
    expect(await answer(node, 'tokencreate name:x amount:1 state:{"0":5}')).toMatchObject({ error: "the values of state must be texts" });
  });

  test("a payment that is only tried needs no password", async () => {
    const { miniaddress } = (await answer(node, "getaddress")).response as { miniaddress: string };
    expect(await answer(node, `send address:${miniaddress} amount:5000000000 password:x dryrun:true`)).toMatchObject({
      error: "No Coins of tokenid:0x00 available!",
    });
    expect(await answer(node, `send address:${miniaddress} amount:1 password:x`)).toMatchObject({
      error: "No Coins of tokenid:0x00 available!",
    });
  });

  test("a signature can only be checked with a key", async () => {
    expect(await answer(node, "maxverify data:0x00 publickey:0x00 signature:0x00")).toMatchObject({ status: false });
  });
});
