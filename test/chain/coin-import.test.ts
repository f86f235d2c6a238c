import { describe, expect, test } from "vitest";
import { Chain } from "../../host/chain/chain.js";
import type { CoinImport } from "../../host/chain/coin-import.js";
import { unspentCoins } from "../../host/chain/coins.js";
import { idKey } from "../../host/chain/id-key.js";
import { MemoryStore } from "../../host/chain/memory-store.js";
import { MegaMMR } from "../../host/chain/mmr/mega.js";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { runSteps } from "../../host/chain/steps.js";
import { equalBytes } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { MiniNumber } from "../../host/protocol/number.js";
import type { CoinProof } from "../../host/protocol/witness.js";
import { SoloNode } from "./solo.js";

/** A node that synced from a tree that was cut: it knows none of the coins below. */
class Newcomer {
  readonly store = new MemoryStore();
  readonly deps;
  chain: Chain;

  constructor(hub: SoloNode) {
    this.deps = { source: this.store, now: () => hub.now, isRelevant: () => true };
    this.chain = new Chain(TEST_PARAMS, this.deps);
    const ibd = { cascade: hub.chain.cascade.nodes, blocks: hub.tree.mainBranch().map(({ txblock }) => txblock) };
    this.store.apply(runSteps(this.chain.receiveIBD(ibd, "hub")).effects);
  }

  import(proof: CoinProof): CoinImport {
    const { result, effects } = runSteps(this.chain.importCoin(proof));
    this.store.apply(effects);
    return result;
  }

  restart(): void {
    this.chain = Chain.restore(TEST_PARAMS, this.deps, this.store.saved());
  }

  follow(hub: SoloNode, blocks: number): void {
    for (let i = 0; i < blocks; i++) this.store.apply(runSteps(this.chain.receiveTxPoW(hub.extend(), null)).effects);
    expect(this.chain.tip?.key).toBe(hub.tree.tip.key);
  }

  holds({ coinid }: Coin): boolean {
    const { tip } = this.chain;
    return tip !== null && Array.from(unspentCoins(tip)).some((coin) => equalBytes(coin.coinid, coinid));
  }
}

/** A chain whose tree was cut, and proofs of all coins below the tree, made some blocks below the tip. */
function hubWithProofs(): { readonly hub: SoloNode; readonly proofs: CoinProof[] } {
  const hub = new SoloNode();
  for (let i = 0; i < 6; i++) {
    const [largest] = hub.coins().sort((a, b) => b.amount.compare(a.amount));
    hub.extend(hub.spend(largest as Coin, ["10", (largest as Coin).amount.sub(MiniNumber.of(10)).toString()]));
  }
  for (let i = 0; i < 60; i++) hub.extend();
  const mega = new MegaMMR();
  for (const block of hub.store.archive) runSteps(mega.add(block));
  const node = hub.tree.mainAt(hub.tree.tip.number - TEST_PARAMS.proofAge);
  if (node === undefined) throw new Error("no such block");
  hub.tree.root.mmr.floor = mega.mmr;
  const proofs = Array.from(mega.coins(), (coin) => ({ coin, proof: node.mmr.proofToRoot(coin.mmrentry.unscaled) }));
  return { hub, proofs };
}

describe("a coin from below the tree", () => {
  test("is taken in with its proof, once, and stays over cuts and restarts", () => {
    const { hub, proofs } = hubWithProofs();
    const node = new Newcomer(hub);
    expect(proofs.length).toBe(7);
    expect(proofs.some(({ coin }) => node.holds(coin))).toBe(false);
    for (const proof of proofs) expect(node.import(proof)).toBe("imported");
    for (const proof of proofs) expect(node.import(proof)).toBe("known");
    for (let cuts = 0; cuts < 12; cuts++) {
      node.restart();
      for (const { coin } of proofs) expect(node.holds(coin)).toBe(true);
      node.follow(hub, 5);
    }
    node.restart();
    const ids = Array.from(unspentCoins(node.chain.tip as NonNullable<typeof node.chain.tip>), ({ coinid }) => idKey(coinid));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(7);
  });

  test("can be spent", () => {
    const { hub, proofs } = hubWithProofs();
    const node = new Newcomer(hub);
    for (const proof of proofs) node.import(proof);
    const coin = (proofs[0] as CoinProof).coin;
    const spend = hub.spend(coin, [coin.amount.toString()]);
    const own = node.chain.tip?.mmr.proofToPeak(coin.mmrentry.unscaled);
    expect(own).toBeDefined();
    const witness = { ...spend.witness, coinProofs: [{ coin, proof: own as NonNullable<typeof own> }] };
    const block = hub.extend({ transaction: spend.transaction, witness });
    node.store.apply(runSteps(node.chain.receiveTxPoW(block, null)).effects);
    expect(node.chain.tip?.key).toBe(hub.tree.tip.key);
    expect(node.holds(coin)).toBe(false);
    node.restart();
    expect(node.holds(coin)).toBe(false);
  });

  test("is refused when it is spent, not as the proof says, or proved at a block that is not there", () => {
    const { hub, proofs } = hubWithProofs();
    const node = new Newcomer(hub);
    const [good] = proofs as [CoinProof];
    const { coin, proof } = good;
    expect(node.import({ coin: { ...coin, spent: 1 }, proof })).toBe("spent");
    expect(node.import({ coin: { ...coin, amount: MiniNumber.of(11) }, proof })).toBe("invalid");
    expect(node.import({ coin, proof: { ...proof, chunks: proof.chunks.slice(1) } })).toBe("invalid");
    const elsewhere = { scale: 0, unscaled: coin.mmrentry.unscaled ^ 1n };
    expect(node.import({ coin: { ...coin, mmrentry: elsewhere }, proof })).toBe("invalid");
    expect(node.import({ coin, proof: { ...proof, blocktime: MiniNumber.ONE } })).toBe("old");
    expect(node.import({ coin, proof: { ...proof, blocktime: MiniNumber.parse("0.5") } })).toBe("old");
    expect(node.import(good)).toBe("imported");
    expect(node.chain.tip?.mmr.root()).toEqual(hub.tree.tip.mmr.root());
  });
});
