import { execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registerProgram } from "../../host/cli/program.js";
import { commandHelp } from "../../host/cli/rpc/command-help.js";
import { createNode, type Node } from "../../host/index.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { commandsPage } from "./commands-page.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const pagesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);
const PAGES = ["README.md", "boards/README.md", ...pagesIn("docs"), ...pagesIn("docs/decisions")];
const run = promisify(execFile);

const pageOf = (name: string): string => readFileSync(join(ROOT, name), "utf8");

/** The lines that a page tells to type into a shell. */
function shellLines(page: string): string[] {
  return Array.from(pageOf(page).matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm), ([, block = ""]) => block.split("\n"))
    .flat()
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

test("the page of commands is what the program says; npm run docs brings it up to date", async () => {
  await expect(commandsPage()).toMatchFileSnapshot(join(ROOT, "docs/commands.md"));
});

describe("what pages tell to type", () => {
  const program = new Command("minimote");
  registerProgram(program);
  const own = new Map(program.commands.map((command) => [command.name(), command]));

  /** The words of calls of the program, without what else a shell makes of the line. */
  const calls = PAGES.flatMap((page) =>
    shellLines(page).flatMap((line) => {
      const [, words] = /^(?:npx |sudo |node )?minimote(?:\.mjs)? ([^#|<>]*)/.exec(line) ?? [];
      return words === undefined ? [] : [{ page, words: words.trim().split(/\s+/) }];
    }),
  );

  test("is something, and among it what a newcomer needs", () => {
    expect(calls.length).toBeGreaterThan(15);
    const first = calls.map(({ words }) => words[0]);
    for (const name of ["init", "node", "doctor", "status", "send"]) expect(first).toContain(name);
  });

  test.each(calls)("$page: minimote $words", ({ words }) => {
    const [name = "", ...rest] = words;
    if (name === "--help") return;
    if (name === "help") {
      for (const word of rest) expect(own.has(word) || COMMANDS.has(word), word).toBe(true);
      return;
    }
    const command = own.get(name) ?? own.get("call");
    const options = new Set(
      [...(command?.options ?? []), ...(command?.commands.flatMap(({ options }) => options) ?? [])].map(({ long }) => long),
    );
    for (const word of rest.filter((word) => word.startsWith("--") && word !== "--help")) expect(options, word).toContain(word);
    if (own.has(name)) return;
    expect(COMMANDS.has(name), `there is no command ${name}`).toBe(true);
    for (const word of rest.filter((word) => /^[a-z]+:/.test(word))) expect(COMMANDS.get(name)?.params, word).toContain(word.split(":")[0]);
  });

  test("names files that are there, as comments do", () => {
    for (const page of PAGES)
      for (const [, target = ""] of pageOf(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
        expect(existsSync(join(ROOT, dirname(page), target)), `${page}: ${target}`).toBe(true);
    for (const page of readdirSync(join(ROOT, "host"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")))
      for (const [target] of pageOf(`host/${page}`).matchAll(/docs\/[\w/-]+\.md/g))
        expect(existsSync(join(ROOT, target)), `${page}: ${target}`).toBe(true);
  });

  test("the examples of commands use parameters there are", () => {
    for (const name of COMMANDS.keys())
      for (const example of commandHelp(name)?.examples ?? [])
        for (const [, param = ""] of example.replace(/[{[].*[}\]]|"[^"]*"/g, "").matchAll(/ ([a-z]+):/g))
          expect(COMMANDS.get(example.split(" ")[0] ?? "")?.params, example).toContain(param);
  });
});

describe.skipIf(spawnSync("curl", ["--version"]).error !== undefined)("requests that docs/rpc.md shows", () => {
  let home = "";
  let node: Node;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "minimote-docs-"));
    const dataDir = join(home, ".minimote/main");
    mkdirSync(dataDir, { recursive: true });
    node = await createNode({ network: "solo", dataDir, listenHost: "127.0.0.1", port: 0, rpcPort: 0, blockSeconds: 0.5 });
  });
  afterAll(async () => {
    await node.stop();
    rmSync(home, { recursive: true });
  });

  const curls = shellLines("docs/rpc.md").filter((line) => line.startsWith("curl "));
  const atNode = (line: string): string =>
    line.replaceAll("127.0.0.1:9005", `127.0.0.1:${node.rpcPort}`).replace("curl", "curl --silent --show-error");

  test.each(curls.filter((line) => !line.includes("/events")))("%s", async (line) => {
    const { stdout } = await run("sh", ["-c", atNode(line)], { env: { ...process.env, HOME: home } });
    const parsed = JSON.parse(stdout) as unknown;
    for (const answer of Array.isArray(parsed) ? parsed : [parsed]) expect(answer).toMatchObject({ status: true });
  });

  test.each(curls.filter((line) => line.includes("/events")))("%s", async (line) => {
    const curl = spawn("sh", ["-c", `exec ${atNode(line)}`]);
    let seen = "";
    await new Promise<void>((resolve) => {
      curl.stdout.on("data", (chunk: Buffer) => {
        seen += chunk.toString();
        if (seen.includes("event: NEWBLOCK")) resolve();
      });
      curl.once("exit", () => resolve());
    });
    curl.kill();
    expect(seen).toContain('"event":"NEWBLOCK"');
  });

  test("every event in its table is one the node knows", () => {
    const events = Array.from(pageOf("docs/rpc.md").matchAll(/`((?:NEW|NOTIFY|MDS_|MINI|MAX)[A-Z0-9_]+)`/g), ([, name]) => name ?? "");
    const known = ["chain-events", "node-notifications", "log-events"].map((name) => pageOf(`host/node/notify/${name}.ts`)).join();
    for (const event of events.filter((name) => name !== "MINIMOTE"))
      if (!event.startsWith("MINIMOTE_")) expect(known, event).toContain(`"${event}"`);
  });
});
