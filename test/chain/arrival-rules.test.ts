import { describe, expect, test } from "vitest";
import { type ArrivalCheck, type ArrivalContext, checkArrival } from "../../host/chain/arrival.js";
import { TxPoWPool } from "../../host/chain/pool.js";
import { runSteps } from "../../host/chain/steps.js";
import type { TreeNode } from "../../host/chain/tree-node.js";
import { ScriptChecker } from "../../host/chain/validation/script-check.js";
import { stateStoreSize } from "../../host/chain/validation/state-size.js";
import type { ScriptVerdict } from "../../host/kissvm/index.js";
import { fromUnsigned, MAX_HASH, toUnsigned } from "../../host/protocol/bytes.js";
import type { MagicValues } from "../../host/protocol/magic.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { stateVariableFromText } from "../../host/protocol/state-variable.js";
import { EMPTY_TRANSACTION } from "../../host/protocol/transaction.js";
import type { TxHeader } from "../../host/protocol/txheader.js";
import { sizeWithoutBlockTransactions, type TxPoW } from "../../host/protocol/txpow.js";
import { EMPTY_WITNESS } from "../../host/protocol/witness.js";
import { sampleBody, sampleCoin, sampleOutput, sampleTxPoW } from "../protocol/samples.js";
import { EMPTY_HEADER, headerNode } from "./headers.js";

const NOW = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

const headed = (changes: Partial<TxHeader>): TreeNode => headerNode({ header: { ...EMPTY_HEADER, ...changes }, body: null });

/** A tip in whose block these limits hold. */
function limiting(changes: Partial<MagicValues>): TreeNode {
  const current = { ...EMPTY_HEADER.magic.current, maxTxPoWSize: MiniNumber.of(1_000_000), ...changes };
  return headed({ magic: { current, desired: current } });
}

function judged(txpow: TxPoW, changes: Partial<ArrivalContext> = {}): ArrivalCheck {
  const tip = limiting({});
  const pool = new TxPoWPool({ now: () => NOW, maxBytes: 1e6 });
  const passed = { valid: true, failure: null, monotonic: true, work: 0 };
  const context = { tip, root: tip, pool, now: NOW, fullBelow: undefined, scripts: saying(passed), hasValidSignatures: () => true };
  return runSteps(checkArrival(txpow, { ...context, ...changes })).result;
}

/** Runs no script, but gives this verdict. */
function saying(verdict: ScriptVerdict | undefined): ScriptChecker {
  return new ScriptChecker(function* () {
    yield [];
    return verdict;
  });
}

const kept = (refused?: string): ArrivalCheck => ({ fate: "keep", refused });
const dropped = (rule: string, disconnect = false): ArrivalCheck => ({ fate: "drop", rule, disconnect });

const block = (changes: Partial<TxHeader> = {}): TxPoW =>
  sampleTxPoW(sampleBody({ transaction: EMPTY_TRANSACTION, witness: EMPTY_WITNESS }), changes);
/** Its proof leads nowhere, which is found last. */
const spend = sampleTxPoW();
const UNPROVEN = kept("mmr-proof");

/** Two outputs keep a state of this text each. */
function keeping(text: string): TxPoW {
  const output = sampleOutput({ amount: MiniNumber.ONE });
  const state = [stateVariableFromText(0, `[${text}]`)];
  return sampleTxPoW(sampleBody({ transaction: { ...EMPTY_TRANSACTION, inputs: [sampleCoin()], outputs: [output, output], state } }));
}

