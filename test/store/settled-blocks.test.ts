import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Chain } from "../../host/chain/chain.js";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { effectsOf } from "../../host/chain/steps.js";
import type { TreeNode } from "../../host/chain/tree-node.js";
import type { Steps } from "../../host/chain/types.js";
import { weightText } from "../../host/chain/weight.js";
import { toHex, ZERO_ID } from "../../host/protocol/bytes.js";
import { type Coin, writeCoin } from "../../host/protocol/coin.js";
import { type MMREntry, writeMMREntry } from "../../host/protocol/mmr-objects.js";
import { type TxPoW, txpowBytes, txpowId } from "../../host/protocol/txpow.js";
import { EMPTY_WITNESS } from "../../host/protocol/witness.js";
import { encode } from "../../host/protocol/writer.js";
import { ChainStore } from "../../host/store/chain-store.js";
import { StoreError } from "../../host/store/database.js";
import { openSqlite } from "../../host/store/sqlite.js";
import { recordedChain } from "../chain/recorded.js";

const { genesis, txpows } = recordedChain("chain-2");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "minimote-settled-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Opened {
  readonly store: ChainStore;
  readonly chain: Chain;
}

function open(path: string): Opened {
  const store = new ChainStore({ path, params: TEST_PARAMS, cacheKiB: 512, now: () => 0, isRelevant: () => false });
  const deps = { source: store.txpows, now: () => 0, isRelevant: () => false };
  const saved = store.load();
  return { store, chain: saved === null ? new Chain(TEST_PARAMS, deps) : Chain.restore(TEST_PARAMS, deps, saved) };
}

function run(store: ChainStore, steps: Steps<unknown>): void {
  for (let step = steps.next(); step.done !== true; step = steps.next()) store.apply(effectsOf(step.value));
}

/** All but the ends of branches is settled, as if the chain were long, and saved; or all is saved, as before a stop. */
function settleAll({ store, chain }: Opened, which: "settled" | "all"): void {
  for (const node of chain.tree?.nodes() ?? []) if (node.children.length > 0) node.settle();
  while (store.saveSettled(chain.tree?.nodes() ?? [], which)) {}
}

const coins = (list: readonly Coin[]): string[] => list.map((coin) => toHex(encode(writeCoin, coin)));

const entryHex = (entry: MMREntry): string => toHex(encode(writeMMREntry, entry));

/** Without witnesses, which settled blocks have not. */
function lightBytes({ header, body }: TxPoW): string {
  const light = body === null ? null : { ...body, witness: EMPTY_WITNESS, burnWitness: EMPTY_WITNESS };
  return toHex(txpowBytes({ header, body: light }));
}

/** Everything a node of the tree says. */
function nodeView(node: TreeNode): unknown {
  const { key, number, superLevel, target, listed, parent } = node;
  return {
    ...{ key, number, superLevel, target, listed, parent: parent?.key },
    id: toHex(txpowId(node.txpow)),
    time: node.time.toString(),
    weights: [weightText(node.weight), weightText(node.total)],
    txpow: lightBytes(node.txpow),
    coins: [coins(node.created), coins(node.spent), coins(node.carried)],
    mmr: [node.mmr.blocktime, node.mmr.next, node.mmr.peaks().map(entryHex), toHex(node.mmr.root()?.hash ?? ZERO_ID)],
    nodes: Array.from(node.mmr.entries(), entryHex).sort(),
  };
}

function view({ chain: { tree } }: Opened): unknown {
  return { tip: tree?.tip.key, main: tree?.mainBranch().map(({ key }) => key), nodes: Array.from(tree?.nodes() ?? [], nodeView) };
}

function crashed(path: string, name: string): Opened {
  const copy = join(folder, name);
  for (const end of ["", "-wal"]) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
  return open(copy);
}

test("a start from settled blocks makes the tree that was there, and the chain goes on the same", () => {
  const path = join(folder, "chain.db");
  const opened = open(path);
  opened.store.apply(opened.chain.begin(genesis));
  for (const [i, txpow] of txpows.entries()) {
    run(opened.store, opened.chain.receiveTxPoW(txpow, null));
    if (i % 9 !== 0) continue;
    settleAll(opened, "settled");
    const other = crashed(path, `${i}.db`);
    expect(Array.from(other.chain.tree?.nodes() ?? []).some(({ isSaved }) => isSaved)).toBe(i > 0);
    expect(view(other)).toEqual(view(opened));
    for (const later of txpows.slice(i + 1, i + 4)) run(other.store, other.chain.receiveTxPoW(later, null));
    other.store.close();
  }
  opened.store.close();
  const again = open(path);
  expect(view(again)).toEqual(view(opened));
  again.store.close();
});

