import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { MAIN_PARAMS, TEST_PARAMS } from "../../host/chain/params.js";
import { type NodeOptions, nodeConfig, registerNodeCommand } from "../../host/cli/commands/node.js";
import type { NodeConfig } from "../../host/node/config.js";
import { networkParams } from "../../host/node/network-params.js";

/** What is said about options that no node can run with. */
function refusal(...args: readonly string[]): string {
  const program = new Command().exitOverride();
  registerNodeCommand(program);
  let said = "";
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: (text) => (said += text) });
  expect(() => program.parse(["node", "minimote", "node", ...args])).toThrow();
  return said;
}

describe("minimote node refuses", () => {
  test("what is no port, peer, share or network, and says what would be", () => {
    expect(refusal("--port", "70000")).toContain("from 0 to 65535");
    expect(refusal("--connect", "nowhere")).toContain("host:port");
    expect(refusal("--slavenode", "nowhere")).toContain("host:port");
    expect(refusal("--p2pnodes", "10.0.0.1:9001,nowhere")).toContain("host:port,host:port");
    expect(refusal("--mining-duty", "150%")).toContain("up to 100");
    expect(refusal("--network", "moon")).toContain("solo, test, main");
  });
});

/** What options ask for. */
function asked(...args: readonly string[]): NodeConfig {
  const program = new Command();
  registerNodeCommand(program);
  let config: NodeConfig | undefined;
  program.commands[0]?.action((options: NodeOptions) => {
    config = nodeConfig(options);
  });
  program.parse(["node", "minimote", "node", ...args]);
  if (config === undefined) throw new Error("the command did not run");
  return config;
}

describe("minimote node", () => {
  test("looks for peers, unless the network is private or all peers are named", () => {
    expect(asked().p2p).toBe(true);
    expect(asked("--network", "test").p2p).toBe(true);
    expect(asked("--network", "solo").p2p).toBe(false);
    expect(asked("--connect", "10.0.0.1:9001").p2p).toBe(false);
    expect(asked("--nop2p").p2p).toBe(false);
    expect(asked("--network", "solo", "--p2pnodes", "10.0.0.1:9001").p2p).toBe(true);
    expect(asked("--connect", "10.0.0.1:9001", "--p2pnodes", "10.0.0.2:9001").p2p).toBe(true);
  });

  test("mines as the owner wants", () => {
    expect(asked()).toMatchObject({ miningDuty: 0.5, miningMaxTemp: 80, miningOnBattery: false });
    expect(asked("--mining-duty", "10%", "--mining-max-temp", "70", "--mining-on-battery")).toMatchObject({
      miningDuty: 0.1,
      miningMaxTemp: 70,
      miningOnBattery: true,
    });
    expect(asked("--mining-max-temp", "0").miningMaxTemp).toBeUndefined();
    expect(refusal("--mining-max-temp", "hot")).toContain("degrees");
  });

  test("keeps as many blocks of a private network as its founder wants", () => {
    expect(networkParams(asked("--network", "test"))).toEqual(TEST_PARAMS);
    expect(networkParams(asked("--network", "test", "--testchainlength", "10"))).toEqual({ ...TEST_PARAMS, treeLength: 10 });
    expect(networkParams(asked("--network", "solo", "--block-time", "2"))).toMatchObject({ treeLength: 32, blockInterval: 2000 });
    expect(networkParams(asked("--network", "main", "--testchainlength", "10"))).toEqual(MAIN_PARAMS);
    for (const none of ["0", "-1", "1.5", "many"]) expect(refusal("--testchainlength", none)).toContain("whole number above 0");
  });

  test("hands options of the overlay on", () => {
    const list = "10.0.0.1:9001, https://example.org/peers.txt";
    expect(asked("--p2pnodes", list, "--isclient", "--noconnect", "--allowallip", "--host", "example.org")).toMatchObject({
      p2pNodes: ["10.0.0.1:9001", "https://example.org/peers.txt"],
      isClient: true,
      noConnect: true,
      allowAllIPs: true,
      host: "example.org",
    });
  });
});
