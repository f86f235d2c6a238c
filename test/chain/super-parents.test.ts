import { describe, expect, test } from "vitest";
import { EMPTY_CASCADE, extendCascade } from "../../host/chain/cascade.js";
import { hasRightSuperParents } from "../../host/chain/super-parents.js";
import { type Bytes, ZERO_ID } from "../../host/protocol/bytes.js";
import { superLevel, type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import { EMPTY_HEADER, headerNode, mineHeader } from "./headers.js";

function mineAtLevel(isWanted: (level: number) => boolean, parent: TxPoW | null): TxPoW {
  for (let seed = 0; ; seed++) {
    const txpow = mineHeader({}, parent, seed);
    if (isWanted(superLevel(txpow))) return txpow;
  }
}

const high = mineAtLevel((level) => level >= 2, null);
const older = mineAtLevel((level) => level === 0, high);
const parent = mineAtLevel((level) => level === 0, older);
const reached = superLevel(high);

/** The super parents there should be, but for one level. */
function superparents(level?: number, wrong: Bytes = ZERO_ID): Bytes[] {
  const right = EMPTY_HEADER.superparents.map((_, i) => (i === 0 ? txpowId(parent) : i <= reached ? txpowId(high) : ZERO_ID));
  return right.map((id, i) => (i === level ? wrong : id));
}

const inTree = (ids: readonly Bytes[]): boolean => {
  const [first, second, third] = [headerNode(high), headerNode(older), headerNode(parent)];
  second.link(first);
  third.link(second);
  return hasRightSuperParents({ header: { ...EMPTY_HEADER, superparents: ids }, body: null }, third, EMPTY_CASCADE);
};

const inCascade = (ids: readonly Bytes[]): boolean =>
  hasRightSuperParents(
    { header: { ...EMPTY_HEADER, superparents: ids }, body: null },
    headerNode(parent),
    extendCascade(EMPTY_CASCADE, [high, older], 128),
  );

describe.each([
  ["the tree", inTree],
  ["the cascade", inCascade],
])("super parents in %s (spec 06 §7)", (_, isRight) => {
  test("are the newest ancestors of their level", () => {
    expect(isRight(superparents())).toBe(true);
  });

  test.each([0, 1, reached])("level %i is no older ancestor, nobody else, and not left out", (level) => {
    expect(isRight(superparents(level, txpowId(level === 0 ? older : parent)))).toBe(false);
    expect(isRight(superparents(level, new Uint8Array(32).fill(1)))).toBe(false);
    expect(isRight(superparents(level, ZERO_ID))).toBe(false);
  });

  test("of the levels that nobody reaches only the first is looked at", () => {
    expect(isRight(superparents(reached + 1, txpowId(high)))).toBe(false);
    expect(isRight(superparents(reached + 2, txpowId(high)))).toBe(true);
  });
});
