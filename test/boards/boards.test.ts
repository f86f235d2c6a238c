import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BenchReport } from "../../host/cli/bench/report.js";
import { type NodeOptions, nodeConfig, registerNodeCommand } from "../../host/cli/commands/node.js";
import { freePort } from "../../host/cli/demo/node-process.js";
import type { NodeConfig } from "../../host/node/config.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BOARDS = join(ROOT, "boards");
const run = promisify(execFile);

let folder = "";
let bundle = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "minimote-boards-"));
  bundle = join(folder, "bundle");
  await run(process.execPath, [join(BOARDS, "bundle.mjs"), bundle]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Whether a program is installed here. */
async function has(program: string): Promise<boolean> {
  return run("sh", ["-c", `command -v ${program}`]).then(
    () => true,
    () => false,
  );
}

describe("the bundle", () => {
  /** Runs it in a folder without anything else, with nothing of this one's environment. */
  const minimote = (...words: readonly string[]): Promise<{ stdout: string }> =>
    run(process.execPath, [join(bundle, "minimote.mjs"), ...words], { cwd: bundle, env: { HOME: folder } });

  test("is two files, and one for benchmarks", () => {
    expect(readdirSync(bundle).sort()).toEqual(["benny.cjs", "better_sqlite3.node", "minimote.mjs"]);
    expect(statSync(join(bundle, "minimote.mjs")).mode & 0o111).not.toBe(0);
  });

  test("shows help and validates a recorded chain", async () => {
    expect((await minimote("--help")).stdout).toContain("minimote status");
    expect((await minimote("send", "--help")).stdout).toContain("Usage: minimote send");
    expect((await minimote("replay", join(ROOT, "test/vectors/consensus/chain-1.json.gz"))).stdout).toContain("agrees: tip, MMR peaks");
  });

  test("measures with what is beside it", async () => {
    const { stdout } = await minimote("bench", "--quick", "--json", "--only", "script");
    const { groups, absent } = JSON.parse(stdout) as BenchReport;
    expect(groups).toMatchObject([{ unit: "instructions", timings: [{ name: "minimote", ratio: 1 }] }]);
    expect(absent.map(({ name }) => name)).toContain("hash-wasm");
  });

  test("sets a node up, runs it, talks to it and stops it", async () => {
    const port = await freePort();
    const options = ["--data", join(folder, "data"), "--port", String(port), "--rpc-port", String(await freePort())];
    expect(
      (await minimote("init", ...options, "--network", "solo", "--listen", "127.0.0.1", "--yes")).stdout.trim().split(" "),
    ).toHaveLength(24);
    const { stdout: diagnosis } = await minimote("doctor", "--data", join(folder, "data"), "--json");
    expect((JSON.parse(diagnosis) as { findings: { level: string }[] }).findings.map(({ level }) => level)).not.toContain("fail");
    const node = spawn(process.execPath, [join(bundle, "minimote.mjs"), "node", "--data", join(folder, "data")], { cwd: bundle });
    const ended = once(node, "exit");
    let log = "";
    await new Promise<void>((resolve) => {
      node.stdout.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes("RPC server started")) resolve();
      });
      node.once("exit", resolve);
    });
    expect(log).toContain("RPC server started");
    expect((await minimote("status", "--data", join(folder, "data"))).stdout).toContain(`port ${port}`);
    expect((await minimote("quit", "--data", join(folder, "data"))).stdout).toBe("Shutdown complete\n");
    expect((await ended)[0]).toBe(0);
  });

  test("says what is missing without the native part of SQLite", async () => {
    const alone = join(folder, "alone");
    mkdirSync(alone);
    cpSync(join(bundle, "minimote.mjs"), join(alone, "minimote.mjs"));
    const { stdout } = await run(process.execPath, [join(alone, "minimote.mjs"), "doctor", "--data", join(alone, "data")]).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toContain("better_sqlite3.node for this machine and version of Node.js has to be beside minimote.mjs");
  });
});

describe("the installation", () => {
  test("can be repeated: it brings a new program and keeps the settings", async () => {
    const stage = join(folder, "stage");
    const install = (): Promise<{ stdout: string }> =>
      run(join(BOARDS, "install.sh"), [bundle], { env: { ...process.env, DESTDIR: stage } });
    await install();
    const conf = join(stage, "etc/minimote/minimote.conf");
    expect(readFileSync(conf, "utf8")).toBe(readFileSync(join(BOARDS, "minimote.conf"), "utf8"));
    writeFileSync(conf, "network=test\n");
    writeFileSync(join(stage, "opt/minimote/minimote.mjs"), "old");
    expect((await install()).stdout).toContain("settings are kept");
    expect(readFileSync(conf, "utf8")).toBe("network=test\n");
    expect(readFileSync(join(stage, "opt/minimote/minimote.mjs"), "utf8")).toBe(readFileSync(join(bundle, "minimote.mjs"), "utf8"));
    const files = readdirSync(stage, { recursive: true, encoding: "utf8" });
    expect(files.filter((name) => name.endsWith(".new"))).toEqual([]);
    for (const wanted of ["etc/systemd/system/minimote.service", "usr/local/bin/minimote", "opt/minimote/better_sqlite3.node"])
      expect(files).toContain(wanted);
  });

  test("refuses what does not run", async () => {
    const broken = join(folder, "broken");
    mkdirSync(broken);
    writeFileSync(join(broken, "minimote.mjs"), "throw new Error('broken')");
    writeFileSync(join(broken, "better_sqlite3.node"), "");
    const install = (from: string) =>
      run(join(BOARDS, "install.sh"), [from], { env: { ...process.env, DESTDIR: join(folder, "never") } }).then(
        () => "",
        (error: unknown) => (error as { stderr: string }).stderr,
      );
    expect(await install(broken)).toContain("does not run here");
    expect(await install(join(folder, "nowhere"))).toContain("npm run bundle");
  });

  test("is made of sound scripts, a sound unit and settings that the program takes", async () => {
    for (const script of ["install.sh", "uninstall.sh", "addon.sh", "minimote.openrc", "minimote.procd"])
      await run("sh", ["-n", join(BOARDS, script)]);
    if (await has("shellcheck"))
      await run(
        "shellcheck",
        ["install.sh", "uninstall.sh", "addon.sh"].map((name) => join(BOARDS, name)),
      );
    // A node asks for the addresses of its machine: without netlink that fails.
    expect(readFileSync(join(BOARDS, "minimote.service"), "utf8")).toMatch(/^RestrictAddressFamilies=.*AF_NETLINK/m);
    if (await has("systemd-analyze")) {
      const { stderr } = await run("systemd-analyze", ["verify", join(BOARDS, "minimote.service")]);
      expect(stderr.split("\n").filter((line) => line.includes("minimote.service") && !line.includes("is not executable"))).toEqual([]);
    }
    const program = new Command();
    registerNodeCommand(program, {});
    let config: NodeConfig | undefined;
    program.commands[0]?.action((options: NodeOptions) => {
      config = nodeConfig(options);
    });
    program.parse(["node", "--conf", join(BOARDS, "minimote.conf")], { from: "user" });
    expect(config).toMatchObject({ network: "main", miningDuty: 0.1 });
  });
});
