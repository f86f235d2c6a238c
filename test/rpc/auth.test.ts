import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import type { RpcControl } from "../../host/node/rpc-control.js";
import { RpcAccess, type RpcAccessOptions } from "../../host/rpc/access.js";
import type { RpcCommand } from "../../host/rpc/command.js";
import { response } from "../../host/rpc/command.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { parseHead } from "../../host/rpc/http-request.js";
import { openPasswords, PASSWORDS_FILE, readPasswords } from "../../host/rpc/passwords.js";
import { runLine } from "../../host/rpc/run-line.js";
import { SettingsFile } from "../../host/store/settings.js";
import { basic } from "./raw.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "auth-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function access(options: Partial<RpcAccessOptions> = {}): RpcAccess {
  return new RpcAccess({
    settings: new SettingsFile(join(folder, "settings.json")),
    generated: openPasswords(folder),
    password: undefined,
    isLocal: true,
    ...options,
  });
}

const decide = (rpc: RpcAccess, headers = ""): Promise<string | undefined> =>
  rpc.decide(parseHead(`GET /block HTTP/1.1\r\n${headers}\r\n`));

describe("the generated passwords", () => {
  test("are made once, long, and for the owner's eyes only", () => {
    expect(readPasswords(folder)).toBeUndefined();
    const made = openPasswords(folder);
    expect(made.full).not.toBe(made.readonly);
    expect(made.full.length).toBeGreaterThanOrEqual(32);
    expect(statSync(join(folder, PASSWORDS_FILE)).mode & 0o777).toBe(0o600);
    expect(openPasswords(folder)).toEqual(made);
    expect(readPasswords(folder)).toEqual(made);
  });

  test("open the server as far as they should", async () => {
    const rpc = access({ isLocal: false });
    const { full, readonly } = openPasswords(folder);
    expect(rpc.isRequired).toBe(true);
    expect(await decide(rpc)).toBeUndefined();
    expect(await decide(rpc, basic("minima", full))).toBe("write");
    expect(await decide(rpc, basic("readonly", readonly))).toBe("read");
    expect(await decide(rpc, basic("minima", readonly))).toBeUndefined();
    expect(await decide(rpc, basic("readonly", full))).toBeUndefined();
    expect(await decide(rpc, basic("minima", ""))).toBeUndefined();
  });
});

describe("on this machine", () => {
  test("no password is needed by default; a name other than minima is still refused", async () => {
    const rpc = access();
    expect(await decide(rpc)).toBe("write");
    expect(await decide(rpc, "Host: localhost:9005\r\n")).toBe("write");
    expect(await decide(rpc, basic("minima", "anything"))).toBe("write");
    expect(await decide(rpc, basic("bob", "anything"))).toBeUndefined();
    for (const header of ["Basic ***", "Bearer abc", "basic bWluaW1hOng=", "Basic"])
      expect(await decide(rpc, `Authorization: ${header}\r\n`)).toBeUndefined();
  });

  test("a page in a browser needs one all the same", async () => {
    const rpc = access();
    const { full } = openPasswords(folder);
    for (const header of ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Host: rebound.example:9005"]) {
      expect(await decide(rpc, `${header}\r\n`)).toBeUndefined();
      expect(await decide(rpc, `${header}\r\n${basic("minima", "anything")}`)).toBeUndefined();
      expect(await decide(rpc, `${header}\r\n${basic("minima", full)}`)).toBe("write");
    }
  });
});

