import { expect, test } from "vitest";
import { textOf } from "../../host/cli/show/value.js";
import { printable } from "../../host/net/log.js";
import { createLogger } from "../../host/node/logger.js";
import { hasUnprintable, replaceUnprintable } from "../../host/protocol/text.js";

const DECEPTIVE = [
  "\u0000",
  "\u001B",
  "\r",
  "\u007F",
  "\u009B",
  "\u00AD",
  "\u200B",
  "\u200F",
  "\u2028",
  "\u2029",
  "\u202E",
  "\u2066",
  "\uFEFF",
  "\uD800",
];

test.each(DECEPTIVE.map((character) => [character.charCodeAt(0).toString(16), character] as const))("%s is never shown", (_, character) => {
  const text = `a${character}b`;
  expect(hasUnprintable(text)).toBe(true);
  expect(replaceUnprintable(text, () => "")).toBe("ab");
  expect(printable(text)).toBe("a?b");
  expect(textOf(text)).toBe("a\uFFFDb");
  for (const format of ["human", "json"] as const) {
    let line = "";
    createLogger({ level: "info", format, write: (written) => (line = written), now: () => 0 }).info("event", { text });
    expect(line).not.toContain(character);
  }
});

test("words in any script, emoji and what joins them stay", () => {
  const text = "gold, złoto, золото, 黄金, می‌خواهم, 👩‍👧";
  expect(hasUnprintable(text)).toBe(false);
  expect(printable(text)).toBe(text);
  expect(textOf(`${text}\nmore`)).toBe(`${text}\nmore`);
});
