import { expect, test } from "vitest";
import { EMPTY_CASCADE } from "../../host/chain/cascade.js";
import { nextMagic } from "../../host/chain/magic.js";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { brokenHeaderRule } from "../../host/chain/validation/header-check.js";
import { ZERO_ID } from "../../host/protocol/bytes.js";
import type { Magic, MagicValues } from "../../host/protocol/magic.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { sampleBody } from "../protocol/samples.js";
import { EMPTY_HEADER, headerNode, mineHeader } from "./headers.js";

/** A block that lists one TxPoW, on a parent with these limits, which it keeps. */
function brokenByChild(changes: Partial<MagicValues>): string | undefined {
  const values = { ...EMPTY_HEADER.magic.current, ...changes };
  const magic: Magic = { current: values, desired: values };
  const parent = mineHeader({ magic }, null);
  const { header } = mineHeader({ magic: nextMagic(magic, values) }, parent);
  const block = { header, body: sampleBody({ txnlist: [ZERO_ID] }) };
  return brokenHeaderRule(block, headerNode(parent), EMPTY_CASCADE, TEST_PARAMS, false);
}

test("a block may list as many TxPoWs as the low 32 bits of the limit say", () => {
  expect(brokenByChild({})).toBeUndefined();
  expect(brokenByChild({ maxTransactions: MiniNumber.of(2n ** 31n) })).toBe("list-length");
  expect(brokenByChild({ maxTransactions: MiniNumber.of(2n ** 32n) })).toBe("list-length");
  expect(brokenByChild({ maxTransactions: MiniNumber.of(2n ** 32n + 1n) })).toBeUndefined();
});
