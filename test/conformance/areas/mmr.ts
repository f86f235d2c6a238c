import { isCoinProofValid } from "../../../host/chain/mmr/coin-proof.js";
import { readMegaMMR, writeMegaMMR } from "../../../host/chain/mmr/mega.js";
import { MMR } from "../../../host/chain/mmr/mmr.js";
import { readMMRSet, writeMMRSet } from "../../../host/chain/mmr/mmr-set.js";
import { pruneUnspendable, pruneZeros } from "../../../host/chain/mmr/prune.js";
import { proofTree, scriptTree } from "../../../host/chain/mmr/trees.js";
import type { Bytes } from "../../../host/protocol/bytes.js";
import { type Coin, readCoin, writeCoin } from "../../../host/protocol/coin.js";
import { entryNumberText, readEntryNumber, writeEntryNumber } from "../../../host/protocol/entry-number.js";
import {
  coinLeaf,
  dataLeaf,
  equalNodes,
  foldProof,
  parentNode,
  scriptProofAddress,
  spentCoinLeaf,
  textLeaf,
} from "../../../host/protocol/mmr-node.js";
import {
  type MMRData,
  type MMREntry,
  readMMRData,
  readMMREntry,
  readMMRProof,
  writeMMRData,
  writeMMREntry,
  writeMMRProof,
} from "../../../host/protocol/mmr-objects.js";
import { encodeMx } from "../../../host/protocol/mx.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { decode } from "../../../host/protocol/reader.js";
import { decodeUtf8 } from "../../../host/protocol/text.js";
import { readScriptProof, writeScriptProof } from "../../../host/protocol/witness.js";
import { encode } from "../../../host/protocol/writer.js";
import type { Area, Case } from "../area.js";
import { each, refused, same } from "../checks.js";
import { fromHex, lowerHex } from "./base-bytes.js";

interface Node {
  readonly hash: string;
  readonly value: string;
  readonly valueEnc: string;
}

interface Peak extends Node {
  readonly row: number;
  readonly entry: string;
}

interface State {
  readonly entrynumber: string;
  readonly peaks: readonly Peak[];
  readonly root: Node | null;
}

const number = (hex: string): MiniNumber => decode((reader) => reader.number(), fromHex(hex));
const numberHex = (value: MiniNumber): string => lowerHex(encode((writer, item) => writer.number(item), value));
const toNode = ({ hash, valueEnc }: Node): MMRData => ({ hash: fromHex(hash), value: number(valueEnc) });
const toPeak = (peak: Peak): MMREntry => ({ row: peak.row, entry: { scale: 0, unscaled: BigInt(peak.entry) }, data: toNode(peak) });
const proofHex = (proof: ReturnType<typeof readMMRProof>): string => lowerHex(encode(writeMMRProof, proof));
const toProof = (hex: string): ReturnType<typeof readMMRProof> => decode(readMMRProof, fromHex(hex));
const toCoin = (hex: string): Coin => decode(readCoin, fromHex(hex));

function sameNode(actual: MMRData | null | undefined, expected: Node | null, what: string): void {
  same(actual ? [lowerHex(actual.hash), numberHex(actual.value)] : null, expected ? [expected.hash, expected.valueEnc] : null, what);
}

function sameState(mmr: MMR, expected: State): void {
  same(mmr.next.toString(), expected.entrynumber, "entrynumber");
  same(
    mmr.peaks().map(({ row, entry, data }) => [row, entry.unscaled.toString(), lowerHex(data.hash)]),
    expected.peaks.map(({ row, entry, hash }) => [row, entry, hash]),
    "peaks",
  );
  sameNode(mmr.root(), expected.root, "root");
}

/** Nodes of an MMR as `row:entry`, sorted. */
const places = (mmr: MMR): string[] => Array.from(mmr.entries(), ({ row, entry }) => `${row}:${entry.unscaled}`).sort();

