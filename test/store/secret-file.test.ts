import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeSecretFile } from "../../host/store/secret-file.js";

let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secret-file-"));
  file = join(folder, "secret");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.skipIf(process.platform === "win32")("what others could read before is the owner's only", () => {
  for (const left of [file, `${file}.new`]) {
    writeFileSync(left, "much longer than what comes");
    chmodSync(left, 0o666);
  }
  writeSecretFile(file, "secret");
  expect(readFileSync(file, "utf8")).toBe("secret");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["secret"]);
});

test("the old file is replaced, never written over", () => {
  writeFileSync(file, "old");
  const before = statSync(file).ino;
  writeSecretFile(file, "new");
  expect(statSync(file).ino).not.toBe(before);
});

test("nothing is left beside a place that cannot be written", () => {
  mkdirSync(join(file, "inner"), { recursive: true });
  expect(() => writeSecretFile(file, "secret")).toThrow();
  expect(readdirSync(folder)).toEqual(["secret"]);
});
