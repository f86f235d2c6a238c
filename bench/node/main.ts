import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { asking } from "./asking.js";
import { reference } from "./reference.js";
import { type Figure, feeding, growing, living, mining, replaying, scripting } from "./scenarios.js";

/**
 * Times whole nodes, each in a process of its own: `npm run bench:node -- [--blocks 2000] [--long 20000] [--json]`. With
 * MINIMA_CLASSPATH set, the reference node does the same where it can.
 */
const { values } = parseArgs({
  options: {
    blocks: { type: "string", default: "2000" },
    long: { type: "string", default: "0" },
    json: { type: "boolean", default: false },
  },
});
const blocks = Number(values.blocks);
const long = Number(values.long);
const folder = mkdtempSync(join(tmpdir(), "minimote-bench-"));
const all: Figure[] = [];

function show(title: string, figures: readonly Figure[]): void {
  all.push(...figures);
  if (values.json) return;
  console.log(`\n${title}`);
  for (const { what, value, unit, goal } of figures) {
    const verdict = goal === undefined ? "" : `   goal ${goal}${value <= goal ? "" : ": MISSED"}`;
    console.log(`  ${what.padEnd(62)}${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit}${verdict}`);
  }
}

try {
  const chain = join(folder, "chain");
  show(`A chain of ${blocks} blocks, each with a signed payment`, await growing(chain, blocks));
  show("Taken in one by one, signatures on a worker", await replaying(chain));
  show("The worst scripts", await scripting());
  show("A node on this chain", await living(chain, blocks + 1, folder));
  show("The same chain from a peer, TxPoW by TxPoW", await feeding(chain, blocks + 1, folder));
  show("A private network", await mining(folder));
  show("A private network whose node is asked a lot", await asking(folder));
  const { MINIMA_CLASSPATH: classpath } = process.env;
  if (classpath !== undefined) show("The reference node", await reference(classpath, chain, blocks + 1, folder));
  if (long > 0) show(`A chain of ${long} blocks`, await growing(join(folder, "long"), long));
  if (values.json) console.log(JSON.stringify(all, null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
