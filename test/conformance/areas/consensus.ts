import { EMPTY_CASCADE, extendCascade } from "../../../host/chain/cascade.js";
import { isRelevantCoin, unspentCoins } from "../../../host/chain/coins.js";
import { chainWeight } from "../../../host/chain/compare.js";
import { nextTarget } from "../../../host/chain/difficulty.js";
import { txpowKey } from "../../../host/chain/id-key.js";
import type { NetworkParams } from "../../../host/chain/params.js";
import { timeRange } from "../../../host/chain/time.js";
import type { BlockTree } from "../../../host/chain/tree.js";
import type { TreeNode } from "../../../host/chain/tree-node.js";
import type { Effect } from "../../../host/chain/types.js";
import { cascadeWeight, type Weight, weightText } from "../../../host/chain/weight.js";
import { parseHex, toHex0x } from "../../../host/protocol/bytes.js";
import { type CascadeNode, writeCascadeNodes } from "../../../host/protocol/cascade.js";
import { writeCoin } from "../../../host/protocol/coin.js";
import { entryNumberText } from "../../../host/protocol/entry-number.js";
import { writeMMREntry, writeMMRProof } from "../../../host/protocol/mmr-objects.js";
import { decode } from "../../../host/protocol/reader.js";
import { readTxBlock, writeTxBlock } from "../../../host/protocol/txblock.js";
import {
  carriesTransaction,
  isBlock,
  parentId,
  superLevel,
  type TxPoW,
  txpowBurn,
  txpowId,
  txpowSize,
} from "../../../host/protocol/txpow.js";
import type { Area, Case } from "../area.js";
import { same } from "../checks.js";
import { NoRetryModel } from "../no-retry-model.js";
import {
  type BlockRow,
  type ChainFile,
  decodeTxPoW,
  type EventRow,
  plainDecimal,
  RecordedChain,
  type StateRow,
  wireHex,
} from "../recorded-chain.js";
import { invalidCases } from "./consensus-invalid.js";
import { syncCases } from "./consensus-sync.js";

const weighed = (weight: Weight): string => plainDecimal(weightText(weight));

/** What is known of a block right when it enters the tree. */
function blockRow(node: TreeNode): BlockRow {
  const { header, body } = node.txpow;
  return {
    block: header.block.toString(),
    txpowid: toHex0x(txpowId(node.txpow)),
    parent: toHex0x(header.superparents[0] ?? new Uint8Array()),
    mmr: toHex0x(header.mmr),
    total: header.total.toString(),
    timemilli: header.time.toString(),
    blkdiff: toHex0x(header.blkdiff),
    nextblkdiff: "",
    mediantime: "",
    weight: weighed(node.weight),
    superlevel: String(node.superLevel),
    txnlist: (body?.txnlist ?? []).map(toHex0x),
    nextentry: node.mmr.next.toString(),
    peaks: String(node.mmr.peaks().length),
    txblock: wireHex(writeTxBlock, node.txblock),
  };
}

function* chainCases(data: unknown): Iterable<Case> {
  const file = data as ChainFile;
  const recorded = new RecordedChain(file);
  const blocks = new Map<string, BlockRow>();
  const note = (effects: readonly Effect[]): void => {
    for (const effect of effects) {
      if (effect.type !== "block-added") continue;
      const { params } = recorded.chain;
      const row = blockRow(effect.node);
      const nextblkdiff = toHex0x(nextTarget(effect.node, params));
      blocks.set(row.txpowid, { ...row, nextblkdiff, mediantime: timeRange(effect.node, params).earliest.toString() });
    }
  };
  const genesis = decodeTxPoW(file.genesis);
  const model = new NoRetryModel(
    file.blocks.map(({ txpowid }) => txpowid.slice(2)),
    genesis,
  );
  note(recorded.begin(genesis));
  const atStart = recorded.state();
  yield { name: "genesis", run: () => same(atStart, file.genesisstate, "state") };
  let everAhead = false;
  for (const event of file.events) {
    const txpow = decodeTxPoW(event.hex);
    note(recorded.receive(txpow).effects);
    model.receive(txpow);
    const ahead = isAhead(blocks, model);
    everAhead ||= ahead;
    yield eventCase(event, txpow, recorded, ahead ? "nothing" : everAhead ? "tips" : "all");
  }
  for (const row of file.blocks)
    yield {
      name: `block ${row.block} ${row.txpowid}`,
      run: () => same(blocks.get(row.txpowid), { ...row, weight: plainDecimal(row.weight) }),
    };
  yield { name: "number of blocks", run: () => same(blocks.size, file.blocks.length) };
  yield* finalCases(file, recorded, everAhead);
}

/** Whether we have blocks that a node does not have yet that never retries by itself; then states cannot be compared. */
function isAhead(blocks: ReadonlyMap<string, unknown>, model: NoRetryModel): boolean {
  const ours = new Set(Array.from(blocks.keys(), (id) => id.slice(2)));
  return ours.size > model.size && model.isWithin(ours);
}

/** How far states can be compared: not while we are ahead, and roots only as long as we never were (see the README of the vectors). */
type Comparable = "all" | "tips" | "nothing";