interface LeafCase {
  readonly kind: "string" | "data" | "coin";
  readonly objectEnc: string;
  readonly value: string;
  readonly valueEnc: string;
  readonly hash: string;
}

function checkLeaf({ kind, objectEnc, valueEnc, hash }: LeafCase): void {
  const object = fromHex(objectEnc);
  if (kind === "coin") {
    const coin = decode(readCoin, object);
    const leaf = coin.spent === 0 ? coinLeaf(coin) : spentCoinLeaf(coin);
    same([lowerHex(leaf.hash), numberHex(leaf.value)], [hash, valueEnc]);
    return;
  }
  const payload = decode((reader) => reader.data(), object);
  const leaf = kind === "data" ? dataLeaf(payload, number(valueEnc)) : textLeaf(decodeUtf8(payload), number(valueEnc));
  same(lowerHex(leaf.hash), hash);
}

interface ParentCase {
  readonly left: Node;
  readonly right: Node;
  readonly sumEnc: string;
  readonly hash: string;
  readonly error?: boolean;
}

function checkParent(item: ParentCase): void {
  const make = (): MMRData => parentNode(toNode(item.left), toNode(item.right));
  if (item.error === true) {
    refused(make, "sum out of range");
    return;
  }
  const parent = make();
  same([lowerHex(parent.hash), numberHex(parent.value)], [item.hash, item.sumEnc]);
}

interface Step extends State {
  readonly op: "add" | "update";
  readonly entry?: string;
  readonly leaf: Node;
}

interface Build {
  readonly runs: readonly {
    readonly name: string;
    readonly steps: readonly Step[];
    readonly entryCount: number;
    readonly finalProofs: readonly { readonly entry: string; readonly leaf: Node; readonly toPeak: string; readonly toRoot: string }[];
  }[];
  readonly bagging: readonly State[];
  readonly large: { readonly peaks: readonly Peak[]; readonly start: State; readonly steps: readonly Step[] };
}

function takeStep(mmr: MMR, step: Step): void {
  if (step.op === "add") mmr.add(toNode(step.leaf));
  else mmr.update(BigInt(step.entry ?? ""), mmr.proofToPeak(BigInt(step.entry ?? "")), toNode(step.leaf));
  sameState(mmr, step);
}

function* checkBuild(data: unknown): Iterable<Case> {
  const { runs, bagging, large } = data as Build;
  for (const run of runs) {
    yield {
      name: run.name,
      run: () => {
        const mmr = new MMR(0);
        for (const step of run.steps) takeStep(mmr, step);
        same(mmr.size, run.entryCount, "entries");
        const blocktime = run.finalProofs[0] === undefined ? mmr.proofToPeak(0n).blocktime : toProof(run.finalProofs[0].toPeak).blocktime;
        for (const { entry, toPeak: peak, toRoot } of run.finalProofs) {
          same(proofHex({ ...mmr.proofToPeak(BigInt(entry)), blocktime }), peak, `proof of ${entry} to its peak`);
          same(proofHex({ ...mmr.proofToRoot(BigInt(entry)), blocktime }), toRoot, `proof of ${entry} to the root`);
        }
      },
    };
  }
  yield* each("bagging", bagging, (state) => sameState(MMR.fromPeaks(0, (state.peaks as readonly Peak[]).map(withEncoding)), state));
  yield {
    name: "large",
    run: () => {
      const mmr = MMR.fromPeaks(0, large.peaks.map(toPeak));
      sameState(mmr, large.start);
      for (const step of large.steps) takeStep(mmr, step);
    },
  };
}

/** Peaks that are given with their value's text only. */
function withEncoding(peak: Peak): MMREntry {
  return peak.valueEnc === undefined
    ? {
        row: peak.row,
        entry: { scale: 0, unscaled: BigInt(peak.entry) },
        data: { hash: fromHex(peak.hash), value: MiniNumber.parse(peak.value) },
      }
    : toPeak(peak);
}

interface ProofCheck {
  readonly name: string;
  readonly leaf: Node;
  readonly proof: string;
  readonly calculated?: Node;
  readonly valid: boolean;
}