describe("what comes in (spec 06b §3, §4)", () => {
  test("is told to others when nothing speaks against it", () => {
    expect(judged(block())).toEqual(kept());
  });

  test("is dropped with its sender for a signature that does not hold", () => {
    expect(judged(spend, { hasValidSignatures: () => false })).toEqual(dropped("signature", true));
  });

  test("is dropped with its sender for more state than a block may store", () => {
    const txpow = keeping("x".repeat(200));
    const limit = (bytes: number): Partial<ArrivalContext> => ({ tip: limiting({ maxTxPoWSize: MiniNumber.of(bytes) }) });
    expect(judged(txpow, limit(stateStoreSize(txpow) - 1))).toEqual(dropped("state-store", true));
    expect(judged(txpow, limit(stateStoreSize(txpow)))).toEqual(kept("size"));
  });

  test("is dropped with a target of zero", () => {
    expect(judged(block({ blkdiff: new Uint8Array(32) }))).toEqual(dropped("exception"));
  });

  test("is kept back when its target is more than a hundred times easier than the tip's", () => {
    const hundredth = toUnsigned(MAX_HASH) / 100n;
    expect(judged(block(), { tip: headed({ blkdiff: fromUnsigned(hundredth) }) })).toEqual(kept("weak-target"));
    expect(judged(block({ blkdiff: fromUnsigned(hundredth * 100n) }), { tip: headed({ blkdiff: fromUnsigned(hundredth) }) })).toEqual(
      kept(),
    );
  });

  test("is kept back below the root", () => {
    expect(judged(block(), { root: headed({ block: MiniNumber.of(11) }) })).toEqual(kept("below-root"));
    expect(judged(block(), { root: headed({ block: MiniNumber.of(10) }) })).toEqual(kept());
  });

  test("is kept back with many outputs, and with much state", () => {
    const paying = (count: number): TxPoW => {
      const outputs = Array.from({ length: count }, () => sampleOutput({ amount: MiniNumber.parse("0.1") }));
      return sampleTxPoW(sampleBody({ transaction: { ...EMPTY_TRANSACTION, inputs: [sampleCoin()], outputs } }));
    };
    expect(judged(paying(15))).toEqual(UNPROVEN);
    expect(judged(paying(16))).toEqual(kept("policy"));
    const frame = stateStoreSize(keeping("x")) - 2;
    expect(judged(keeping("x".repeat((65_536 - frame) / 2)))).toEqual(UNPROVEN);
    expect(judged(keeping("x".repeat((65_536 - frame) / 2 + 1)))).toEqual(kept("policy"));
  });

  test.each<[string, Partial<ScriptVerdict> | undefined, ArrivalCheck]>([
    ["that fails whatever the block", { failure: { kind: "coin", input: 0, reason: "" }, monotonic: true }, dropped("script")],
    ["that fails in this block", { failure: { kind: "coin", input: 0, reason: "" }, monotonic: false }, kept("script")],
    ["of a token that fails in this block", { failure: { kind: "token", input: 0, reason: "" }, monotonic: false }, kept("script")],
    ["that cannot be set up", { failure: { kind: "setup", input: 0, reason: "" }, monotonic: false }, dropped("exception")],
    ["that costs too much", undefined, kept("script")],
  ])("has a script %s", (_, verdict, check) => {
    const scripts = saying(verdict === undefined ? undefined : { valid: false, failure: null, monotonic: true, work: 0, ...verdict });
    expect(judged(spend, { scripts })).toEqual(check);
  });

  test("is kept back when it comes from the future", () => {
    const now = NOW - 2 * HOUR_MS;
    expect(judged(block(), { now })).toEqual(kept());
    expect(judged(block(), { now: now - 1 })).toEqual(kept("future"));
  });

  test("is kept back when it is too long", () => {
    const size = sizeWithoutBlockTransactions(block());
    expect(judged(block(), { tip: limiting({ maxTxPoWSize: MiniNumber.of(size) }) })).toEqual(kept());
    expect(judged(block(), { tip: limiting({ maxTxPoWSize: MiniNumber.of(size - 1) }) })).toEqual(kept("size"));
  });

  test("is kept back when it burns no more than those in a full mempool", () => {
    expect(judged(block(), { fullBelow: MiniNumber.ZERO })).toEqual(kept("mempool-full"));
  });
});
