import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { registerDoctorCommand } from "../../host/cli/commands/doctor.js";
import type { Finding } from "../../host/cli/doctor/finding.js";
import { KnownPeers } from "../../host/node/known-peers.js";
import { silentLogger } from "../../host/node/logger.js";
import { startRpcServer } from "../../host/rpc/rpc-server.js";
import { WalletDatabase } from "../../host/store/wallet-db.js";
import { addressOf, Nodes } from "../node/nodes.js";

let base = "";
let count = 0;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "minimote-doctor-"));
});
afterAll(() => rmSync(base, { recursive: true }));
afterEach(() => {
  process.exitCode = undefined;
});

const newFolder = (): string => {
  const folder = join(base, String(count++));
  mkdirSync(folder, { mode: 0o700 });
  return folder;
};

/** A system as `/proc`, `/sys` and `/run` show it. */
function system(files: Readonly<Record<string, string>>): string {
  const root = newFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const HEALTHY = {
  "proc/meminfo": "MemTotal:  500000 kB\nMemAvailable:  300000 kB\n",
  "sys/class/thermal/thermal_zone0/temp": "51000\n",
  "sys/devices/platform/soc/soc:firmware/get_throttled": "0\n",
  "run/systemd/timesync/synchronized": "",
};

interface Options {
  readonly args?: readonly string[];
  readonly root?: string;
  readonly now?: number;
}

async function doctor({ args = [], root = system(HEALTHY), now = Date.now() }: Options): Promise<{ code: number; out: string }> {
  const output = new PassThrough();
  const program = new Command("minimote").exitOverride();
  registerDoctorCommand(program, { output, env: {}, root, now: () => now });
  const words = args.includes("--data") ? args : ["--data", newFolder(), ...args];
  await program.parseAsync(["doctor", "--network", "solo", "--listen", "127.0.0.1", "--port", "0", "--rpc-port", "0", ...words], {
    from: "user",
  });
  return { code: Number(process.exitCode ?? 0), out: String(output.read() ?? "") };
}

async function findings(options: Options): Promise<Map<string, Finding>> {
  const { out } = await doctor({ ...options, args: [...(options.args ?? []), "--json"] });
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  return new Map(findings.map((finding) => [finding.check, finding]));
}

describe("minimote doctor", () => {
  test("finds nothing where nothing is wrong", async () => {
    const { code, out } = await doctor({});
    expect(out).toMatch(/All is well\.\n$/);
    expect(out).toContain("51 °C");
    expect(code).toBe(0);
  });

  test("says what to fix, and fails where a node cannot run", async () => {
    const ill = system({
      "proc/meminfo": "MemTotal:  100000 kB\nMemAvailable:  20000 kB\n",
      "sys/class/thermal/thermal_zone0/temp": "85000\n",
      "sys/devices/platform/soc/soc:firmware/get_throttled": "50005\n",
      "run/systemd/timesync/synchronized": "",
    });
    const { code, out } = await doctor({ root: ill, now: 0 });
    expect(code).toBe(1);
    for (const hint of ["19.5 MB available", "--no-mine", "85 °C", "voltage is too low", "is in the past", "4 to fix"])
      expect(out).toContain(hint);
  });

  test("warns of a clock that is not synchronised, or does not tell", async () => {
    const { "run/systemd/timesync/synchronized": _marker, ...rest } = HEALTHY;
    expect((await findings({ root: system(rest) })).get("clock")).toMatchObject({ level: "warn" });
  });

  test("finds files that others can read", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "minimote.conf"), "network=solo\n");
    chmodSync(join(folder, "minimote.conf"), 0o644);
    chmodSync(folder, 0o755);
    const found = await findings({ args: ["--data", folder] });
    expect(found.get("file modes")).toMatchObject({ level: "fail", fix: `chmod 600 ${join(folder, "minimote.conf")}` });
    expect(found.get("data folder")).toMatchObject({ level: "warn", fix: `chmod 700 ${folder}` });
  });

  test("reads databases through, and leaves those of a running node alone", async () => {
    const folder = newFolder();
    const store = new WalletDatabase({ path: join(folder, "wallet.db"), cacheKiB: 64 });
    expect((await findings({ args: ["--data", folder] })).get("wallet.db")).toMatchObject({
      level: "ok",
      text: expect.stringContaining("in use") as string,
    });
    store.close();
    expect((await findings({ args: ["--data", folder] })).get("wallet.db")).toMatchObject({ level: "ok", text: "sound" });
    writeFileSync(join(folder, "wallet.db"), "this is no database".repeat(1000), { mode: 0o600 });
    expect((await findings({ args: ["--data", folder] })).get("wallet.db")).toMatchObject({
      level: "fail",
      fix: expect.stringContaining("--restore") as string,
    });
  });

  test("tells a taken port from a free one, and peers that answer from those that do not", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const found = await findings({ args: ["--port", String(port), "--connect", `127.0.0.1:${port}`] });
      expect(found.get("peer port")).toMatchObject({ level: "fail", fix: expect.stringContaining("--port") as string });
      expect(found.get("RPC port")).toMatchObject({ level: "ok" });
      expect(found.get("peers")).toMatchObject({ level: "ok", text: `127.0.0.1:${port} answers` });
      expect((await findings({ args: ["--connect", "127.0.0.1:1"] })).get("peers")).toMatchObject({
        level: "warn",
        fix: expect.stringContaining("firewalls") as string,
      });
    } finally {
      server.close();
    }
  });

  test("tries the peers that a node found before, and counts those of a list", async () => {
    const folder = newFolder();
    const nodes = new Nodes();
    const node = await nodes.start("b", "solo", {}, silentLogger);
    new KnownPeers(node.store.values).save([{ host: "127.0.0.1", port: 1 }]);
    await nodes.stop("b");
    cpSync(node.config.dataDir, folder, { recursive: true });
    await nodes.stopAll();
    expect((await findings({ args: ["--data", folder] })).get("peers")).toMatchObject({
      text: expect.stringContaining("127.0.0.1:1 does not answer") as string,
    });
    const list = createHttpServer((_request, response) => response.end("10.0.0.1:9001,10.0.0.2:9001"));
    await new Promise<void>((resolve) => list.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(list.address() as AddressInfo).port}/peers.txt`;
    expect((await findings({ args: ["--p2pnodes", url] })).get("peers")).toMatchObject({ level: "ok", text: `2 in the list at ${url}` });
    list.close();
    expect((await findings({ args: ["--p2pnodes", url] })).get("peers")).toMatchObject({ level: "warn" });
  });

  test("asks a running node how it is", async () => {
    const nodes = new Nodes();
    const node = await nodes.start("a", "solo", { rpcPort: 0, mine: true }, silentLogger);
    const rpc = await startRpcServer(node);
    try {
      const found = await findings({
        args: ["--data", node.config.dataDir, "--rpc-port", String(rpc?.port), "--port", String(addressOf(node).split(":")[1])],
      });
      expect(found.get("node")).toMatchObject({ level: "ok", text: expect.stringContaining("runs, block") as string });
      expect(found.has("peer port")).toBe(false);
      expect(found.get("chain.db")).toMatchObject({ level: "ok", text: expect.stringContaining("in use") as string });
    } finally {
      await rpc?.close();
      await nodes.stopAll();
    }
  });
});
