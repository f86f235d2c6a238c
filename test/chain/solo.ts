import type { BuildRequest } from "../../host/chain/builder.js";
import { Chain } from "../../host/chain/chain.js";
import { unspentCoins } from "../../host/chain/coins.js";
import { makeGenesis } from "../../host/chain/genesis.js";
import { txpowKey } from "../../host/chain/id-key.js";
import { MemoryStore } from "../../host/chain/memory-store.js";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { runSteps } from "../../host/chain/steps.js";
import type { BlockTree } from "../../host/chain/tree.js";
import type { Arrival, ChainDeps, Effect, PeerId } from "../../host/chain/types.js";
import { sha3 } from "../../host/core/hash.js";
import { minedHeader, miningMessage } from "../../host/node/mining/mining-message.js";
import { compareUnsigned } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { EMPTY_PROOF } from "../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import { EMPTY_TRANSACTION, type Transaction } from "../../host/protocol/transaction.js";
import { bodyHash } from "../../host/protocol/txbody.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import type { Witness } from "../../host/protocol/witness.js";
import { outputCoin } from "../../host/wallet/payment.js";

const SCRIPT = "RETURN TRUE";
const ADDRESS = scriptAddress(SCRIPT);
const START = 1_700_000_000_000;
/** So slow that transactions are to be mined to the network's minimum. */
const HASH_RATE = 1;

/** What a search is to find. */
export type Wanted = "block" | "transaction";

/** Searches a nonce: for a block, or for a TxPoW that did its work but is no block. */
export function mineTxPoW(txpow: TxPoW, wanted: Wanted = "block"): TxPoW {
  if (txpow.body === null) throw new Error("no body");
  const header = { ...txpow.header, bodyhash: bodyHash(txpow.body) };
  const { message, offset } = miningMessage(header);
  const view = new DataView(message.buffer, message.byteOffset);
  for (let counter = 0; ; counter++) {
    view.setUint32(offset, counter);
    const id = sha3(message);
    const isBlock = compareUnsigned(id, header.blkdiff) < 0;
    const didWork = compareUnsigned(id, txpow.body.txndiff) < 0;
    if (wanted === "block" ? isBlock : didWork && !isBlock) return { header: minedHeader(message), body: txpow.body };
  }
}

/** A private network of one node under a clock of its own; all its coins can be spent by anybody. */
export class SoloNode {
  now = START;
  readonly store = new MemoryStore();
  readonly chain: Chain;
  #made = 0;

  constructor(genesis = makeGenesis({ address: ADDRESS, prng: new Uint8Array(32), time: START }).txpow, deps: Partial<ChainDeps> = {}) {
    this.chain = new Chain(TEST_PARAMS, { source: this.store, now: () => this.now, isRelevant: () => true, ...deps });
    this.store.apply(this.chain.begin(genesis));
  }

  get tree(): BlockTree {
    if (this.chain.tree === null) throw new Error("no chain");
    return this.chain.tree;
  }

  coins(): Coin[] {
    return [...unspentCoins(this.tree.tip)];
  }

  /** A transaction that turns a coin into these amounts. */
  spend(coin: Coin, amounts: readonly string[]): { readonly transaction: Transaction; readonly witness: Witness } {
    const outputs = amounts.map((amount) => outputCoin(ADDRESS, MiniNumber.parse(amount), { storestate: true }));
    const proof = this.tree.tip.mmr.proofToPeak(coin.mmrentry.unscaled);
    return {
      transaction: { ...EMPTY_TRANSACTION, inputs: [coin], outputs },
      witness: { signatures: [], coinProofs: [{ coin, proof }], scripts: [{ script: SCRIPT, proof: EMPTY_PROOF }] },
    };
  }

  build(request: Partial<BuildRequest> = {}): TxPoW {
    const prng = new Uint8Array(32).fill(++this.#made);
    return runSteps(this.chain.build({ prng, hashRate: HASH_RATE, now: this.now, ...request })).result;
  }

  receive(txpow: TxPoW, from: PeerId | null = null): { readonly arrival: Arrival; readonly effects: readonly Effect[] } {
    const { result, effects } = runSteps(this.chain.receiveTxPoW(txpow, from));
    this.store.apply(effects);
    return { arrival: result, effects };
  }

  /** Makes, mines and takes the next block, some milliseconds after the last. */
  extend(request: Partial<BuildRequest> = {}, after = TEST_PARAMS.blockInterval): TxPoW {
    this.now += after;
    const block = mineTxPoW(this.build(request));
    this.receive(block);
    if (this.tree.tip.key !== txpowKey(block)) throw new Error("the block did not become the tip");
    return block;
  }
}
