import { unspentCoins } from "../../host/chain/coins.js";
import type { TreeNode } from "../../host/chain/tree-node.js";
import type { Coin } from "../../host/protocol/coin.js";
import { EMPTY_PROOF } from "../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import { EMPTY_TRANSACTION, type Transaction } from "../../host/protocol/transaction.js";
import { isBlock } from "../../host/protocol/txpow.js";
import type { Witness } from "../../host/protocol/witness.js";
import { outputCoin } from "../../host/wallet/payment.js";
import { mineTransaction } from "./nonce.js";
import type { Random } from "./random.js";
import type { SimNode } from "./sim-node.js";
import type { World } from "./world.js";

const SCRIPT = "RETURN TRUE";
/** All coins of the network are everybody's. */
export const ADDRESS = scriptAddress(SCRIPT);
/** Of how many young coins one is spent: few, so that some payments want the same coin. */
const CANDIDATES = 16;
const LEAST_SPLIT = MiniNumber.of(100);

/** Nodes pay: every so often one spends a coin it knows. */
export function makePayments(world: World, meanMs: number): void {
  const random = world.random.fork();
  world.often(meanMs, () => {
    const node = random.pick(world.live);
    if (node !== undefined) pay(world, node, random);
  });
}

function pay(world: World, node: SimNode, random: Random): void {
  const tip = node.chain.tip;
  const prng = random.bytes(32);
  if (tip === null) return;
  const young: Coin[] = [];
  for (const coin of unspentCoins(tip)) if (young.push(coin) >= CANDIDATES) break;
  const coin = random.pick(young);
  if (coin === undefined) return;
  node.run(
    () => node.chain.build({ ...spend(coin, tip), prng, hashRate: 1, now: world.wholeMs }),
    (template) => {
      const txpow = mineTransaction(template);
      if (isBlock(txpow)) world.observer.mined(txpow);
      node.submit(txpow, null);
    },
  );
}

/** Halves a coin, or passes it on when it is small. */
function spend(coin: Coin, tip: TreeNode): { readonly transaction: Transaction; readonly witness: Witness } {
  const half = coin.amount.div(MiniNumber.TWO);
  const amounts = coin.amount.moreThan(LEAST_SPLIT) ? [half, half] : [coin.amount];
  const outputs = amounts.map((amount) => outputCoin(ADDRESS, amount, { storestate: true }));
  return {
    transaction: { ...EMPTY_TRANSACTION, inputs: [coin], outputs },
    witness: {
      signatures: [],
      coinProofs: [{ coin, proof: tip.mmr.proofToPeak(coin.mmrentry.unscaled) }],
      scripts: [{ script: SCRIPT, proof: EMPTY_PROOF }],
    },
  };
}