test("a start on a chain begun from settled blocks ends as one that was never stopped", () => {
  const never = open(join(folder, "never.db"));
  never.store.apply(never.chain.begin(genesis));
  for (const txpow of txpows) run(never.store, never.chain.receiveTxPoW(txpow, null));
  const path = join(folder, "often.db");
  let often = open(path);
  often.store.apply(often.chain.begin(genesis));
  for (const [i, txpow] of txpows.entries()) {
    run(often.store, often.chain.receiveTxPoW(txpow, null));
    if (i % 11 !== 0) continue;
    settleAll(often, "all");
    often.store.close();
    often = open(path);
  }
  expect(view(often)).toEqual(view(never));
  often.store.close();
  never.store.close();
});

test("rows leave with their blocks, and a damaged one is worked out again", () => {
  const path = join(folder, "chain.db");
  const opened = open(path);
  opened.store.apply(opened.chain.begin(genesis));
  for (const txpow of txpows) {
    run(opened.store, opened.chain.receiveTxPoW(txpow, null));
    settleAll(opened, "all");
  }
  const before = view(opened);
  opened.store.close();
  const database = openSqlite(path);
  const kept = database.prepare("SELECT id FROM settledblock").all() as { id: Buffer }[];
  const inTree = new Set(Array.from(opened.chain.tree?.nodes() ?? [], ({ key }) => key));
  expect(kept.length).toBeGreaterThan(3);
  for (const { id } of kept) expect(inTree.has(toHex(id))).toBe(true);
  database.exec(
    "UPDATE settledblock SET facts = x'' WHERE rowid % 3 = 0; UPDATE settledblock SET facts = substr(facts, 1, 90) WHERE rowid % 3 = 1",
  );
  database.close();
  const again = open(path);
  expect(view(again)).toEqual(before);
  again.store.close();
});

test("a body that cannot be read is the store's fault, and is worked out again at the next start", () => {
  const path = join(folder, "chain.db");
  const opened = open(path);
  opened.store.apply(opened.chain.begin(genesis));
  for (const txpow of txpows) run(opened.store, opened.chain.receiveTxPoW(txpow, null));
  settleAll(opened, "all");
  const before = view(opened);
  const { root, tip } = opened.chain.tree ?? {};
  opened.store.close();
  const database = openSqlite(path);
  const damaged = "(SELECT id FROM settledblock WHERE id NOT IN (?, ?) ORDER BY id LIMIT 2)";
  const ends = [root?.key, tip?.key].map((key) => Buffer.from(key ?? "", "hex"));
  database.prepare(`UPDATE settledblock SET body = substr(body, 1, 90) WHERE id IN ${damaged}`).run(ends);
  database.close();
  const hurt = open(path);
  expect(() => view(hurt)).toThrow(StoreError);
  expect(() => hurt.chain.tip?.txpow).not.toThrow();
  hurt.store.close();
  const again = open(path);
  expect(view(again)).toEqual(before);
  again.store.close();
});

test("what a cut takes out of the tree can still be read, and few blocks do not go to disk one by one", () => {
  const opened = open(join(folder, "chain.db"));
  const { store, chain } = opened;
  store.apply(chain.begin(genesis));
  const removed: TreeNode[] = [];
  for (const txpow of txpows) {
    const steps = chain.receiveTxPoW(txpow, null);
    for (let step = steps.next(); step.done !== true; step = steps.next()) {
      const effects = effectsOf(step.value);
      store.apply(effects);
      for (const effect of effects) if (effect.type === "cut") removed.push(...effect.removed);
    }
    const nodes = Array.from(chain.tree?.nodes() ?? []);
    for (const node of nodes) if (node.children.length > 0) node.settle();
    expect(store.saveSettled(nodes, "settled", nodes.length + 1)).toBe(false);
    settleAll(opened, "settled");
    expect(nodes.filter(({ isSaved, parent, children }) => !isSaved && parent !== null && children.length > 0)).toEqual([]);
  }
  expect(removed.length).toBeGreaterThan(5);
  const stored = removed.map(({ key }) => lightBytes(store.txpows.get(key) as TxPoW));
  expect(removed.map(({ txpow }) => lightBytes(txpow))).toEqual(stored);
  for (const node of removed) expect(() => [node.created, node.spent, Array.from(node.mmr.entries())]).not.toThrow();
  store.close();
});