function* checkProofs(data: unknown): Iterable<Case> {
  const { mmrs } = data as {
    mmrs: readonly { leaves: number; blocktime: string; peaks: readonly Peak[]; checks: readonly ProofCheck[] }[];
  };
  for (const { leaves, peaks, checks } of mmrs) {
    const mmr = MMR.fromPeaks(0, peaks.map(toPeak));
    yield* each(`${leaves} leaves`, checks, ({ leaf, proof, calculated, valid }) => {
      if (calculated !== undefined) sameNode(foldProof(toNode(leaf), toProof(proof)), calculated, "fold");
      same(mmr.proves(toNode(leaf), toProof(proof)), valid, "valid");
    });
  }
}

interface EntryNumberCase {
  readonly number: string;
  readonly enc: string;
  readonly isLeft: boolean;
  readonly sibling: string;
  readonly parent: string;
  readonly leftChild: string;
  readonly rightChild: string;
}

interface EntryNumberDecode {
  readonly input: string;
  readonly scale?: number;
  readonly unscaled?: string;
  readonly text?: string;
  readonly reencoded?: string;
}

function* checkEntryNumbers(data: unknown): Iterable<Case> {
  const { numbers, decode: decodes } = data as { numbers: readonly EntryNumberCase[]; decode: readonly EntryNumberDecode[] };
  yield* each("number", numbers, (item) => {
    const entry = BigInt(item.number);
    same(lowerHex(encode(writeEntryNumber, { scale: 0, unscaled: entry })), item.enc);
    same(
      [(entry & 1n) === 0n, entry ^ 1n, entry >> 1n, entry << 1n, (entry << 1n) | 1n].map(String),
      [item.isLeft, item.sibling, item.parent, item.leftChild, item.rightChild].map(String),
    );
  });
  yield* each("decode", decodes, (item) => {
    const read = (): ReturnType<typeof readEntryNumber> => decode(readEntryNumber, fromHex(item.input));
    if (item.reencoded === undefined) return refused(read, "not decodable");
    const entry = read();
    same(lowerHex(encode(writeEntryNumber, entry)), item.reencoded);
    same([entry.scale, entry.unscaled.toString()], [item.scale, item.unscaled]);
    if (item.text !== undefined) same(entryNumberText(entry), item.text);
  });
}

interface OverlayBlock {
  readonly id: string;
  readonly parent: string;
  readonly number: number;
  readonly previousPeaks: readonly Peak[];
  readonly spends: readonly { coin: string; entry: string; witnessProof: string; validOnParent: boolean; txblockProof: string }[];
  readonly newCoins: readonly string[];
  readonly after: State;
  readonly overlayEntries: number;
}

interface CoinCheck {
  readonly atBlock: string;
  readonly coin: string;
  readonly proof: string;
  readonly valid: boolean;
}

interface OverlayFile {
  readonly genesis: { readonly coin: string; readonly mmr: State };
  readonly blocks: readonly OverlayBlock[];
  readonly checks: readonly CoinCheck[];
  readonly rootMove: {
    readonly newRoot: string;
    readonly tip: string;
    readonly keptEntries: readonly string[];
    readonly entriesBefore: number;
    readonly overlay: readonly Peak[];
    readonly root: Node;
    readonly proofsAtTipBefore: readonly { entry: string; toPeak: string }[];
    readonly proofsAtTipAfter: readonly { entry: string; toPeakAtTip: string }[];
    readonly checks: readonly CoinCheck[];
  };
}

