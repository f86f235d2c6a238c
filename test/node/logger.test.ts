import { expect, test } from "vitest";
import { createLogger } from "../../host/node/logger.js";

function logged(format: "human" | "json", fields: Record<string, string | number | undefined>): string {
  const lines: string[] = [];
  createLogger({ level: "info", format, write: (line) => lines.push(line), now: () => 0 }).warn("something happened", fields);
  expect(lines).toHaveLength(1);
  return lines.join();
}

test("a readable line has the time, the level, the event and its fields", () => {
  expect(logged("human", { peer: "10.0.0.1:9001", blocks: 3, reason: undefined })).toBe(
    "00:00:00 WARN something happened  peer=10.0.0.1:9001 blocks=3",
  );
  expect(logged("json", { blocks: 3 })).toBe('{"time":"1970-01-01T00:00:00.000Z","level":"warn","event":"something happened","blocks":3}');
});

test.each([
  ["a new line", "a\nERROR b"],
  ["a terminal's escape", "\u001B[2J"],
  ["a C1 control character", "\u009B2J"],
  ["a line separator", "a\u2028b"],
  ["text written from right to left", "a\u202Eb"],
  ["another field", "x peer=y"],
])("a value cannot be mistaken for something else: %s", (_, text) => {
  for (const format of ["human", "json"] as const) {
    const line = logged(format, { text });
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(line).toContain('"');
  }
});

test("what is below the level is not written", () => {
  const lines: string[] = [];
  const log = createLogger({ level: "warn", format: "human", write: (line) => lines.push(line), now: () => 0 });
  log.debug("a");
  log.info("b");
  log.error("c");
  expect(lines).toEqual(["00:00:00 ERROR c"]);
});
