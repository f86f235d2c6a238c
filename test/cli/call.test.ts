import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { registerRpcCommand } from "../../host/cli/commands/rpc.js";
import { COMMAND_NAMES, commandHelp } from "../../host/cli/rpc/command-help.js";
import { lineOf } from "../../host/cli/rpc/words.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { openPasswords } from "../../host/rpc/passwords.js";

interface Shown {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let folder = "";
let server: Server;
let port = 0;
/** What the node that is played here answers, and what it was asked. */
let answer: (line: string, authorization: string | undefined) => { status?: number; body: string };
let asked: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "minimote-call-"));
  server = createServer((request, response) => {
    let line = "";
    request.on("data", (chunk: Buffer) => (line += chunk.toString()));
    request.on("end", () => {
      asked.push(line);
      const { status = 200, body } = answer(line, request.headers.authorization);
      response.writeHead(status);
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  process.exitCode = undefined;
  asked = [];
});

const answering = (response: unknown, command = "status"): void => {
  answer = () => ({ body: JSON.stringify({ command, status: true, pending: false, response }) });
};

const refusing = (command: string, error: string): void => {
  answer = () => ({ body: JSON.stringify({ command, status: false, pending: false, error }) });
};

/** Runs `minimote call ...`; the settings of whoever runs the tests do not count. */
async function minimote(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { typed, input = "" }: { readonly typed?: readonly string[]; readonly input?: string } = {},
): Promise<Shown> {
  const output = new PassThrough();
  const errors = new PassThrough();
  const program = new Command("minimote").exitOverride();
  const defaults = { MINIMOTE_RPC_PORT: String(port), MINIMOTE_DATA: folder };
  const answers = [...(typed ?? [])];
  const ask = (): Promise<string | undefined> => Promise.resolve(answers.shift());
  const terminal = { isInteractive: typed !== undefined, write: () => {}, clear: () => {}, ask, askSecret: ask };
  registerRpcCommand(program, {
    output,
    errors: errors as unknown as NodeJS.WriteStream,
    env: { ...defaults, ...env },
    input: Readable.from([input]),
    terminal,
  });
  await program.parseAsync(["call", ...words], { from: "user" });
  return { code: Number(process.exitCode ?? 0), out: String(output.read() ?? ""), err: String(errors.read() ?? "") };
}

describe("answers for people", () => {
  test("are tables where there are rows", async () => {
    answering(
      [
        { token: "Minima", tokenid: "0x00", confirmed: "12.5", unconfirmed: "0", sendable: "12.5", coins: "2", total: "1000000000" },
        { token: { name: "Gold" }, tokenid: "0xAA", confirmed: "3", unconfirmed: "1", sendable: "3", coins: "1", total: "100" },
      ],
      "balance",
    );
    const { code, out } = await minimote(["balance"]);
    expect(code).toBe(0);
    expect(out).toBe(`TOKEN   SENDABLE  CONFIRMED  UNCONFIRMED  COINS  TOTAL SUPPLY  TOKEN ID
Minima      12.5       12.5            0      2    1000000000  0x00
Gold           3          3            1      1           100  0xAA
`);
  });

  test("are names and values where there are none, also of commands this program does not know", async () => {
    answering({ one: "1", deep: { two: true, list: ["a", "b"] }, empty: [] }, "future");
    expect((await minimote(["future"])).out).toBe("one    1\nempty  none\n\ndeep:\n  two  yes\n\n  list:\n    a\n    b\n");
  });

  test("tell what a TxPoW moves", async () => {
    const coin = (amount: string) => ({ coinid: "0x01", amount, miniaddress: "MxA", token: null });
    const body = { txn: { inputs: [coin("10")], outputs: [coin("4"), coin("6")] }, burntxn: { inputs: [] }, txnlist: [] };
    const header = { block: "7", date: "today" };
    answering({ txpowid: "0xFF", isblock: false, istransaction: true, size: 9, burn: 0, header, body }, "send");
    expect((await minimote(["send", "address:MxA", "amount:4"])).out).toBe(`TxPoW    0xFF
Kind     transaction
Block    7
Date     today
Size     9 bytes
Inputs   10 Minima  MxA
Outputs  4 Minima  MxA
         6 Minima  MxA
`);
    expect(asked).toEqual(["send address:MxA amount:4"]);
  });

  test("cannot be made to steer the terminal by whoever names a token", async () => {
    answering([{ token: { name: "Go\u001B[2Jld\r\n\u202Ex" }, tokenid: "0xAA", confirmed: "3" }], "balance");
    const { out } = await minimote(["balance"]);
    for (const sign of ["\u001B", "\r", "\u202E"]) expect(out).not.toContain(sign);
    expect(out.split("\n")).toHaveLength(3);
  });

  test("show a status, also of a node that has no blocks yet", async () => {
    const chain = { block: 7, time: "now", hash: "0xAA", speed: 0.02, length: 7, branches: 1, cascade: { length: 3 } };
    const status = { version: "1.0", uptime: "0 Years 0 Days 2 Hours", locked: false, weight: "9", minima: "1", coins: "2", data: "/d" };
    answering({ ...status, chain });
    expect((await minimote(["status"])).out).toContain(`Up       2 Hours
Wallet   unlocked
Chain    block 7, now
         0xAA
         7 blocks in the tree, 3 in the cascade, 1 in branches
         0.02 blocks per second, weight 9
`);
    answering({ ...status, chain: { block: 0, time: "NO BLOCKS YET", hash: "0x00" } });
    expect((await minimote(["status"])).out).toContain("Chain    no blocks yet\n");
  });

  test("show the changes of a history", async () => {
    answering(
      { txpows: [{ txpowid: "0x01", header: { date: "D", block: "5" } }], details: [{ difference: { "0x00": "-0.5", "0xAA": "2" } }] },
      "history",
    );
    expect((await minimote(["history"])).out).toBe("DATE  BLOCK  CHANGE                TXPOW\nD         5  -0.5 Minima, +2 0xAA  0x01\n");
  });

  test("follow one another where several commands were given", async () => {
    answer = () => ({
      body: JSON.stringify([
        { command: "block", status: true, response: { block: "1" } },
        { command: "nope", status: false, error: "bad" },
      ]),
    });
    const { code, out, err } = await minimote(["block;nope"]);
    expect({ code, out, err }).toEqual({ code: 1, out: "block  1\n", err: "bad\n" });
  });
});

describe("--json", () => {
  test("gives the answer as the node gave it, also when the command failed", async () => {
    answer = () => ({ body: '{"command":"status","status":true,"pending":false,"response":{"weight":12345678901234567890}}\n' });
    expect((await minimote(["status", "--json"])).out).toBe(
      '{"command":"status","status":true,"pending":false,"response":{"weight":12345678901234567890}}\n',
    );
    refusing("status", "no");
    expect(await minimote(["status", "--json"])).toMatchObject({
      code: 1,
      out: expect.stringContaining('"error":"no"') as string,
      err: "",
    });
  });
});

describe("errors say what to do", () => {
  test("when no node runs", async () => {
    const { code, err } = await minimote(["status"], { MINIMOTE_RPC_PORT: "1" });
    expect(code).toBe(2);
    expect(err).toContain("minimote node");
  });

  test("when there is no such command, node or not", async () => {
    refusing("statsu", "Command not found");
    expect((await minimote(["statsu"])).err).toContain("minimote status");
    expect((await minimote(["balanc"], { MINIMOTE_RPC_PORT: "1" })).err).toContain("minimote balance");
  });

  test("when a parameter is misspelt or missing", async () => {
    refusing("send", "Invalid parameter : adress");
    expect((await minimote(["send", "adress:1"])).err).toContain("Did you mean address:? How it is used: minimote send --help");
    refusing("send", "param not specified : amount");
    expect((await minimote(["send"])).err).toContain("minimote send --help");
  });

  test("when something else listens at the port", async () => {
    answer = () => ({ body: "<html>" });
    expect(await minimote(["status"])).toMatchObject({ code: 2, err: expect.stringContaining("--rpc-port") as string });
  });
});

describe("the password", () => {
  const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const asksFor = (wanted: string): void => {
    answer = (_line, given) => (given === wanted ? { body: '{"status":true,"response":"in"}' } : { status: 401, body: "no" });
  };

  test("comes from the environment, or from a file", async () => {
    asksFor(basic("minima", "secret"));
    expect((await minimote(["status"], { MINIMOTE_RPC_PASSWORD: "secret" })).out).toBe("in\n");
    const file = join(folder, "password");
    writeFileSync(file, "secret\n");
    expect((await minimote(["status", "--rpc-password-file", file])).out).toBe("in\n");
    asksFor(basic("bob", "other"));
    expect((await minimote(["status", "--rpc-user", "bob"], { MINIMOTE_RPC_PASSWORD: "other" })).out).toBe("in\n");
  });

  test("is the one in the data folder when the node asks and none was given", async () => {
    const { full } = openPasswords(folder);
    asksFor(basic("minima", full));
    expect((await minimote(["status"])).out).toBe("in\n");
    expect(asked).toHaveLength(2);
  });

  test("is not shown when it is wrong", async () => {
    asksFor("never");
    const { code, out, err } = await minimote(["status"], { MINIMOTE_RPC_PASSWORD: "topsecret" });
    expect(code).toBe(2);
    expect(err).toContain("MINIMOTE_RPC_PASSWORD");
    expect(out + err).not.toContain("topsecret");
  });
});

describe("secrets", () => {
  test("without a value are asked for, where there is somebody to ask", async () => {
    answering("ok", "vault");
    await minimote(["vault", "action:passwordlock", "password:", "confirm:"], {}, { typed: ["two words", "two words"] });
    expect(asked).toEqual(['vault action:passwordlock password:"two words" confirm:"two words"']);
    asked = [];
    expect((await minimote(["vault", "action:passwordlock", "password:"], {}, { typed: [] })).code).toBe(1);
    expect(asked).toEqual([]);
    await minimote(["vault", "action:passwordlock", "password:"]);
    expect(asked).toEqual(["vault action:passwordlock password:"]);
  });

  test("can come over the standard input", async () => {
    answering("ok", "vault");
    await minimote(["-"], {}, { input: "vault action:passwordunlock password:secret\n" });
    expect(asked).toEqual(["vault action:passwordunlock password:secret"]);
  });
});

describe("the line that is sent", () => {
  test("has the quotes back that the shell took away", () => {
    expect(lineOf(["tokencreate", "name:my token", "amount:1"])).toBe('tokencreate name:"my token" amount:1');
    expect(lineOf(['multi:["MxA:1", "MxB:2"]'])).toBe('multi:["MxA:1", "MxB:2"]');
    expect(lineOf(["send address:MxA amount:1"])).toBe("send address:MxA amount:1");
    expect(lineOf(["runscript", "script:RETURN TRUE"])).toBe('runscript script:"RETURN TRUE"');
  });
});

describe("help", () => {
  test("is there for every command, and needs no node", async () => {
    for (const name of COMMAND_NAMES) {
      const { code, out } = await minimote([name, "--help"], { MINIMOTE_RPC_PORT: "1" });
      expect(code).toBe(0);
      expect(out).toContain(`Usage: minimote ${name}`);
    }
    expect(asked).toEqual([]);
    expect((await minimote(["help"], { MINIMOTE_RPC_PORT: "1" })).out).toContain("Send Minima or tokens");
  });

  test("of every command names its parameters and shows an example", () => {
    for (const [name, { details, params }] of COMMANDS) {
      expect(commandHelp(name)?.examples.length, `examples of ${name}`).toBeGreaterThan(0);
      const silent = ["debug"];
      const unnamed = params.filter((param) => !silent.includes(param) && !new RegExp(`\\b${param}:`).test(details));
      expect(unnamed, `parameters of ${name}`).toEqual([]);
    }
  });
});
