import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { areas } from "./conformance/registry.js";
import { findVectorFiles, runFile } from "./conformance/run.js";

/** Cases that need what is not built: a Maxima address of the node's own. */
const NOT_BUILT: Readonly<Record<string, readonly RegExp[]>> = { "rpc/session.json.gz": [/maxima action:info$/] };

describe("vectors", () => {
  for (const { path, label, checker } of findVectorFiles(fileURLToPath(new URL("vectors", import.meta.url)), areas)) {
    if (checker === undefined) test.skip(label, () => {});
    else
      test(label, async () => {
        const result = await runFile(path, checker);
        const notBuilt = NOT_BUILT[label] ?? [];
        expect(result.failures.filter(({ name }) => !notBuilt.some((what) => what.test(name)))).toEqual([]);
        expect(result.failed).toBe(notBuilt.length);
        expect(result.passed).toBeGreaterThan(0);
      });
  }
});
