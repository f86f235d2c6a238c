import { parseArgs } from "node:util";
import { BouncyCastle } from "./bouncycastle.js";
import { allGroups, type Group } from "./groups.js";

/**
 * Times the core beside other implementations, in one process and in turn. Rates are per second of CPU time, the best of some
 * rounds: whatever else a machine does only ever makes a rate worse. Only the ratios mean anything. With `BOUNCYCASTLE_JAR` set to a
 * bcprov.jar and Java installed, BouncyCastle takes part.
 */

const ROUNDS = 4;
const SECONDS = 0.08;
/** What runs fewer times a second is long enough to be measured once. */
const STEADY = 10;

interface Result {
  readonly name: string;
  readonly perSecond: number;
  /** How many times as fast ours is. */
  readonly ratio: number;
}

interface GroupResult {
  readonly name: string;
  readonly unit: string;
  readonly results: readonly Result[];
}

async function measure({ name, unit, entries }: Group): Promise<GroupResult> {
  const best = entries.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { rate }] of entries.entries()) {
      const known = best[i] ?? 0;
      if (round === 0 || known > STEADY) best[i] = Math.max(known, await rate(SECONDS));
    }
  }
  const rates = entries.map(({ perRun }, i) => perRun * (best[i] ?? 0));
  const [ours = 0] = rates;
  const results = entries.map(({ name }, i) => ({ name, perSecond: rates[i] ?? 0, ratio: ours / (rates[i] ?? 0) }));
  return { name, unit, results };
}

const rate = (value: number): string => value.toLocaleString("en", { maximumSignificantDigits: 3 });

function print({ name, unit, results }: GroupResult): void {
  console.log(`\n${name}: ${unit} per second`);
  for (const [i, { name, perSecond, ratio }] of results.entries()) {
    const compared = i === 0 ? "" : `   ours is ${ratio.toFixed(1)} x`;
    console.log(`  ${name.padEnd(42)}${rate(perSecond).padStart(12)}${compared}`);
  }
}

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const jar = process.env.BOUNCYCASTLE_JAR;
const java = jar === undefined ? null : new BouncyCastle(jar);
const measured: GroupResult[] = [];
for (const group of await allGroups(java)) {
  const result = await measure(group);
  measured.push(result);
  if (!values.json) print(result);
}
java?.close();
if (values.json) console.log(JSON.stringify(measured, null, 2));
