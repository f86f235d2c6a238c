import { describe, expect, test } from "vitest";
import { Chain } from "../../host/chain/chain.js";
import { txpowKey } from "../../host/chain/id-key.js";
import { MemoryStore } from "../../host/chain/memory-store.js";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { runSteps } from "../../host/chain/steps.js";
import type { ReceivedIBD, SyncResult } from "../../host/chain/sync.js";
import type { Effect } from "../../host/chain/types.js";
import { weightText } from "../../host/chain/weight.js";
import { ZERO_ID } from "../../host/protocol/bytes.js";
import type { CascadeNode } from "../../host/protocol/cascade.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { MiniNumber } from "../../host/protocol/number.js";
import type { TxBlock } from "../../host/protocol/txblock.js";
import { isBlock, type TxPoW } from "../../host/protocol/txpow.js";
import { RecordedChain } from "../conformance/recorded-chain.js";
import { recordedChain } from "./recorded.js";

const one = recordedChain("chain-1");
const two = recordedChain("chain-2");

function grown({ file, genesis, txpows }: typeof one, count = txpows.length): RecordedChain {
  const node = new RecordedChain(file);
  node.begin(genesis);
  for (const txpow of txpows.slice(0, count)) node.receive(txpow);
  return node;
}

/** What a node sends to one that knows nothing: cascade and main branch. */
function completeIBD({ chain, tree }: RecordedChain): ReceivedIBD & { readonly blocks: readonly TxBlock[] } {
  return { cascade: chain.cascade.nodes, blocks: tree.mainBranch().map(({ txblock }) => txblock) };
}

class Fresh {
  readonly store = new MemoryStore();
  now = 0;
  readonly chain = new Chain(TEST_PARAMS, { source: this.store, now: () => this.now, isRelevant: () => false });

  receive(ibd: ReceivedIBD): { readonly result: SyncResult; readonly effects: readonly Effect[] } {
    const { result, effects } = runSteps(this.chain.receiveIBD(ibd, "peer"));
    this.store.apply(effects);
    return { result, effects };
  }
}

const kinds = (effects: readonly Effect[]): string[] => effects.map(({ type }) => type);

describe("a fresh node", () => {
  const source = grown(one);
  const ibd = completeIBD(source);

  test("takes cascade and blocks of the first good chain, and goes on from there", () => {
    const early = grown(one, 55);
    const fresh = new Fresh();
    const { result } = fresh.receive(completeIBD(early));
    expect(result).toEqual({ added: early.tree.length, refused: undefined });
    expect(fresh.chain.tip?.key).toBe(early.tree.tip.key);
    expect(weightText(fresh.chain.cascade.weight)).toBe(weightText(early.chain.cascade.weight));
    for (const txpow of one.txpows.slice(55)) fresh.store.apply(runSteps(fresh.chain.receiveTxPoW(txpow, null)).effects);
    expect(fresh.chain.tip?.key).toBe(source.tree.tip.key);
    expect(fresh.chain.tree?.root.key).toBe(source.tree.root.key);
    expect(fresh.chain.cascade.nodes.map(({ txpow }) => txpowKey(txpow))).toEqual(ibd.cascade?.map(({ txpow }) => txpowKey(txpow)));
    expect(fresh.store.saved().cascade).toBe(fresh.chain.cascade);
  });

  test("does not keep a cascade whose first block is bad", () => {
    const fresh = new Fresh();
    const [first, ...rest] = ibd.blocks as [TxBlock, ...TxBlock[]];
    const { result, effects } = fresh.receive({ ...ibd, blocks: [{ ...first, newCoins: [], spentCoins: [], previousPeaks: [] }, ...rest] });
    expect(result.refused).toBe("mmr-root");
    expect(kinds(effects)).toEqual(["disconnect"]);
    expect(fresh.chain.cascade.nodes).toEqual([]);
    expect(fresh.receive(ibd).result.refused).toBeUndefined();
  });

  const nodes = (ibd.cascade ?? []).map(({ txpow, level }): CascadeNode => ({ txpow, level }));
  const badCascades: readonly [string, readonly CascadeNode[]][] = [
    ["with a hole", nodes.filter((_, i) => i !== 3)],
    ["in another order", [nodes[1], nodes[0], ...nodes.slice(2)] as CascadeNode[]],
    ["without work", nodes.map((node, i) => (i === 2 ? { ...node, txpow: withoutWork(node.txpow) } : node))],
    ["not below the blocks", nodes.slice(1)],
    ["with a tip of an absurd level", nodes.map((node, i) => (i === 0 ? { ...node, level: 2 ** 30 } : node))],
  ];
  test.each(badCascades)("refuses a cascade %s", (_, cascade) => {
    const fresh = new Fresh();
    const { result, effects } = fresh.receive({ ...ibd, cascade });
    expect(result.added).toBe(0);
    expect(effects).toEqual([expect.objectContaining({ type: "disconnect", peer: "peer", forget: true })]);
    expect(fresh.chain.tree).toBeNull();
  });

  test("survives blocks that cannot be decoded: those before stay", () => {
    const fresh = new Fresh();
    function* blocks(): Iterable<TxBlock> {
      yield* ibd.blocks.slice(0, 10);
      throw new ProtocolError("truncated", "cut off");
    }
    const { result } = fresh.receive({ cascade: ibd.cascade, blocks: { [Symbol.iterator]: () => blocks()[Symbol.iterator]() } });
    expect(result).toEqual({ added: 10, refused: "exception" });
    expect(fresh.chain.tip?.key).toBe(txpowKey((ibd.blocks[9] as TxBlock).txpow));
  });
});

