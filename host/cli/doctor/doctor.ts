import { execFile } from "node:child_process";
import { checkDatabases, checkDisk, checkFolder } from "./files.js";
import type { Check, Finding, Patient } from "./finding.js";
import { checkBoard, checkClock, checkCore, checkMemory, checkRuntime } from "./machine.js";
import { checkNode } from "./network.js";

const CHECKS: readonly Check[] = [
  checkRuntime,
  checkCore,
  checkMemory,
  checkBoard,
  checkClock,
  checkFolder,
  checkDisk,
  checkDatabases,
  checkNode,
];
const RUN_TIMEOUT_MS = 5000;

/** Checks the machine, the data folder and the node, one after the other. */
export async function examine(patient: Patient, found: (finding: Finding) => void): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS)
    for (const finding of await check(patient)) {
      findings.push(finding);
      found(finding);
    }
  return findings;
}

const MARKS = { ok: "ok  ", warn: "WARN", fail: "FAIL" } as const;
const NAME_WIDTH = 12;

/** A finding for people; what to do about it on a line of its own. */
export function findingLines({ check, level, text, fix }: Finding): string[] {
  const line = `${MARKS[level]}  ${check.padEnd(NAME_WIDTH)}  ${text}`;
  return fix === undefined ? [line] : [line, `${" ".repeat(NAME_WIDTH + 8)}-> ${fix}`];
}

/** Runs a program of the system for its output. */
export function runProgram(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: RUN_TIMEOUT_MS }, (error, output) => resolve(error === null ? output : undefined));
  });
}
