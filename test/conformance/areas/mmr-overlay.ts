import { isCoinProofValid } from "../../../host/chain/mmr/coin-proof.js";
import { MMR } from "../../../host/chain/mmr/mmr.js";
import { coinLeaf, spentCoinLeaf } from "../../../host/protocol/mmr-node.js";
import type { Case } from "../area.js";
import { each, same } from "../checks.js";
import { lowerHex } from "./base-bytes.js";
import { type Node, numberHex, type Peak, proofHex, type State, sameNode, sameState, toCoin, toProof } from "./mmr-values.js";

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

export function* checkOverlay(data: unknown): Iterable<Case> {
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
