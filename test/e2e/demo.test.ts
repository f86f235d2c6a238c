import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../dist/program/minimote.mjs", import.meta.url));

test("the demo: two real nodes pay each other, one is killed, and the balances add up", async () => {
  const child = spawn(process.execPath, [PROGRAM, "demo"], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = await once(child, "exit");
  expect(output).toContain("the balances add up: 1000000000 in all, 75 with Ben");
  expect(output.match(/payment +\d+ +✔/g)).toHaveLength(10);
  expect(output).toContain("nothing lost");
  expect(code).toBe(0);
}, 300_000);