describe("with a password", () => {
  test("that the node was started with, credentials are taken as the reference does", async () => {
    const rpc = access({ password: "secretA" });
    expect(await decide(rpc)).toBeUndefined();
    expect(await decide(rpc, basic("minima", "secretA"))).toBe("write");
    expect(await decide(rpc, basic(" minima", "secretA "))).toBe("write");
    expect(await decide(rpc, basic("minima", "x"))).toBeUndefined();
    expect(await decide(rpc, basic("bob", "secretA"))).toBeUndefined();
  });

  test("users come and go, over restarts; what is stored does not tell their passwords", async () => {
    const rpc = access({ password: "secretA" });
    await rpc.addUser("reader", "readers-word", "read");
    await rpc.addUser("writer", "w:2", "write");
    const again = access({ password: "secretA" });
    expect(again.users()).toEqual([
      { username: "reader", mode: "read" },
      { username: "writer", mode: "write" },
    ]);
    expect(await decide(again, basic("reader", "readers-word"))).toBe("read");
    expect(await decide(again, basic("reader", "readers-word"))).toBe("read");
    expect(await decide(again, basic("reader", "w:2"))).toBeUndefined();
    expect(await decide(again, basic("writer", "w:2"))).toBe("write");
    again.removeUser("reader");
    expect(await decide(again, basic("reader", "readers-word"))).toBeUndefined();
    expect(readFileSync(join(folder, "settings.json"), "utf8")).not.toContain("readers-word");
    expect(statSync(join(folder, "settings.json")).mode & 0o777).toBe(0o600);
  });

  test("that was set by command, it is needed from then on, over restarts", async () => {
    await access().setPassword("chosen");
    const rpc = access();
    expect(rpc.isRequired).toBe(true);
    expect(await decide(rpc)).toBeUndefined();
    expect(await decide(rpc, basic("minima", "chosen"))).toBe("write");
    expect(await decide(rpc, basic("minima", "other"))).toBeUndefined();
  });
});

describe("a reader", () => {
  const command = (name: string, write: boolean): RpcCommand<null> => ({
    name,
    summary: "",
    details: "",
    params: [],
    write,
    run: () => response("done"),
  });
  const commands = new Map([command("look", false), command("spend", true)].map((item) => [item.name, item]));

  test("gets a bare refusal for what only a writer may do", async () => {
    expect(await runLine("look", commands, null, "read")).toContain('"status":true');
    expect(await runLine("spend", commands, null, "read")).toBe('{"status":false}');
    expect(await runLine("look;spend;look", commands, null, "read")).toBe('{"status":false}');
    expect(await runLine("spend", commands, null, "write")).toContain('"status":true');
  });
});

describe("the rpc command", () => {
  const rpcOf = (control: RpcControl, line: string): Promise<string> =>
    runLine(line, COMMANDS, { rpc: control } as unknown as MinimoteNode, "write");

  test("shows settings and users, keeps the order of keys, and no password", async () => {
    const rpc = access({ password: "secretA" });
    const control: RpcControl = {
      isEnabled: true,
      port: 9005,
      tlsKey: undefined,
      get isPasswordRequired() {
        return rpc.isRequired;
      },
      users: () => rpc.users(),
      checkName: (name) => rpc.checkName(name),
      addUser: (...user) => rpc.addUser(...user),
      removeUser: (name) => rpc.removeUser(name),
      setPassword: (password) => rpc.setPassword(password),
      enable: async () => undefined,
    };
    expect(await rpcOf(control, "rpc")).toBe(
      '{"command":"rpc","status":true,"pending":false,"response":{"enabled":true,"port":9005,"ssl":false,"sslpubkey":"0x00","authenticate":true,"username":"minima","password":"***","rpcusers":0}}',
    );
    expect(await rpcOf(control, "rpc action:adduser username:bob password:bobsword mode:READ")).toMatch(/"rpcusers":1\}\}$/);
    const list = await rpcOf(control, "rpc action:listusers");
    expect(list).toContain('"rpcusers":[{"username":"bob","password":"***","mode":"read"}]');
    expect(list).not.toContain("bobsword");
    expect(await rpcOf(control, "rpc action:adduser username:x password:y mode:z")).toContain("RPC User mode MUST be either read or write");
    expect(await rpcOf(control, "rpc action:adduser username:minima password:y mode:read")).toContain(
      "Cannot add User minima - this is the default RPC user.",
    );
    expect(await rpcOf(control, "rpc action:removeuser username:bob")).toMatch(/"rpcusers":0\}\}$/);
  });
});
