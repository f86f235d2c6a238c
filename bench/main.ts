import { parseArgs } from "node:util";
import { type Effort, type GroupTimings, measure } from "../host/cli/bench/measure.js";
import { reportOf, tableOf } from "../host/cli/bench/report.js";
import { BouncyCastle } from "./bouncycastle.js";
import { allGroups } from "./groups.js";

/**
 * Times the core beside other implementations, in one process and in turn. Rates are per second of CPU time, the best of some
 * rounds: whatever else a machine does only ever makes a rate worse. Only the ratios mean anything. With `BOUNCYCASTLE_JAR` set to a
 * bcprov.jar and Java installed, BouncyCastle takes part.
 */

const EFFORT: Effort = { roundMs: 80, rounds: 4 };

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const jar = process.env.BOUNCYCASTLE_JAR;
const java = jar === undefined ? null : new BouncyCastle(jar);
const measured: GroupTimings[] = [];
for (const group of await allGroups(java)) measured.push(await measure(group, EFFORT));
java?.close();
const report = reportOf(measured);
process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : tableOf(report));
