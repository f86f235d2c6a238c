import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCore } from "../../host/core/index.js";
import { CommandFailedError, createNode, type Node } from "../../host/index.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLES = readdirSync(join(ROOT, "docs/examples")).filter((name) => name.endsWith(".mjs"));
const run = promisify(execFile);

describe("the examples", () => {
  const SAYS: Readonly<Record<string, RegExp>> = {
    "core.mjs": /one-time signature of 1088 bytes: valid\nproof of work after \d+ attempts: 0000/,
    "node.mjs": /block 5\naddress Mx\w+\nbalance 1000000000 Minima\nkeys \d+\n$/,
    "payment.mjs": /paid: 0x\w+\nreceived 0\.5 for order 0x2A: 21\.5 °C\n$/,
  };

  test.each(EXAMPLES)("%s runs with the package's name as its import", async (name) => {
    const { stdout } = await run(process.execPath, [join(ROOT, "docs/examples", name)]);
    expect(stdout).toMatch(SAYS[name] ?? /what it should say is not written down/);
  });

  test("agree with the types of the package", async () => {
    const options = [
      "--noEmit",
      "--allowJs",
      "--checkJs",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--types",
      "node",
    ];
    const files = EXAMPLES.map((name) => join("docs/examples", name));
    const { stdout } = await run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), ...options, ...files], {
      cwd: ROOT,
    }).catch((error: unknown) => error as { stdout: string });
    expect(stdout).toBe("");
  });
});

test("the package holds the program, the library with its types and the documents, and nothing else", async () => {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: ROOT });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  for (const wanted of ["index", "core/index", "cli/main"])
    for (const end of ["js", "d.ts"]) expect(paths).toContain(`dist/host/${wanted}.${end}`);
  for (const wanted of ["dist/program/minimote.mjs", "docs/rpc.md", "docs/examples/node.mjs", "README.md", "LICENSE"])
    expect(paths).toContain(wanted);
  expect(paths.filter((path) => !/^(dist\/(host|program)\/|docs\/|boards\/|README\.md|LICENSE|package\.json)/.test(path))).toEqual([]);
});

describe("a node in this process", () => {
  let folder = "";
  let node: Node;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "minimote-library-"));
    node = await createNode({ network: "solo", dataDir: folder, listenHost: "127.0.0.1", port: 0, mine: false });
  });
  afterAll(async () => {
    await node.stop();
    await node.stop();
    rmSync(folder, { recursive: true });
  });

  test("runs commands with values of any kind", async () => {
    expect(await node.run("hash", { data: "0x00" })).toMatchObject({ type: "sha3" });
    expect(await node.run("random", { size: 2 })).toMatchObject({ size: "2" });
    expect(await node.run("coins", { relevant: true, tokenid: undefined })).toHaveLength(1);
  });

  test("says why a command failed", async () => {
    await expect(node.run("nosuch")).rejects.toThrow(new CommandFailedError("nosuch", "there is no command nosuch"));
    await expect(node.run("send", { adress: "0x00" })).rejects.toThrow("no parameter adress");
    await expect(node.pay({ to: "0x00", amount: 1 })).rejects.toBeInstanceOf(CommandFailedError);
  });

  test("has no RPC server unless it is asked for", () => {
    expect(node.rpcPort).toBeUndefined();
    expect(node.block).toBe(1);
    expect(node.listening?.port).toBeGreaterThan(0);
  });

  test("keeps its data folder to itself", async () => {
    await expect(createNode({ network: "solo", dataDir: folder, port: 0 })).rejects.toThrow("in use by another process");
  });
});

test("the core comes in both kinds, which agree", () => {
  const text = new TextEncoder().encode("minimote");
  const digests = (["scalar", "simd"] as const).map((kind) => Buffer.from(loadCore({ kind }).sha3(text)).toString("hex"));
  expect(digests[0]).toBe(digests[1]);
});