function withoutWork(txpow: TxPoW): TxPoW {
  for (let nonce = 0; ; nonce++) {
    const changed = { ...txpow, header: { ...txpow.header, nonce: MiniNumber.of(nonce) } };
    if (!isBlock(changed)) return changed;
  }
}

describe("a sync block", () => {
  /** A node that knows blocks 1 to 20 of chain-1, and TxBlock 21. */
  const node = grown(one);
  const main = [...node.store.archive, ...node.tree.mainBranch().map(({ txblock }) => txblock)];
  const at = main.findIndex(({ spentCoins, newCoins }, i) => i > 15 && spentCoins.length > 0 && newCoins.length > 1);
  const good = main[at] as TxBlock;

  function syncThen(block: TxBlock): SyncResult {
    const fresh = new Fresh();
    const { effects } = runSteps(fresh.chain.syncBlocks(main.slice(0, at), null));
    fresh.store.apply(effects);
    return runSteps(fresh.chain.syncBlocks([block], null)).result;
  }

  const spent = good.spentCoins[0];
  const coin = good.newCoins[0];
  if (spent === undefined || coin === undefined) throw new Error("no block with coins");
  const changed: readonly [string, TxBlock, string][] = [
    ["of the wrong place", main[at + 1] as TxBlock, "no-parent"],
    ["without work", { ...good, txpow: withoutWork(good.txpow) }, "not-a-block"],
    ["without body", { ...good, txpow: { header: good.txpow.header, body: null } }, "no-body"],
    ["with other peaks", { ...good, previousPeaks: good.previousPeaks.slice(1) }, "previous-peaks"],
    ["with a coin more", { ...good, newCoins: [...good.newCoins, coin] }, "mmr-root"],
    ["with a richer coin", { ...good, newCoins: [{ ...coin, amount: MiniNumber.of(5) }, ...good.newCoins.slice(1)] }, "mmr-root"],
    ["that spends less", { ...good, spentCoins: good.spentCoins.slice(1) }, "mmr-root"],
    ["that spends with a short proof", { ...good, spentCoins: [{ ...spent, proof: { ...spent.proof, chunks: [] } }] }, "exception"],
    [
      "that spends a coin beyond the MMR",
      { ...good, spentCoins: [{ ...spent, coin: { ...spent.coin, mmrentry: { scale: 0, unscaled: 10n ** 12n } } }] },
      "exception",
    ],
  ];
  test("is added when it is good", () => expect(syncThen(good)).toEqual({ added: 1, refused: undefined }));
  test.each(changed)("%s is refused", (_, block, rule) => expect(syncThen(block)).toEqual({ added: 0, refused: rule }));

  test("with a bad signature is refused even though its MMR is right", () => {
    const { txpow } = good;
    const signature = txpow.body?.witness.signatures[0];
    if (txpow.body === null || signature === undefined) throw new Error("no signature");
    const [level, ...levels] = signature.proofs;
    if (level === undefined) throw new Error("no level");
    const broken = { proofs: [{ ...level, signature: level.signature.map((byte) => byte ^ 1) }, ...levels] };
    const body = { ...txpow.body, witness: { ...txpow.body.witness, signatures: [broken] } };
    expect(syncThen({ ...good, txpow: { ...txpow, body } }).refused).toBe("signature");
  });
});

