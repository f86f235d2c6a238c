import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { registerNodeCommand } from "../../host/cli/commands/node.js";

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
  test("to serve RPC to other machines: whoever reaches it can spend", () => {
    for (const address of ["0.0.0.0", "192.168.1.5", "::", "127.0.0.1.example.org"])
      expect(refusal("--rpc-host", address)).toContain("for this machine only");
  });

  test("what is no port, peer, share or network, and says what would be", () => {
    expect(refusal("--port", "70000")).toContain("from 0 to 65535");
    expect(refusal("--connect", "nowhere")).toContain("host:port");
    expect(refusal("--mining-duty", "150%")).toContain("up to 100");
    expect(refusal("--network", "moon")).toContain("solo, test, main");
  });
});
