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

  test("a signature can only be checked with a key", async () => {
    expect(await answer(node, "maxverify data:0x00 publickey:0x00 signature:0x00")).toMatchObject({ status: false });
  });
});
