import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { asking } from "./asking.js";
import { growingWithCoins, growingWithPeers } from "./growth.js";
import { reference } from "./reference.js";
import { type Figure, feeding, growing, living, mining, replaying, scripting, startingOn } from "./scenarios.js";

const USAGE = `Times whole nodes, each in a process of its own: npm run bench:node -- [OPTIONS]

  --blocks N        length of the chain that nodes replay, start on and sync (2000)
  --long N          also a chain of this length: memory of its builder and of a node on it, disk, start (0: none; 20000 takes minutes)
  --peers N,N,..    memory and CPU time with so many peers, at most 128 (0,10,50,100)
  --coins N,N,..    answers and payments with so many coins in the wallet (1000,10000)
  --only TEXT       only the parts with this in their title, and what they need
  --json            all figures as JSON

With MINIMA_JAR set to a minima.jar, or MINIMA_CLASSPATH to the class path of the reference node, that does the same where it can.
`;

const { values } = parseArgs({
  options: {
    blocks: { type: "string", default: "2000" },
    long: { type: "string", default: "0" },
    peers: { type: "string", default: "0,10,50,100" },
    coins: { type: "string", default: "1000,10000" },
    only: { type: "string", default: "" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit();
}

const numbers = (text: string): number[] => text.split(",").map(Number);
const blocks = Number(values.blocks);
const long = Number(values.long);
const { MINIMA_CLASSPATH: classpath = process.env.MINIMA_JAR } = process.env;
const folder = mkdtempSync(join(tmpdir(), "minimote-bench-"));
const chain = join(folder, "chain");
const longChain = join(folder, "long");
const all: Figure[] = [];

interface Part {
  readonly title: string;
  readonly run: () => Promise<readonly Figure[]>;
  /** What has to be there first. */
  readonly needs?: Part;
  /** Whether it is left out, whatever is asked for. */
  readonly isOff?: boolean;
}

const made: Part = { title: `A chain of ${blocks} blocks, each with a signed payment`, run: () => growing(chain, blocks) };
const lived: Part = { title: "A node on this chain", run: () => living(chain, blocks + 1, folder), needs: made };
const madeLong: Part = { title: `A chain of ${long} blocks`, run: () => growing(longChain, long), isOff: long === 0 };
const parts: readonly Part[] = [
  made,
  { title: "Replay: taken in one by one, signatures on a worker", run: () => replaying(chain), needs: made },
  { title: "The worst scripts", run: scripting },
  lived,
  { title: "The same chain from a peer, TxPoW by TxPoW", run: () => feeding(chain, blocks + 1, folder), needs: lived },
  { title: "A private network", run: () => mining(folder) },
  { title: "A private network whose node is asked a lot", run: () => asking(folder) },
  { title: "Growth with peers", run: () => growingWithPeers(folder, numbers(values.peers)) },
  { title: "Growth with coins", run: () => growingWithCoins(folder, numbers(values.coins)) },
  {
    title: "The reference node",
    run: () => reference(classpath ?? "", chain, blocks + 1, folder),
    needs: lived,
    isOff: classpath === undefined,
  },
  madeLong,
  {
    title: `A node on ${long} blocks`,
    run: () => startingOn(longChain, long + 1, join(folder, "long-node")),
    needs: madeLong,
    isOff: long === 0,
  },
];

const done = new Set<Part>();

async function take(part: Part): Promise<void> {
  if (done.has(part)) return;
  done.add(part);
  if (part.needs !== undefined) await take(part.needs);
  show(part.title, await part.run());
}

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
  for (const part of parts) if (part.isOff !== true && part.title.toLowerCase().includes(values.only.toLowerCase())) await take(part);
  if (values.json) console.log(JSON.stringify(all, null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
