import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Area, Case, Checker } from "./area.js";

type Areas = Readonly<Record<string, Area>>;

/** A vector file and who checks it. */
export interface VectorFile {
  readonly path: string;
  /** `area/file`, or the path where the folder is of no known area. */
  readonly label: string;
  /** Absent when nobody checks this file. */
  readonly checker: Checker | undefined;
}

export interface Failure {
  readonly name: string;
  readonly message: string;
}

export interface FileResult {
  readonly passed: number;
  readonly failed: number;
  /** The first failures only. */
  readonly failures: readonly Failure[];
}

const VECTOR_FILE = /^(.+?)\.(json|jsonl|json\.gz|jsonl\.gz)$/;
const FAILURES_KEPT = 3;

/** All vector files below a directory, sorted. The area is that of the closest folder whose path ends in an area's name. */
export function findVectorFiles(directory: string, areas: Areas): VectorFile[] {
  return walk(resolve(directory), undefined, areas);
}

function walk(directory: string, inherited: string | undefined, areas: Areas): VectorFile[] {
  const area = areaOf(directory, areas) ?? inherited;
  return readdirSync(directory)
    .sort()
    .flatMap((entry) => {
      const path = join(directory, entry);
      if (statSync(path).isDirectory()) return walk(path, area, areas);
      const stem = VECTOR_FILE.exec(entry)?.[1];
      if (stem === undefined) return [];
      const checker = area === undefined ? undefined : checkerFor(areas[area] ?? {}, stem);
      return [{ path, label: area === undefined ? path : `${area}/${basename(path)}`, checker }];
    });
}

function areaOf(directory: string, areas: Areas): string | undefined {
  const path = directory.split(sep).join("/");
  const names = Object.keys(areas).filter((name) => path === name || path.endsWith(`/${name}`));
  return names.sort((a, b) => b.length - a.length)[0];
}

function checkerFor(area: Area, stem: string): Checker | undefined {
  if (Object.hasOwn(area, stem)) return area[stem];
  const pattern = Object.keys(area).find((name) => {
    const [head, tail] = name.split("*");
    return (
      head !== undefined && tail !== undefined && stem.length >= head.length + tail.length && stem.startsWith(head) && stem.endsWith(tail)
    );
  });
  return pattern === undefined ? undefined : area[pattern];
}

function readText(path: string): string {
  const raw = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(raw) : raw).toString("utf8");
}

function parse(path: string, text: string): unknown {
  if (!/\.jsonl(\.gz)?$/.test(path)) return JSON.parse(text);
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as unknown);
}

function readSibling(path: string, name: string): unknown {
  const stem = join(dirname(path), name.replace(/\.gz$/, ""));
  const found = [`${stem}.gz`, stem].find((candidate) => existsSync(candidate));
  if (found === undefined) throw new Error(`${name} is not beside ${basename(path)}`);
  return parse(found, readText(found));
}

/** Runs every case of a file. Never throws: a file that cannot be read or understood is one failed case. */
export async function runFile(path: string, checker: Checker): Promise<FileResult> {
  let passed = 0;
  let failed = 0;
  const failures: Failure[] = [];
  const fail = (name: string, error: unknown): void => {
    failed++;
    if (failures.length < FAILURES_KEPT) failures.push({ name, message: error instanceof Error ? error.message : String(error) });
  };
  try {
    const text = readText(path);
    for (const item of checker(parse(path, text), text, (name) => readSibling(path, name))) {
      const error = await attempt(item);
      if (error === undefined) passed++;
      else fail(item.name, error.thrown);
    }
  } catch (error) {
    fail("(file)", error);
  }
  return { passed, failed, failures };
}

async function attempt(item: Case): Promise<{ thrown: unknown } | undefined> {
  try {
    await item.run();
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}
