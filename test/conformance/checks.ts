import { deepStrictEqual } from "node:assert/strict";
import { ProtocolError } from "../../host/protocol/errors.js";
import type { Case } from "./area.js";

/** Throws unless both are deeply equal. */
export function same(actual: unknown, expected: unknown, what = "value"): void {
  try {
    deepStrictEqual(actual, expected);
  } catch {
    throw new Error(`${what}: got ${show(actual)}, expected ${show(expected)}`);
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? `${item}n` : item)) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}

/** Throws unless `action` is refused with a ProtocolError. */
export function refused(action: () => unknown, why: string): void {
  let value: unknown;
  try {
    value = action();
  } catch (error) {
    if (error instanceof ProtocolError) return;
    throw error;
  }
  throw new Error(`got ${show(value)}, expected a refusal (${why})`);
}

/** Cases made from a list in a vector file. */
export function* each<T>(name: string, items: readonly T[], run: (item: T) => void | Promise<void>): Iterable<Case> {
  for (const [i, item] of items.entries()) yield { name: `${name}[${i}]`, run: () => run(item) };
}
