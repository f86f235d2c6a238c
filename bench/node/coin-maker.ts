import type { BuildRequest } from "../../host/chain/builder.js";
import { Chain } from "../../host/chain/chain.js";
import { makeGenesis } from "../../host/chain/genesis.js";
import type { MMR } from "../../host/chain/mmr/mmr.js";
import type { NetworkParams } from "../../host/chain/params.js";
import { effectsOf, runSteps } from "../../host/chain/steps.js";
import type { Effect, Steps } from "../../host/chain/types.js";
import { CoreInstance } from "../../host/core/instance.js";
import { bestCore } from "../../host/core/module.js";
import { type Bytes, equalBytes } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { outputCoinId } from "../../host/protocol/mmr-node.js";
import { EMPTY_PROOF } from "../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import { EMPTY_TRANSACTION } from "../../host/protocol/transaction.js";
import { ChainStore } from "../../host/store/chain-store.js";
import { outputCoin } from "../../host/wallet/payment.js";
import { mined, seed } from "./chain-maker.js";

/** Coins made in one block: what fits into its transaction. */
const PER_BLOCK = 250;
const HASH_RATE = 1;
const TRUE_SCRIPT = "RETURN TRUE";
/** The address of what is not given away yet: anybody may spend it, so nothing is to be signed. */
const PURSE = scriptAddress(TRUE_SCRIPT);
const UNIT = MiniNumber.parse("0.001");
/** So many different amounts. */
const AMOUNTS = 7;

export interface WealthOptions {
  /** Of the chain's store, which must not be there yet. */
  readonly path: string;
  readonly params: NetworkParams;
  /** Who gets the coins. */
  readonly address: Bytes;
  readonly coins: number;
  /** Empty blocks on top. */
  readonly empty: number;
}

/** Makes a chain, as a node stores it, in which an address got many small coins. Gives the longest step in milliseconds. */
export function makeWealth({ path, params, address, coins, empty }: WealthOptions): number {
  const blocks = Math.ceil(coins / PER_BLOCK) + empty;
  let now = Date.now() - (blocks + 1) * params.blockInterval;
  const store = new ChainStore({ path, params, cacheKiB: 2048, now: () => now, isRelevant: () => false });
  const core = new CoreInstance(bestCore);
  const chain = new Chain(params, {
    source: store.txpows,
    now: () => now,
    isRelevant: (coin) => equalBytes(coin.address, address),
    hasValidSignatures: () => true,
  });
  let purse: Coin | undefined;
  let worst = 0;
  const take = (effects: readonly Effect[]): void => {
    store.apply(effects);
    for (const effect of effects)
      if (effect.type === "block-added") purse = effect.node.created.find((coin) => equalBytes(coin.address, PURSE)) ?? purse;
  };
  const run = (steps: Steps<unknown>): void => {
    for (;;) {
      const started = performance.now();
      const step = steps.next();
      if (step.done === true) return;
      take(effectsOf(step.value));
      worst = Math.max(worst, performance.now() - started);
    }
  };
  const extend = (made: number, outputs: readonly Coin[]): void => {
    now += params.blockInterval;
    const { tip } = chain;
    if (tip === null || purse === undefined) throw new Error("there is no coin to pay with");
    const sum = outputs.reduce((total, { amount }) => total.add(amount), MiniNumber.ZERO);
    const payment = outputs.length === 0 ? {} : spend(purse, [...outputs, outputCoin(PURSE, purse.amount.sub(sum))], tip.mmr);
    const prng = seed(`coins ${made}`);
    run(chain.receiveTxPoW(mined(core, runSteps(chain.build({ ...payment, prng, hashRate: HASH_RATE, now })).result), null));
    if (chain.tip?.number !== tip.number + 1) throw new Error("a block was not taken");
  };
  const { txpow } = makeGenesis({ address: PURSE, prng: seed("coins"), time: now });
  take(chain.begin(txpow));
  for (let made = 0; made < coins; ) {
    const outputs = Array.from({ length: Math.min(PER_BLOCK, coins - made) }, (_, i) =>
      outputCoin(address, UNIT.mul(MiniNumber.of(1 + ((made + i) % AMOUNTS))), { storestate: true }),
    );
    made += outputs.length;
    extend(made, outputs);
  }
  for (let i = 1; i <= empty; i++) extend(coins + i, []);
  store.close();
  return worst;
}

function spend(coin: Coin, outputs: readonly Coin[], mmr: MMR): Pick<BuildRequest, "transaction" | "witness"> {
  const named = outputs.map((output, i) => ({ ...output, coinid: outputCoinId(coin.coinid, i) }));
  return {
    transaction: { ...EMPTY_TRANSACTION, inputs: [coin], outputs: named },
    witness: {
      signatures: [],
      coinProofs: [{ coin, proof: mmr.proofToPeak(coin.mmrentry.unscaled) }],
      scripts: [{ script: TRUE_SCRIPT, proof: EMPTY_PROOF }],
    },
  };
}
