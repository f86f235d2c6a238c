import { execFileSync } from "node:child_process";
import { PassThrough } from "node:stream";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { registerCompletionCommand } from "../../host/cli/commands/completion.js";
import { registerNodeCommand } from "../../host/cli/commands/node.js";
import { registerRpcCommand } from "../../host/cli/commands/rpc.js";
import { registerScriptCommand } from "../../host/cli/commands/script.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";

async function script(shell: string): Promise<string> {
  const output = new PassThrough();
  const program = new Command("minimote").exitOverride();
  registerNodeCommand(program);
  registerScriptCommand(program);
  registerRpcCommand(program);
  registerCompletionCommand(program, output);
  await program.parseAsync(["completion", shell], { from: "user" });
  return String(output.read() ?? "");
}

/** What bash offers after these words; the last one is being typed. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const list = words.map((word) => `'${word}'`).join(" ");
  const program = `${await script("bash")}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _minimote; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["-c", program], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line !== "");
}

/** Whether a program is installed here. */
function has(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("completion in bash", () => {
  test("offers the program's commands and the node's", async () => {
    expect(await offered("minimote", "st")).toEqual(["status"]);
    const all = await offered("minimote", "");
    for (const name of ["node", "script", "completion", ...COMMANDS.keys()]) expect(all).toContain(name);
    expect(new Set(all).size).toBe(all.length);
  });

  test("offers parameters, options and what may follow them", async () => {
    expect(await offered("minimote", "send", "am")).toEqual(["amount:"]);
    expect(await offered("minimote", "send", "--j")).toEqual(["--json"]);
    expect(await offered("minimote", "node", "--mining-d")).toEqual(["--mining-duty"]);
    expect(await offered("minimote", "node", "--network", "s")).toEqual(["solo"]);
    expect(await offered("minimote", "completion", "f")).toEqual(["fish"]);
    expect(await offered("minimote", "script", "r")).toEqual(["run"]);
    expect(await offered("minimote", "help", "bal")).toEqual(["balance"]);
  });

  test("leaves values alone", async () => {
    expect(await offered("minimote", "send", "amount", ":", "1")).toEqual([]);
  });
});

describe("completion in other shells", () => {
  test("tells every command and parameter", async () => {
    for (const shell of ["zsh", "fish"]) {
      const text = await script(shell);
      for (const [name, { params }] of COMMANDS) {
        expect(text).toContain(name);
        for (const param of params) expect(text).toContain(param);
      }
    }
  });

  for (const shell of ["zsh", "fish"])
    test.skipIf(!has(shell))(`is sound in ${shell}`, async () => {
      execFileSync(shell, ["-n", "-c", await script(shell)]);
    });
});
