import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readContext } from "../../host/cli/script/context.js";
import { Json } from "../../host/cli/script/json.js";
import { runScript, textOf } from "../../host/kissvm/index.js";
import { COMMANDS, FUNCTION_NAMES } from "../../host/kissvm/words.js";
import { outcome } from "./helpers.js";

interface Example {
  readonly code: string;
  readonly expected: string;
  readonly context: unknown;
}

/** The lines with `-->` in the blocks marked `kissvm`. */
function examplesOf(page: string): Example[] {
  return Array.from(page.matchAll(/^```kissvm\n([\s\S]*?)^```$/gm), ([, block = ""]) => examplesOfBlock(block)).flat();
}

function examplesOfBlock(block: string): Example[] {
  const lines = block.split("\n").filter((line) => line !== "");
  const context: unknown = lines[0]?.startsWith("context ") ? JSON.parse(lines[0].slice("context ".length)) : {};
  return lines
    .filter((line) => !line.startsWith("context "))
    .map((line) => {
      const [code, expected] = line.split(" --> ");
      if (code === undefined || expected === undefined) throw new Error(`no example: ${line}`);
      return { code: code.trim(), expected, context };
    });
}

const commands: ReadonlySet<string> = new Set([...COMMANDS, "return"]);
const isScript = (code: string): boolean => commands.has(code.split(" ")[0] ?? "");

function result({ code, context }: Example): string {
  const script = isScript(code) ? code : `LET x=${code}`;
  const run = runScript(script, readContext(new Json(context, "context"), script));
  const value = run.variables.get("x");
  if (isScript(code) || run.error !== null || value === undefined) return outcome(run);
  return textOf(value);
}

const examples = examplesOf(readFileSync(fileURLToPath(new URL("../../docs/kissvm.md", import.meta.url)), "utf8"));

describe("docs/kissvm.md", () => {
  test.each(examples)("$code --> $expected", (example) => expect(result(example)).toBe(example.expected));

  test("has an example of every function", () => {
    const missing = FUNCTION_NAMES.filter((name) => !examples.some(({ code }) => new RegExp(`\\b${name}\\(`).test(code)));
    expect(missing).toEqual([]);
  });
});
