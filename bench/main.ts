import { parseArgs } from "node:util";
import { allGroups } from "../host/cli/bench/groups.js";
import type { Contender, Effort } from "../host/cli/bench/measure.js";
import { tableOf } from "../host/cli/bench/report.js";
import { runBench } from "../host/cli/bench/run.js";
import { JavaProcess } from "./java.js";

/**
 * Times what `minimote bench` does, beside Java where it is installed: with `BOUNCYCASTLE_JAR` set to a bcprov.jar, BouncyCastle, and
 * with `MINIMA_JAR` or `MINIMA_CLASSPATH` set, the reference's own miner. Only the ratios mean much.
 */

const EFFORT: Effort = { roundMs: 80, rounds: 4 };
const WORKERS = [2, 1];

const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, only: { type: "string", default: "" } } });
const { BOUNCYCASTLE_JAR: jar, MINIMA_CLASSPATH: classpath = process.env.MINIMA_JAR } = process.env;
const bouncyCastle = jar === undefined ? undefined : JavaProcess.bouncyCastle(jar);
const reference = classpath === undefined ? undefined : JavaProcess.reference(classpath);
const miners: Contender[] = reference === undefined ? [] : [await reference.miner()];
const report = await runBench({
  effort: EFFORT,
  rivals: bouncyCastle === undefined ? [] : [bouncyCastle.rival],
  groups: (field) => allGroups(field, { miners, workers: WORKERS }),
  only: values.only,
  progress: () => {},
});
bouncyCastle?.close();
reference?.close();
process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : tableOf(report));
