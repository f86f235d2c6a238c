import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import type { Checker } from "./conformance/area.js";
import { findVectorFiles, runFile } from "./conformance/run.js";

const root = mkdtempSync(join(tmpdir(), "vectors-"));
afterAll(() => rmSync(root, { recursive: true }));

function put(path: string, content: string | Uint8Array): string {
  const full = join(root, path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, content);
  return full;
}

/** One case for each number: even ones pass. */
const even: Checker = function* (data) {
  for (const n of data as number[])
    yield {
      name: `${n}`,
      run: () => {
        if (n % 2 !== 0) throw new Error("odd");
      },
    };
};

test("finds files by the closest area folder, at any depth", () => {
  put("deep/a/x.json", "[]");
  put("deep/a/sub/run-7.json.gz", gzipSync("[]"));
  put("deep/a/b/x.jsonl", "");
  put("deep/a/unknown.json", "[]");
  put("deep/a/README.md", "");
  put("other/x.json", "[]");
  const areas = { a: { x: even, "run-*": even }, "a/b": { x: even } };
  const found = (directory: string): string[] =>
    findVectorFiles(join(root, directory), areas).map((f) => `${f.checker === undefined ? "skip" : "run"} ${f.label.replace(root, "")}`);
  expect(found("deep")).toEqual(["run a/b/x.jsonl", "run a/run-7.json.gz", "skip a/unknown.json", "run a/x.json"]);
  expect(found("deep/a/b")).toEqual(["run a/b/x.jsonl"]);
  expect(found("other")).toEqual(["skip /other/x.json"]);
});

test("counts cases and keeps the first failures", async () => {
  const path = put("a/x.jsonl", "1\n2\n\n3\n5\n7\n8\n");
  const result = await runFile(path, even);
  expect([result.passed, result.failed]).toEqual([2, 4]);
  expect(result.failures).toEqual(["1", "3", "5"].map((name) => ({ name, message: "odd" })));
});

test("a file that cannot be read is one failure", async () => {
  for (const content of ["[1", "{}"]) {
    const result = await runFile(put("a/broken.json", content), even);
    expect([result.passed, result.failed, result.failures[0]?.name]).toEqual([0, 1, "(file)"]);
  }
});