function* checkOverlay(data: unknown): Iterable<Case> {
  const { genesis, blocks, checks, rootMove } = data as OverlayFile;
  const mmrs = new Map<string, MMR>();
  const at = (id: string): MMR => {
    const mmr = mmrs.get(id);
    if (mmr === undefined) throw new Error(`block ${id} was not made`);
    return mmr;
  };
  yield {
    name: "genesis",
    run: () => {
      const mmr = MMR.of([coinLeaf(toCoin(genesis.coin))]);
      mmr.finalise();
      sameState(mmr, genesis.mmr);
      mmrs.set("0", mmr);
    },
  };
  yield* each("block", blocks, (block) => mmrs.set(block.id, applyBlock(at(block.parent), block)) && undefined);
  const checkCoin = ({ atBlock, coin, proof, valid }: CoinCheck): void =>
    same(isCoinProofValid(at(atBlock), { coin: toCoin(coin), proof: toProof(proof) }), valid);
  yield* each("check", checks, checkCoin);
  yield { name: "root move", run: () => moveRoot(at(rootMove.newRoot), at(rootMove.tip), rootMove) };
  yield* each("check after the root moved", rootMove.checks, checkCoin);
}

function applyBlock(parent: MMR, block: OverlayBlock): MMR {
  sameState(parent, { entrynumber: parent.next.toString(), peaks: block.previousPeaks, root: rootOf(parent) });
  const copy = MMR.over(parent);
  for (const { coin, entry, witnessProof, validOnParent, txblockProof } of block.spends) {
    const proven = { coin: toCoin(coin), proof: toProof(witnessProof) };
    same(isCoinProofValid(parent, proven), validOnParent, "valid on the parent");
    copy.update(BigInt(entry), proven.proof, coinLeaf(proven.coin));
    same(proofHex(copy.proofToPeak(BigInt(entry))), txblockProof, "normalised proof");
  }
  const mmr = MMR.fromPeaks(block.number, parent.peaks());
  for (const { coin, entry, txblockProof } of block.spends) mmr.update(BigInt(entry), toProof(txblockProof), spentCoinLeaf(toCoin(coin)));
  for (const coin of block.newCoins) mmr.add(coinLeaf(toCoin(coin)));
  mmr.finalise();
  mmr.parent = parent;
  sameState(mmr, block.after);
  same(mmr.size, block.overlayEntries, "overlay entries");
  return mmr;
}

function rootOf(mmr: MMR): Node | null {
  const root = mmr.root();
  return root === null ? null : { hash: lowerHex(root.hash), value: root.value.toString(), valueEnc: numberHex(root.value) };
}

function moveRoot(root: MMR, tip: MMR, move: OverlayFile["rootMove"]): void {
  for (const { entry, toPeak: proof } of move.proofsAtTipBefore)
    same(proofHex(tip.proofToPeak(BigInt(entry))), proof, `proof of ${entry} before`);
  same(root.size, move.entriesBefore, "entries before");
  for (const entry of move.keptEntries) root.keep(BigInt(entry));
  root.parent = null;
  same(
    Array.from(root.entries(), ({ row, entry, data }) => `${row}:${entry.unscaled}:${lowerHex(data.hash)}`).sort(),
    move.overlay.map(({ row, entry, hash }) => `${row}:${entry}:${hash}`).sort(),
    "overlay",
  );
  sameNode(root.root(), move.root, "root");
  for (const { entry, toPeakAtTip } of move.proofsAtTipAfter)
    same(proofHex(tip.proofToPeak(BigInt(entry))), toPeakAtTip, `proof of ${entry} after`);
}

interface SerializedFile {
  readonly mmrs: readonly (State & { enc: string; blocktime: string; entries: readonly Peak[] })[];
  readonly entries: readonly { entry: Peak; enc: string; dataEnc: string }[];
  readonly proofs: readonly { blocktime: string; chunks: readonly unknown[]; enc: string }[];
}

function sameSet(mmr: MMR, entries: readonly Peak[]): void {
  same(
    Array.from(mmr.entries(), ({ row, entry, data }) => `${row}:${entry.unscaled}:${lowerHex(data.hash)}:${numberHex(data.value)}`).sort(),
    entries.map(({ row, entry, hash, valueEnc }) => `${row}:${entry}:${hash}:${valueEnc}`).sort(),
    "entries",
  );
}

