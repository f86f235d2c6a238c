import { describe, expect, test } from "vitest";
import { parentKey, txpowKey } from "../../host/chain/id-key.js";
import { TxPoWPool } from "../../host/chain/pool.js";
import { type TxPoW, txpowSize } from "../../host/protocol/txpow.js";
import { recordedChain } from "./recorded.js";

const { txpows } = recordedChain("chain-1");
const [first, second, third] = txpows as [TxPoW, TxPoW, TxPoW];
const carrying = txpows.find((txpow) => (txpow.body?.witness.coinProofs.length ?? 0) > 0) as TxPoW;

function poolOf(items: readonly TxPoW[], maxBytes = 1_000_000): { pool: TxPoWPool; clock: { now: number } } {
  const clock = { now: 0 };
  const pool = new TxPoWPool({ now: () => clock.now, maxBytes });
  for (const txpow of items) pool.add(txpow, false);
  return { pool, clock };
}

describe("the pool", () => {
  test("lets the oldest go when it is full", () => {
    const { pool } = poolOf([first, second, third], txpowSize(second) + txpowSize(third));
    expect(pool.size).toBe(3);
    pool.trim();
    expect([first, second, third].map((txpow) => pool.has(txpowKey(txpow)))).toEqual([false, true, true]);
  });

  test("lets go what nobody asks for", () => {
    const { pool, clock } = poolOf([first, second]);
    clock.now = 10;
    pool.get(txpowKey(first));
    pool.peek(txpowKey(second));
    pool.expire(5);
    expect([first, second].map((txpow) => pool.has(txpowKey(txpow)))).toEqual([true, false]);
  });

  test("knows children and coins as long as it holds them", () => {
    const { pool } = poolOf([second, carrying]);
    const coin = carrying.body?.witness.coinProofs[0]?.coin.coinid as Uint8Array;
    expect(pool.childrenOf(parentKey(second))).toEqual([second]);
    expect(pool.usesCoin(coin)).toBe(true);
    pool.remove(txpowKey(second));
    pool.remove(txpowKey(carrying));
    expect(pool.childrenOf(parentKey(second))).toEqual([]);
    expect(pool.usesCoin(coin)).toBe(false);
    pool.remove(txpowKey(carrying));
    expect(pool.size).toBe(0);
  });

  test("hands each TxPoW out for storing once", () => {
    const { pool } = poolOf([first]);
    pool.add(second, true);
    expect([first, second, third].map((txpow) => pool.takeUnstored(txpowKey(txpow)))).toEqual([first, undefined, undefined]);
    expect(pool.takeUnstored(txpowKey(first))).toBeUndefined();
  });
});
