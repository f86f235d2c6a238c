import { checkArrival } from "../../../host/chain/arrival.js";
import { idKey, listedKeys, txpowKey } from "../../../host/chain/id-key.js";
import { runSteps } from "../../../host/chain/steps.js";
import type { TreeNode } from "../../../host/chain/tree-node.js";
import type { Rule } from "../../../host/chain/types.js";
import { brokenBasicRule } from "../../../host/chain/validation/basic-check.js";
import { checkBlockContent } from "../../../host/chain/validation/block-check.js";
import { brokenHeaderRule } from "../../../host/chain/validation/header-check.js";
import { brokenRule } from "../../../host/chain/validation/rules.js";
import { ScriptBudget } from "../../../host/chain/validation/script-budget.js";
import { ScriptChecker } from "../../../host/chain/validation/script-check.js";
import { hasValidSignatures } from "../../../host/chain/validation/signature-check.js";
import { hasValidProofs } from "../../../host/chain/validation/txpow-check.js";
import { MAX_CHECK_WORK } from "../../../host/kissvm/index.js";
import { compareUnsigned, parseHex, toHex0x } from "../../../host/protocol/bytes.js";
import { isBlock, type TxPoW, txpowId } from "../../../host/protocol/txpow.js";
import type { Case } from "../area.js";
import { same } from "../checks.js";
import { type ChainFile, decodeTxPoW, RecordedChain } from "../recorded-chain.js";

type Verdict = boolean | "error";

interface ListedExtra {
  readonly txpowid: string;
  readonly hex: string;
  readonly basic: Verdict;
  readonly basic_rule: string;
  readonly signatures: Verdict;
  readonly works: boolean;
  readonly arrival: string;
}

interface InvalidRow {
  readonly name: string;
  readonly after_event: string;
  readonly parent: string;
  readonly hex: string;
  readonly txpowid: string;
  readonly isblock: boolean;
  readonly listed_extra: readonly ListedExtra[];
  readonly basic: Verdict;
  readonly basic_rule: string;
  readonly signatures: Verdict;
  readonly scripts: Verdict;
  readonly scripts_rule: string;
  readonly mmr: Verdict;
  readonly block: Verdict;
  readonly block_rule: string;
  readonly arrival: string;
}

interface InvalidFile {
  readonly chain: string;
  readonly cases: readonly InvalidRow[];
}

/** The recorded form of a broken rule: the verdict, and the rule's name or nothing. */
function outcome(rule: Rule | undefined): { readonly verdict: Verdict; readonly rule: string } {
  return { verdict: rule === undefined ? true : rule === "exception" ? "error" : false, rule: rule ?? "" };
}

function statelessFacts(txpow: TxPoW): Pick<InvalidRow, "basic" | "basic_rule" | "signatures"> {
  const basic = outcome(brokenRule(() => brokenBasicRule(txpow)));
  const signatures = outcome(brokenRule(() => (hasValidSignatures(txpow) ? undefined : "signature")));
  return { basic: basic.verdict, basic_rule: basic.rule, signatures: signatures.verdict };
}

function brokenBlockRule(block: TxPoW, parent: TreeNode, known: ReadonlyMap<string, TxPoW>, recorded: RecordedChain): Rule | undefined {
  const { cascade, params } = recorded.chain;
  const header = brokenRule(() => brokenHeaderRule(block, parent, cascade, params));
  if (header !== undefined) return header;
  const listed = listedKeys(block).flatMap((key) => known.get(key) ?? recorded.chain.get(key) ?? []);
  if (listed.length < listedKeys(block).length) return "listed-missing";
  const { result } = runSteps(checkBlockContent(block, parent, listed, new ScriptChecker(), new ScriptBudget(MAX_CHECK_WORK)));
  return "rule" in result ? result.rule : undefined;
}

/** The verdicts on a case while the chain is where the case wants it. */
function factsOf(
  row: InvalidRow,
  recorded: RecordedChain,
): Omit<InvalidRow, "arrival" | "listed_extra" | "name" | "after_event" | "parent" | "hex"> {
  const txpow = decodeTxPoW(row.hex);
  const extra = row.listed_extra.map(({ hex }) => decodeTxPoW(hex));
  const parent = recorded.tree.get(idKey(parseHex(row.parent)));
  if (parent === undefined) throw new Error(`${row.parent} is not in the tree`);
  const scripts = outcome(runSteps(new ScriptChecker().check(txpow, parent.txpow, new ScriptBudget(MAX_CHECK_WORK))).result.rule);
  const block = brokenBlockRule(txpow, parent, new Map(extra.map((listed) => [txpowKey(listed), listed])), recorded);
  return {
    txpowid: toHex0x(txpowId(txpow)),
    isblock: isBlock(txpow),
    ...statelessFacts(txpow),
    scripts: scripts.verdict,
    scripts_rule: scripts.rule,
    mmr: outcome(brokenRule(() => (runSteps(hasValidProofs(txpow, parent.mmr)).result ? undefined : "mmr-proof"))).verdict,
    block: block === undefined,
    block_rule: block ?? "",
  };
}

/** What becomes of a TxPoW that arrives now. The chain stays as it is. */
function arrivalOf(txpow: TxPoW, recorded: RecordedChain): string {
  const { chain, tree } = recorded;
  if (chain.knows(txpowKey(txpow))) return "known";
  const context = {
    tip: tree.tip,
    root: tree.root,
    pool: chain.pool,
    now: 0,
    fullBelow: undefined,
    scripts: new ScriptChecker(),
    hasValidSignatures,
  };
  return runSteps(checkArrival(txpow, context)).result.fate === "keep" ? "stored" : "dropped";
}

function worksOf(txpow: TxPoW): boolean {
  return txpow.body !== null && compareUnsigned(txpowId(txpow), txpow.body.txndiff) < 0;
}

export function* invalidCases(data: unknown, _text: string, sibling: (name: string) => unknown): Iterable<Case> {
  const { chain, cases } = data as InvalidFile;
  const file = sibling(chain) as ChainFile;
  const recorded = new RecordedChain(file);
  recorded.begin(decodeTxPoW(file.genesis));
  const atEvent = (event: string): Iterable<Case> =>
    cases.filter(({ after_event }) => after_event === event).map((row) => checkersCase(row, recorded));
  for (const { event, hex } of file.events) {
    recorded.receive(decodeTxPoW(hex));
    yield* atEvent(event);
  }
  for (const row of cases)
    yield {
      name: `${row.name} (${row.txpowid}): arrival`,
      run() {
        same(arrivalOf(decodeTxPoW(row.hex), recorded), row.arrival, "arrival");
        for (const extra of row.listed_extra) same(arrivalOf(decodeTxPoW(extra.hex), recorded), extra.arrival, "arrival of a listed one");
      },
    };
}

function checkersCase(row: InvalidRow, recorded: RecordedChain): Case {
  return {
    name: `${row.name} (${row.txpowid})`,
    run() {
      const facts = factsOf(row, recorded);
      const { name: _, after_event: __, parent: ___, hex: ____, listed_extra, arrival: _____, ...expected } = row;
      same(facts, expected, "checkers");
      for (const extra of listed_extra) {
        const txpow = decodeTxPoW(extra.hex);
        const { hex: _hex, arrival: _arrival, ...expectedExtra } = extra;
        same({ txpowid: toHex0x(txpowId(txpow)), ...statelessFacts(txpow), works: worksOf(txpow) }, expectedExtra, "listed");
      }
    },
  };
}
