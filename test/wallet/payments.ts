import { idKey } from "../../host/chain/id-key.js";
import { MMR } from "../../host/chain/mmr/mmr.js";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { sha3 } from "../../host/core/hash.js";
import { type Bytes, equalBytes, ZERO_ID } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { entryNumber } from "../../host/protocol/entry-number.js";
import { coinLeaf } from "../../host/protocol/mmr-node.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { type Token, tokenId } from "../../host/protocol/token.js";
import type { CoinSource, PayingWallet, PaymentContext } from "../../host/wallet/payment.js";
import { simpleRow } from "../../host/wallet/scripts.js";

/** A wallet with a few addresses that pays but does not really sign. */
export interface FakeWallet extends PayingWallet {
  readonly addresses: readonly Bytes[];
  /** What was signed, by key. */
  readonly signed: [key: Bytes, data: Bytes][];
}

export const number = (text: string): MiniNumber => MiniNumber.parse(text);
export const id = (text: string): Bytes => sha3(new TextEncoder().encode(text));

export function fakeWallet(size = 4): FakeWallet {
  const rows = Array.from({ length: size }, (_, i) => simpleRow(id(`key ${i}`), true));
  const signed: [Bytes, Bytes][] = [];
  let turn = 0;
  return {
    addresses: rows.map(({ address }) => address),
    signed,
    scriptOf: (address) => rows.find((row) => equalBytes(row.address, address)),
    isSimple: (address) => rows.some((row) => equalBytes(row.address, address)),
    getAddress: () => rows[turn++ % rows.length] ?? simpleRow(ZERO_ID, true),
    sign: async (key, data) => {
      signed.push([key, data]);
      return { proofs: [] };
    },
  };
}

/** A token of which all was created at once. */
export function makeToken(name: string, decimals: number, total: string, script = "RETURN TRUE"): Token {
  const scale = 44 - decimals;
  const amount = new MiniNumber(1n, scale).mul(number(total));
  return { coinid: id(`${name} coin`), script, scale: MiniNumber.of(scale), amount, name, created: MiniNumber.ONE };
}

export interface CoinPlan {
  /** In Minima. */
  readonly amount: MiniNumber;
  readonly address: Bytes;
  readonly token?: Token;
}

/** A chain of which each block creates the coins given for it, and `empty` blocks on top. */
export function fakeChain(blocks: readonly (readonly CoinPlan[])[], empty: number): CoinSource & { readonly used: Set<string> } {
  const coins: Coin[] = [];
  let mmr: MMR | null = null;
  const used = new Set<string>();
  for (const plans of [...blocks, ...Array.from({ length: empty }, () => [])]) {
    const next: MMR = mmr === null ? new MMR(1) : MMR.over(mmr);
    for (const { amount, address, token } of plans) {
      const coin: Coin = {
        coinid: id(`coin ${coins.length}`),
        address,
        amount,
        tokenid: token === undefined ? ZERO_ID : tokenId(token),
        storestate: true,
        mmrentry: entryNumber(next.next),
        spent: 0,
        created: MiniNumber.of(next.blocktime),
        state: [],
        token: token ?? null,
      };
      next.add(coinLeaf(coin));
      coins.unshift(coin);
    }
    next.finalise();
    mmr = next;
  }
  if (mmr === null) throw new Error("a chain needs a block");
  return {
    tipNumber: mmr.blocktime,
    tipMMR: mmr,
    maxSize: 65_536,
    candidates: () => coins,
    isUsed: (coinid) => used.has(idKey(coinid)),
    used,
  };
}

export function context(source: CoinSource, wallet: PayingWallet): PaymentContext {
  return { source, wallet, params: TEST_PARAMS };
}