function eventCase(event: EventRow, txpow: TxPoW, recorded: RecordedChain, comparable: Comparable): Case {
  const key = txpowKey(txpow);
  const stored = recorded.chain.get(key) !== undefined;
  const after = recorded.state();
  const intree = recorded.tree.get(key) !== undefined;
  return {
    name: `event ${event.event}: ${event.note}`,
    run() {
      same(
        {
          txpowid: toHex0x(txpowId(txpow)),
          isblock: isBlock(txpow),
          istransaction: carriesTransaction(txpow),
          block: txpow.header.block.toString(),
          burn: txpowBurn(txpow).toString(),
          size: String(txpowSize(txpow)),
          stored,
        },
        pick(event, ["txpowid", "isblock", "istransaction", "block", "burn", "size", "stored"]),
        "TxPoW",
      );
      checkOwnState(after, recorded.chain.params);
      if (comparable === "all") same({ intree, after }, { intree: event.intree, after: event.after }, "node");
      if (comparable === "tips") same(tipFacts(after), tipFacts(event.after), "node");
    },
  };
}

const tipFacts = ({ tip, tipblock, mempool }: StateRow): unknown => ({ tip, tipblock, mempool });

/** What holds whenever the tree was cut. */
function checkOwnState({ tipblock, root, length, treesize }: StateRow, { treeLength, cutFrequency }: NetworkParams): void {
  same(Number(length), Number(tipblock) - Number(root) + 1, "length");
  if (Number(treesize) < Number(length)) throw new Error("the tree is smaller than its main branch");
  if (Number(length) >= treeLength + cutFrequency) throw new Error("the tree was not cut");
  if (Number(root) > 1 && Number(length) < treeLength) throw new Error("the tree was cut too short");
}

function* finalCases(file: ChainFile, recorded: RecordedChain, everAhead: boolean): Iterable<Case> {
  const { final } = file;
  const { chain, tree } = recorded;
  const state = recorded.state();
  const { cascade } = chain;
  yield {
    name: "final state",
    run: () => same(everAhead ? tipFacts(state) : state, everAhead ? tipFacts(final) : pick(final, Object.keys(state))),
  };
  yield {
    name: "peaks of the tip",
    run() {
      const peaks = tree.tip.mmr.peaks();
      same(
        peaks.map((peak) => wireHex(writeMMREntry, peak)),
        final.tippeaks,
      );
    },
  };
  yield { name: "coins", run: () => same(coinRows(recorded), final.coins) };
  yield { name: "main branch", run: () => checkMainBranch(tree, final) };
  yield { name: "cascade of the blocks below the root", run: () => checkCascadeBelow(file, recorded) };
  if (everAhead && state.root !== final.root) return;
  yield {
    name: "cascade",
    run: () =>
      same(
        { bytes: wireHex(writeCascadeNodes, cascade.nodes), weight: weighed(cascade.weight), nodes: cascade.nodes.map(cascadeRow) },
        {
          bytes: final.cascade,
          weight: plainDecimal(final.cascadeweight),
          nodes: final.cascadenodes.map((node) => ({ ...node, weight: plainDecimal(node.weight) })),
        },
      ),
  };
  const blocks = tree.mainBranch();
  yield { name: "weight of the IBD", run: () => same(String(chainWeight({ cascade, blocks })), file.ibd_weight) };
}

function cascadeRow({ txpow, level }: CascadeNode): ChainFile["final"]["cascadenodes"][number] {
  return {
    block: txpow.header.block.toString(),
    level: String(level),
    superlevel: String(superLevel(txpow)),
    weight: weighed(cascadeWeight(txpow, level)),
  };
}

/** Ids and totals from the tip down, as far as both trees reach. */
function checkMainBranch(tree: BlockTree, final: ChainFile["final"]): void {
  const ours = tree
    .mainBranch()
    .map((node) => ({ txpowid: toHex0x(txpowId(node.txpow)), totalweight: weighed(node.total) }))
    .reverse();
  const theirs = final.mainbranch.map((node) => ({ ...node, totalweight: plainDecimal(node.totalweight) }));
  const length = Math.min(ours.length, theirs.length);
  same(ours.slice(0, length), theirs.slice(0, length));
}

/** The cascade must be what the main branch below the root gives, whenever the tree was cut. */
function checkCascadeBelow({ blocks }: ChainFile, { chain, tree }: RecordedChain): void {
  const rows = new Map(blocks.map((row) => [row.txpowid, row]));
  const below: TxPoW[] = [];
  for (let row = rows.get(toHex0x(parentId(tree.root.txpow))); row !== undefined; row = rows.get(row.parent))
    below.push(decode(readTxBlock, parseHex(row.txblock)).txpow);
  const expected = extendCascade(EMPTY_CASCADE, below.reverse(), chain.params.cascadeNodes);
  same(wireHex(writeCascadeNodes, chain.cascade.nodes), wireHex(writeCascadeNodes, expected.nodes), "cascade");
  same(weightText(chain.cascade.weight), weightText(expected.weight), "weight");
}

function coinRows({ tree, tracked }: RecordedChain): unknown[] {
  return Array.from(unspentCoins(tree.tip))
    .filter((coin) => isRelevantCoin(coin, tracked))
    .sort((a, b) => Number(a.mmrentry.unscaled - b.mmrentry.unscaled))
    .map((coin) => ({
      coinid: toHex0x(coin.coinid),
      mmrentry: entryNumberText(coin.mmrentry),
      amount: coin.amount.toString(),
      tokenid: toHex0x(coin.tokenid),
      hex: wireHex(writeCoin, coin),
      proof: wireHex(writeMMRProof, tree.tip.mmr.proofToPeak(coin.mmrentry.unscaled)),
    }));
}

function pick(from: object, keys: readonly string[]): unknown {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}

/** Recorded chains (spec 06, 06b). */
export const consensus: Area = { "chain-*": chainCases, "invalid-*": invalidCases, "sync-*": syncCases };
