import { expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import { MAXIMA_COMMANDS } from "../../host/rpc/commands/maxima.js";
import { runLine } from "../../host/rpc/run-line.js";

const commands = new Map(MAXIMA_COMMANDS.map((command) => [command.name, command]));

interface Answer {
  readonly status: boolean;
  readonly error?: string;
  readonly response: Record<string, string | boolean>;
}

/** None of these commands needs a node. */
async function call(line: string): Promise<Answer> {
  return JSON.parse(await runLine(line, commands, {} as MinimoteNode, "write")) as Answer;
}

test("RSA keys sign and encrypt", async () => {
  const { publickey, mxpublickey, privatekey } = (await call("maxcreate")).response;
  const { signature } = (await call(`maxsign data:{"a":1} privatekey:${privatekey}`)).response;
  expect((await call(`maxverify data:{"a":1} publickey:${mxpublickey} signature:${signature}`)).response).toEqual({ valid: true });
  expect((await call(`maxverify data:0x01 publickey:${publickey} signature:${signature}`)).response).toEqual({ valid: false });
  const { encrypted } = (await call(`maxencrypt data:hello publickey:${publickey}`)).response;
  expect((await call(`maxdecrypt data:${encrypted} privatekey:${privatekey}`)).response).toEqual({ decrypted: "0x68656C6C6F" });
  expect(await call(`maxdecrypt data:0x00 privatekey:${privatekey}`)).toMatchObject({ status: false });
});

test("what needs a Maxima address is refused, wrong use before that", async () => {
  const errors: readonly [string, RegExp][] = [
    ["maxima", /Maxima is off/],
    ["maxima action:foo", /^Unknown Action : foo$/],
    ["maxima action:send", /^MUST specify to\|id\|publickey, application and data for a send command$/],
    ["maxima action:send to:abc application:a data:b", /^Invalid MX address : abc$/],
    ["maxcontacts action:add contact:abc", /^Invalid MX address : abc$/],
    ["maxcontacts action:foo", /^Unknown action : foo$/],
    ["maxextra action:foo", /^Unknown action : foo$/],
    ["maxextra action:mlsinfo", /Maxima is off/],
  ];
  for (const [line, text] of errors) expect(await call(line)).toMatchObject({ status: false, error: expect.stringMatching(text) });
  expect((await call("maxcontacts")).response).toEqual({ allowallcontacts: true, contacts: [] });
});
