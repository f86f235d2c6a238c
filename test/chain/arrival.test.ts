import { beforeAll, describe, expect, test } from "vitest";
import { Chain } from "../../host/chain/chain.js";
import { txpowKey } from "../../host/chain/id-key.js";
import { MemoryStore } from "../../host/chain/memory-store.js";
import { MAIN_PARAMS } from "../../host/chain/params.js";
import { runSteps } from "../../host/chain/steps.js";
import type { Effect } from "../../host/chain/types.js";
import { parseHex, toHex } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { isBlock, parentId, type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import { mineTxPoW, SoloNode } from "./solo.js";

const kinds = (effects: readonly Effect[]): string[] => effects.map(({ type }) => type);
const requested = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) => (effect.type === "request" ? [toHex(effect.id)] : []));

/** Two nodes with the same chain: harder to mine blocks than transactions, ten coins of 100 million. */
function twins(): [SoloNode, SoloNode] {
  const maker = new SoloNode();
  maker.extend();
  maker.extend(maker.spend(maker.coins()[0] as Coin, new Array<string>(10).fill("100000000")));
  for (let i = 0; i < 14; i++) maker.extend({}, 4000);
  const node = new SoloNode(maker.tree.root.txpow);
  for (const { txpow } of maker.tree.mainBranch().slice(1)) node.receive(txpow);
  node.now = maker.now;
  return [maker, node];
}

describe("a TxPoW that comes in", () => {
  let maker: SoloNode;
  let node: SoloNode;
  let coins: Coin[];
  beforeAll(() => {
    [maker, node] = twins();
    coins = maker.coins();
  });
  const nextCoin = (): Coin => coins.shift() as Coin;
  const transaction = (amounts: readonly string[] = ["100000000"], coin = nextCoin()): TxPoW => maker.build(maker.spend(coin, amounts));

  test("is dropped without a chain", () => {
    const chain = new Chain(MAIN_PARAMS, { source: new MemoryStore(), now: () => 0, isRelevant: () => false });
    const { result, effects } = runSteps(chain.receiveTxPoW(maker.tree.tip.txpow, "peer"));
    expect([result, effects]).toEqual([{ verdict: "dropped", rule: "no-chain" }, []]);
  });

  test("is stored and told to others when it is good", () => {
    const { arrival, effects } = node.receive(mineTxPoW(transaction(), "transaction"), "peer");
    expect(arrival).toEqual({ verdict: "stored", refused: undefined });
    expect(kinds(effects)).toEqual(["store", "relay-txpow"]);
  });

  test("is not looked at again", () => {
    const txpow = mineTxPoW(transaction(), "transaction");
    node.receive(txpow, "peer");
    const { arrival, effects } = node.receive({ ...txpow }, "other");
    expect([arrival, effects]).toEqual([{ verdict: "known" }, []]);
  });

  test("costs the sender the connection when it breaks a rule that needs no chain", () => {
    const txpow = mineTxPoW(transaction(["100000001"]), "transaction");
    const { arrival, effects } = node.receive(txpow, "peer");
    expect(arrival).toEqual({ verdict: "dropped", rule: "basic-amounts" });
    expect(effects).toEqual([{ type: "disconnect", peer: "peer", reason: "basic-amounts", forget: false }]);
    expect(node.receive(txpow).effects).toEqual([]);
  });

  test("is dropped, but the sender stays, when the check cannot be made", () => {
    const { arrival, effects } = node.receive({ header: transaction().header, body: null }, "peer");
    expect([arrival, effects]).toEqual([{ verdict: "dropped", rule: "exception" }, []]);
  });

  test("is dropped when a sum in a proof is out of range, though one that only leads elsewhere may be of another branch", () => {
    const arrivalWith = (value: MiniNumber): unknown => {
      const txpow = mineTxPoW(transaction(), "transaction");
      const { body } = txpow;
      if (body === null) throw new Error("no body");
      const coinProofs = body.witness.coinProofs.map(({ coin, proof }) => ({
        coin,
        proof: { ...proof, chunks: proof.chunks.map((chunk) => ({ ...chunk, data: { ...chunk.data, value } })) },
      }));
      return node.receive({ ...txpow, body: { ...body, witness: { ...body.witness, coinProofs } } }, "peer").arrival;
    };
    expect(arrivalWith(MiniNumber.MAX)).toEqual({ verdict: "dropped", rule: "exception" });
    expect(arrivalWith(MiniNumber.ONE)).toEqual({ verdict: "stored", refused: "mmr-proof" });
  });

  const refusals: readonly [string, () => TxPoW, string][] = [
    ["with many outputs", () => mineTxPoW(transaction(new Array<string>(16).fill("1")), "transaction"), "policy"],
    ["from tomorrow", () => mineTxPoW(maker.build({ now: maker.now + 3 * 3600 * 1000 })), "future"],
    ["that spends a coin in use", () => mineTxPoW(transaction(["1"], (node.coins() as [Coin])[0]), "transaction"), "coin-in-use"],
    [
      "that did no work",
      () => {
        const lazy = transaction();
        const body = lazy.body === null ? null : { ...lazy.body, txndiff: parseHex("00FF") };
        return { ...lazy, body };
      },
      "no-work",
    ],
  ];
  test.each(refusals)("%s is kept but not told to others", (_, make, rule) => {
    if (rule === "coin-in-use") node.receive(mineTxPoW(maker.build(maker.spend((node.coins() as [Coin])[0], ["2"])), "transaction"));
    const { arrival, effects } = node.receive(make(), "peer");
    expect(arrival).toEqual({ verdict: "stored", refused: rule });
    expect(kinds(effects)).not.toContain("relay-txpow");
  });

  test("with a proof that does not hold is kept: it may be of another branch", () => {
    const txpow = transaction();
    const { body } = txpow;
    const [first] = body?.witness.coinProofs ?? [];
    if (body === null || first === undefined) throw new Error("no proof");
    const coinProofs = [{ ...first, proof: { ...first.proof, blocktime: MiniNumber.of(99) } }];
    const { arrival } = node.receive(
      mineTxPoW({ ...txpow, body: { ...body, witness: { ...body.witness, coinProofs } } }, "transaction"),
      "peer",
    );
    expect(arrival).toEqual({ verdict: "stored", refused: "mmr-proof" });
  });

  test("takes no disk space while it has shown neither work nor a use", () => {
    const idle = maker.build();
    const { arrival, effects } = node.receive({ ...idle, header: { ...idle.header, blkdiff: parseHex("01") } }, "peer");
    expect([arrival, effects]).toEqual([{ verdict: "stored", refused: "no-work" }, []]);
  });
});

