import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WalletDatabase } from "../../host/store/wallet-db.js";
import { rememberedNodes } from "../../host/wallet/node-memory.js";
import { makeNodeHere, type NodeMaker, TreeKey } from "../../host/wallet/treekey.js";

const seed = new Uint8Array(32).fill(7);
const shape = { keys: 4, levels: 3 };

describe("key-tree nodes", () => {
  let folder = "";
  let store: WalletDatabase;
  let made = 0;
  const make: NodeMaker = (nodeSeed, keys) => {
    made++;
    return makeNodeHere(nodeSeed, keys);
  };
  const open = (): WalletDatabase => new WalletDatabase({ path: join(folder, "wallet.db"), cacheKiB: 256 });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "minimote-nodes-"));
    store = open();
    made = 0;
  });

  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("are made once and found after a restart, with the same signatures", async () => {
    const data = new Uint8Array(32).fill(1);
    const first = await (await TreeKey.open(seed, shape, rememberedNodes(make, store))).sign(5, data);
    expect(made).toBe(3);
    store.close();
    store = open();
    expect(await (await TreeKey.open(seed, shape, rememberedNodes(make, store))).sign(5, data)).toEqual(first);
    expect(made).toBe(3);
  });

  test("are made again where the record is damaged or has another size", async () => {
    const right = await make(seed, 4);
    const remembered = rememberedNodes(make, {
      nodeKeys: (id) => {
        const record = store.nodeKeys(id);
        record?.set([(record[40] ?? 0) ^ 1], 40);
        return record;
      },
      keepNodeKeys: (id, record) => store.keepNodeKeys(id, record),
    });
    await remembered(seed, 4);
    made = 0;
    expect(await remembered(seed, 4)).toEqual(right);
    expect(made).toBe(1);
    expect(await rememberedNodes(make, store)(seed, 8)).toHaveLength(8);
    expect(made).toBe(2);
  });

  test("are bounded, and nothing of a seed is written", async () => {
    for (let i = 0; i < 600; i++) store.keepNodeKeys(Uint8Array.of(i >> 8, i), new Uint8Array(8));
    expect(store.nodeKeys(Uint8Array.of(0, 0))).toBeUndefined();
    expect(store.nodeKeys(Uint8Array.of(2, 87))).toBeDefined();
    let written = new Uint8Array();
    await rememberedNodes(make, {
      nodeKeys: () => undefined,
      keepNodeKeys: (id, record) => {
        written = Buffer.concat([id, record]);
      },
    })(seed, 4);
    expect(Buffer.from(written).includes(Buffer.from(seed))).toBe(false);
  });
});
