import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { areas } from "./conformance/registry.js";
import { findVectorFiles, runFile } from "./conformance/run.js";

describe("vectors", () => {
  for (const { path, label, checker } of findVectorFiles(fileURLToPath(new URL("vectors", import.meta.url)), areas)) {
    test(label, async () => {
      if (checker === undefined) return expect.fail("nothing checks this file");
      const result = await runFile(path, checker);
      expect(result.failures).toEqual([]);
      expect(result.passed).toBeGreaterThan(0);
    });
  }
});