describe("a block that comes in", () => {
  test("with a body that is not its own does not keep the true one out", () => {
    const [maker, node] = twins();
    maker.now += 20_000;
    const block = mineTxPoW(maker.build(maker.spend(maker.coins()[0] as Coin, ["1"])));
    if (block.body === null) throw new Error("no body");
    const faked: TxPoW = { ...block, body: { ...block.body, transaction: { ...block.body.transaction, outputs: [] } } };
    expect(node.receive(faked, "attacker").arrival.verdict).toBe("stored");
    expect(node.tree.get(txpowKey(block))).toBeUndefined();
    expect(node.chain.knows(txpowKey(block))).toBe(false);
    const { effects } = node.receive(block, "peer");
    expect(kinds(effects)).toEqual(expect.arrayContaining(["store", "block-added", "tip"]));
    expect(node.tree.tip.key).toBe(txpowKey(block));
    expect(node.chain.knows(txpowKey(block))).toBe(true);
  });

  test("with another body that makes as good a block is taken as the network takes it", () => {
    const [maker, node] = twins();
    const block = maker.extend();
    if (block.body === null) throw new Error("no body");
    const { effects } = node.receive({ ...block, body: { ...block.body, prng: new Uint8Array(32) } }, "peer");
    expect(kinds(effects)).toEqual(["store", "block-added", "relay-block", "tip"]);
    expect(node.chain.knows(txpowKey(block))).toBe(true);
  });

  test("is tried again when a listed TxPoW comes with the right body", () => {
    const [maker, node] = twins();
    const listed = mineTxPoW(maker.build(maker.spend(maker.coins()[0] as Coin, ["1"])), "transaction");
    maker.receive(listed);
    const block = maker.extend();
    if (listed.body === null) throw new Error("no body");
    node.receive({ ...listed, body: { ...listed.body, transaction: { ...listed.body.transaction, outputs: [] } } }, "attacker");
    expect(kinds(node.receive(block, "peer").effects)).not.toContain("block-added");
    expect(node.chain.knows(txpowKey(listed))).toBe(false);
    expect(kinds(node.receive(listed, "peer").effects)).toContain("block-added");
    expect(node.tree.tip.key).toBe(txpowKey(block));
  });

  test("makes a listed TxPoW without any work durable", () => {
    const [maker, node] = twins();
    const lazy = maker.build(maker.spend(maker.coins()[0] as Coin, ["1"]));
    expect(isBlock(lazy)).toBe(false);
    const template = maker.build();
    maker.receive(lazy, "peer");
    expect(maker.store.has(txpowKey(lazy))).toBe(false);
    maker.now += 20_000;
    const block = mineTxPoW(maker.build());
    expect(template.body?.txnlist).toEqual([]);
    expect(block.body?.txnlist.map(toHex)).toEqual([txpowKey(lazy)]);
    node.receive(block, "peer");
    const { effects } = node.receive(lazy, "peer");
    expect(kinds(effects)).toContain("block-added");
    expect(node.store.has(txpowKey(lazy))).toBe(true);
  });

  test("makes us ask its sender for what is missing", () => {
    const [maker, node] = twins();
    const listed = mineTxPoW(maker.build(maker.spend(maker.coins()[0] as Coin, ["1"])), "transaction");
    maker.receive(listed);
    const blocks = [maker.extend(), maker.extend(), maker.extend()] as const;
    expect(requested(node.receive(blocks[2], "peer").effects)).toEqual([toHex(parentId(blocks[2]))]);
    expect(requested(node.receive(blocks[1], "peer").effects)).toEqual([toHex(parentId(blocks[1]))]);
    expect(requested(node.receive(blocks[0], "peer").effects)).toEqual([toHex(txpowId(listed))]);
    expect(node.tree.get(txpowKey(blocks[0]))).toBeUndefined();
    node.receive(listed, "peer");
    expect(node.tree.tip.key).toBe(txpowKey(blocks[2]));
  });

  test("that is invalid is reported once and not checked again", () => {
    const [maker, node] = twins();
    maker.now += 20_000;
    const template = maker.build();
    const block = mineTxPoW({ ...template, header: { ...template.header, total: MiniNumber.ONE } });
    const { arrival, effects } = node.receive(block, "peer");
    expect(arrival).toMatchObject({ verdict: "stored" });
    expect(effects).toContainEqual({
      type: "block-invalid",
      id: txpowId(block),
      number: maker.tree.tip.number + 1,
      rule: "mmr-root",
      peer: "peer",
    });
    const child = mineTxPoW({
      ...template,
      header: { ...template.header, superparents: [txpowId(block), ...template.header.superparents.slice(1)] },
    });
    expect(kinds(node.receive(child, "peer").effects)).not.toContain("block-invalid");
    expect(node.tree.tip.key).toBe(maker.tree.tip.key);
  });
});

describe("memory", () => {
  test("is freed of what nobody asks for", () => {
    const node = new SoloNode();
    node.extend();
    const idle = node.build(node.spend(node.coins()[0] as Coin, ["1"]));
    node.receive(idle, "peer");
    expect(node.chain.knows(txpowKey(idle))).toBe(true);
    node.now += 3600 * 1000 + 1;
    node.chain.expire();
    expect(node.chain.pool.size).toBe(0);
    expect(node.chain.knows(txpowKey(idle))).toBe(false);
    expect(node.chain.knows(node.tree.tip.key)).toBe(true);
    node.extend();
  });
});