function* checkSerialized(data: unknown): Iterable<Case> {
  const { mmrs, entries, proofs } = data as SerializedFile;
  yield* each("mmr", mmrs, (item) => {
    const mmr = decode(readMMRSet, fromHex(item.enc));
    same(String(mmr.blocktime), item.blocktime, "blocktime");
    sameSet(mmr, item.entries);
    sameState(mmr, item);
    sameSet(decode(readMMRSet, encode(writeMMRSet, mmr)), item.entries);
  });
  yield* each("entry", entries, ({ entry, enc, dataEnc }) => {
    same(lowerHex(encode(writeMMREntry, decode(readMMREntry, fromHex(enc)))), enc);
    same(lowerHex(encode(writeMMREntry, toPeak(entry))), enc);
    same(lowerHex(encode(writeMMRData, decode(readMMRData, fromHex(dataEnc)))), dataEnc);
  });
  yield* each("proof", proofs, ({ blocktime, chunks, enc }) => {
    const proof = toProof(enc);
    same([proof.blocktime.toString(), proof.chunks.length], [blocktime, chunks.length]);
    same(proofHex(proof), enc);
  });
}

interface MalformedCase extends Partial<State> {
  readonly type: "proof" | "entry" | "mmr";
  readonly input: string;
  readonly ok: boolean;
  readonly reencoded?: string;
}

function* checkMalformed(data: unknown): Iterable<Case> {
  const { cases } = data as { cases: readonly (MalformedCase & { name: string })[] };
  const recode = (type: MalformedCase["type"], bytes: Bytes): Bytes => {
    if (type === "proof") return encode(writeMMRProof, decode(readMMRProof, bytes));
    return type === "entry" ? encode(writeMMREntry, decode(readMMREntry, bytes)) : encode(writeMMRSet, decode(readMMRSet, bytes));
  };
  for (const item of cases) {
    yield {
      name: item.name,
      run: () => {
        if (!item.ok) return refused(() => recode(item.type, fromHex(item.input)), item.name);
        same(lowerHex(recode(item.type, fromHex(item.input))), item.reencoded);
        if (item.type === "mmr") sameState(decode(readMMRSet, fromHex(item.input)), item as MalformedCase & State);
      },
    };
  }
}

interface PruneFile {
  readonly zeroPrune: readonly {
    mmr: string;
    zeroEntries: readonly string[];
    root: Node;
    rootAfter: Node;
    keptRowEntry: readonly string[];
  }[];
  readonly unspendableScan: readonly {
    mmr: string;
    unspendable: readonly string[];
    root: Node;
    kept: readonly { at: string; unspendable: boolean }[];
    prunedCoins: readonly string[];
  }[];
  readonly megaMMR: readonly (State & { coins: readonly string[]; blocktime: string; enc: string })[];
}

