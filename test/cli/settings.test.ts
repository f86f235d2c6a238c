import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NodeOptions, nodeConfig, registerNodeCommand } from "../../host/cli/commands/node.js";
import { nearest } from "../../host/cli/nearest.js";
import type { Environment } from "../../host/cli/settings.js";
import type { NodeConfig } from "../../host/node/config.js";

let folder = "";
let file = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "minimote-settings-"));
  file = join(folder, "minimote.conf");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What `minimote node` would run with. */
function configured(content: string, env: Environment = {}, ...args: readonly string[]): NodeConfig {
  writeFileSync(file, content);
  const program = new Command();
  registerNodeCommand(program, { MINIMOTE_DATA: folder, ...env });
  let config: NodeConfig | undefined;
  const [node] = program.commands;
  node?.exitOverride().configureOutput({ writeErr: () => {} });
  node?.action((options: NodeOptions) => {
    config = nodeConfig(options);
  });
  program.parse(["node", ...args], { from: "user" });
  if (config === undefined) throw new Error("the command did not run");
  return config;
}

describe("settings", () => {
  test("come from the command line, else the environment, else the file, else they are the defaults", () => {
    const content = "network=solo\nport=1111\n";
    expect(configured("")).toMatchObject({ network: "main", port: 9001, dataDir: folder });
    expect(configured(content)).toMatchObject({ network: "solo", port: 1111, rpcPort: 1115 });
    expect(configured(content, { MINIMOTE_PORT: "2222" })).toMatchObject({ network: "solo", port: 2222, rpcPort: 2226 });
    expect(configured(content, { MINIMOTE_PORT: "2222" }, "--port", "9001")).toMatchObject({ network: "solo", port: 9001 });
  });

  test("may be switches, shares and lists", () => {
    const lists = "connect=10.0.0.1:1\n# a comment\n\nconnect = 10.0.0.2:2, 10.0.0.3:3\np2pnodes=10.0.0.4:4,10.0.0.5:5\n";
    expect(configured(`mine=false\nrpc=no\nmining-duty=10%\nlog-json=yes\n${lists}`)).toMatchObject({
      mine: false,
      rpcPort: null,
      miningDuty: 0.1,
      logFormat: "json",
      connect: ["10.0.0.1:1", "10.0.0.2:2", "10.0.0.3:3"],
      p2pNodes: ["10.0.0.4:4", "10.0.0.5:5"],
    });
    expect(configured("mine=false\n", { MINIMOTE_MINE: "true", MINIMOTE_CONNECT: "10.0.0.9:9" })).toMatchObject({
      mine: true,
      connect: ["10.0.0.9:9"],
    });
  });

  test("may be in a file elsewhere, which then has to be there", () => {
    const other = join(folder, "other.conf");
    writeFileSync(other, "port=3333\n");
    expect(configured("port=1111\n", {}, "--conf", other).port).toBe(3333);
    expect(configured("port=1111\n", { MINIMOTE_CONF: other }).port).toBe(3333);
    expect(() => configured("", {}, "--conf", join(folder, "missing.conf"))).toThrow("there is no");
  });

  test("that cannot be used are refused with file, line and a hint", () => {
    expect(() => configured("\nprot=1\n")).toThrow(/minimote\.conf:2: there is no setting "prot": did you mean port/);
    expect(() => configured("port\n")).toThrow("minimote.conf:1: write name=value");
    expect(() => configured("port=70000\n")).toThrow("minimote.conf:1: port is invalid: a port is a whole number");
    expect(() => configured("network=moon\n")).toThrow("solo, test, main");
    expect(() => configured("mine=perhaps\n")).toThrow("write true or false");
    expect(() => configured("", { MINIMOTE_PORT: "x" })).toThrow("MINIMOTE_PORT: port is invalid");
  });
});

test("names that were meant are found by few slips, and nothing else is", () => {
  const names = ["status", "balance", "send", "txncreate"];
  expect(nearest("statsu", names)).toEqual(["status"]);
  expect(nearest("bal", names)).toEqual(["balance"]);
  expect(nearest("sned", names)).toEqual(["send"]);
  expect(nearest("quantum", names)).toEqual([]);
});