describe("a node with a chain", () => {
  test("tells of a heavier chain that it cannot join, and takes nothing of it", () => {
    const light = grown(one);
    const heavy = grown(two);
    const { result, effects } = runSteps(light.chain.receiveIBD(completeIBD(heavy), "peer"));
    expect(result.refused).toBe("heavier-chain");
    expect(kinds(effects)).toEqual(["heavier-chain", "disconnect"]);
    expect(light.state().tip).toBe(one.file.final.tip);
  });

  test("takes nothing of a chain that ends below its root, and keeps the peer, which may only have been away", () => {
    const heavy = grown(two);
    const { result, effects } = runSteps(heavy.chain.receiveIBD(completeIBD(grown(one)), "peer"));
    expect(result).toEqual({ added: 0, refused: "below-root" });
    expect(kinds(effects)).toEqual([]);
  });

  test("refuses blocks above its root that follow none of its own", () => {
    const heavy = grown(two);
    const orphan = heavy.tree.mainBranch().map(({ txblock }) => txblock)[1] as TxBlock;
    const header = { ...orphan.txpow.header, block: orphan.txpow.header.block.increment(), superparents: [ZERO_ID] };
    const blocks = [{ ...orphan, txpow: { ...orphan.txpow, header } }];
    const { result, effects } = runSteps(heavy.chain.receiveIBD({ cascade: null, blocks }, "peer"));
    expect(result.added).toBe(0);
    expect(kinds(effects)).toEqual(["disconnect"]);
  });

  test("takes what it lacks of its own chain, and the side blocks that waited for it", () => {
    const behind = grown(two, 80);
    const ahead = grown(two);
    const last = two.txpows.at(-1) as TxPoW;
    runSteps(behind.chain.receiveTxPoW(last, null));
    const all = [...ahead.store.archive, ...ahead.tree.mainBranch().map(({ txblock }) => txblock)];
    const known = all.findIndex(({ txpow }) => txpowKey(txpow) === behind.tree.tip.key);
    const blocks = all.slice(known + 1, -1);
    const { result } = runSteps(behind.chain.receiveIBD({ cascade: null, blocks }, "peer"));
    expect(result).toEqual({ added: blocks.length, refused: undefined });
    expect(behind.state().tip).toBe(two.file.final.tip);
  });

  test("near the present takes no blocks once the first minutes are over", () => {
    const fresh = new Fresh();
    const source = grown(one, 50);
    fresh.receive(completeIBD(source));
    fresh.now = Number(source.tree.tip.txpow.header.time.toBigInt()) + 60_000;
    const tip = fresh.chain.tip;
    const { result, effects } = fresh.receive({ cascade: null, blocks: completeIBD(grown(one, 60)).blocks.slice(-5) });
    expect([result.refused, effects]).toEqual(["up-to-date", []]);
    expect(fresh.chain.tip).toBe(tip);
  });

  test("asks for what young blocks list", () => {
    const source = grown(two, 90);
    const fresh = new Fresh();
    fresh.now = Number(source.tree.tip.txpow.header.time.toBigInt());
    const { effects } = fresh.receive(completeIBD(source));
    const listed = source.tree.mainBranch().flatMap(({ txpow }) => txpow.body?.txnlist ?? []);
    expect(listed.length).toBeGreaterThan(0);
    expect(effects.filter(({ type }) => type === "request").length).toBe(listed.length);
  });
});