function runPlain<T>(steps: Generator<unknown, T, void>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function* checkPrune(data: unknown): Iterable<Case> {
  const { zeroPrune, unspendableScan, megaMMR } = data as PruneFile;
  yield* each("zero prune", zeroPrune, (item) => {
    const mmr = decode(readMMRSet, fromHex(item.mmr));
    sameNode(mmr.root(), item.root, "root");
    const zeros = Array.from(mmr.entries()).filter(({ row, data }) => row === 0 && data.value.isZero());
    pruneZeros(
      mmr,
      zeros.map(({ entry }) => entry.unscaled),
    );
    sameNode(mmr.root(), item.rootAfter, "root after");
    same(places(mmr), [...item.keptRowEntry].sort(), "kept");
  });
  yield* each("unspendable scan", unspendableScan, (item) => {
    const mmr = decode(readMMRSet, fromHex(item.mmr));
    const removed = runPlain(pruneUnspendable(mmr, (entry) => item.unspendable.includes(entry.toString())));
    same(removed.map(String).sort(), [...item.prunedCoins].sort(), "pruned coins");
    sameNode(mmr.root(), item.root, "root");
    same(places(mmr), item.kept.map(({ at }) => at).sort(), "kept");
  });
  yield* each("mega", megaMMR, (item) => {
    const mega = decode(readMegaMMR, fromHex(item.enc));
    same(String(mega.mmr.blocktime), item.blocktime, "blocktime");
    sameState(mega.mmr, item);
    const coins = Array.from(mega.coins(), (coin) => lowerHex(encode(writeCoin, coin)));
    same(coins.sort(), [...item.coins].sort(), "coins");
    const again = decode(readMegaMMR, encode(writeMegaMMR, mega));
    same([places(again.mmr), again.size], [places(mega.mmr), mega.size], "written and read again");
  });
}

interface TreesFile {
  readonly singleScripts: readonly { script: string; address: string; scriptProof: string; mx: string }[];
  readonly scriptTrees: readonly {
    root: Node;
    leaves: readonly { script: string; proof: string; scriptProof: string; address: string }[];
  }[];
  readonly sumTrees: readonly { root: Node; leaves: readonly { data: string; value: string; valueEnc: string; proof: string }[] }[];
  readonly equalLeaves: readonly {
    leaf: Node;
    leaves: number;
    root: Node;
    proofs: readonly { entry: string; proof: string; calculated: Node; valid: boolean }[];
  }[];
}

function* checkTrees(data: unknown): Iterable<Case> {
  const { singleScripts, scriptTrees, sumTrees, equalLeaves } = data as TreesFile;
  yield* each("single script", singleScripts, ({ script, address, scriptProof, mx }) => {
    same([lowerHex(textLeaf(script).hash), encodeMx(textLeaf(script).hash)], [address, mx]);
    same(lowerHex(scriptProofAddress(decode(readScriptProof, fromHex(scriptProof)))), address);
  });
  yield* each("script tree", scriptTrees, ({ root, leaves }) => {
    const tree = scriptTree(leaves.map(({ script }) => script));
    same(lowerHex(tree.address), root.hash, "root");
    same(
      tree.scripts.map((item) => [proofHex(item.proof), lowerHex(encode(writeScriptProof, item)), lowerHex(scriptProofAddress(item))]),
      leaves.map(({ proof, scriptProof, address }) => [proof, scriptProof, address]),
      "script proofs",
    );
    for (const { scriptProof, address } of leaves)
      same(lowerHex(scriptProofAddress(decode(readScriptProof, fromHex(scriptProof)))), address, "address");
  });
  yield* each("sum tree", sumTrees, ({ root, leaves }) => {
    const tree = proofTree(leaves.map(({ data: bytes, valueEnc }) => dataLeaf(fromHex(bytes), number(valueEnc))));
    sameNode(tree.root, root, "root");
    same(
      tree.proofs.map(proofHex),
      leaves.map(({ proof }) => proof),
      "proofs",
    );
  });
  yield* each("equal leaves", equalLeaves, ({ leaf, leaves, root, proofs }) => {
    const tree = MMR.of(Array.from({ length: leaves }, () => toNode(leaf)));
    sameNode(tree.root(), root, "root");
    for (const { entry, proof, calculated, valid } of proofs) {
      same(proofHex(tree.proofToRoot(BigInt(entry))), proof, "proof");
      const end = foldProof(toNode(leaf), toProof(proof));
      sameNode(end, calculated, "fold");
      same(equalNodes(end, toNode(root)), valid, "valid");
    }
  });
}

const list =
  <T>(check: (item: T) => void) =>
  (data: unknown): Iterable<Case> =>
    each("case", (data as { cases: readonly T[] }).cases, check);

/** Vectors of spec 03. */
export const mmr: Area = {
  leaves: list(checkLeaf),
  parents: list(checkParent),
  build: checkBuild,
  proofs: checkProofs,
  entrynumber: checkEntryNumbers,
  overlay: checkOverlay,
  serialized: checkSerialized,
  malformed: checkMalformed,
  prune: checkPrune,
  trees: checkTrees,
};
