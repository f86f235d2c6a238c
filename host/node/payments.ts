import type { Chain } from "../chain/chain.js";
import { isRelevantCoin, unspentCoins } from "../chain/coins.js";
import { idKey } from "../chain/id-key.js";
import type { NetworkParams } from "../chain/params.js";
import type { Arrival } from "../chain/types.js";
import { sizeLimit } from "../chain/validation/txpow-check.js";
import { MiniNumber } from "../protocol/number.js";
import type { RunSlices, Slices } from "../protocol/slices.js";
import type { TxnRow } from "../protocol/txn-row.js";
import { sizeWithoutBlockTransactions, type TxPoW } from "../protocol/txpow.js";
import { WalletError } from "../wallet/errors.js";
import {
  type CoinSource,
  type Draft,
  makeBurnDraft,
  NO_DRAFT,
  type Payment,
  type PaymentContext,
  type PaymentDraft,
  type Signer,
  signDraft,
  signPayment,
  tooLarge,
} from "../wallet/payment.js";
import type { Wallet } from "../wallet/wallet.js";
import type { Logger } from "./logger.js";
import type { Turns } from "./turns.js";

/** Chooses coins. May be interrupted: what is planned does not change meanwhile. */
export type Plan<Result> = (context: PaymentContext, run: RunSlices) => Slices<Result> | Promise<Result>;

/** What paying needs of a node. */
export interface PaymentHost {
  readonly chain: Chain;
  readonly wallet: Wallet;
  readonly params: NetworkParams;
  readonly log: Logger;
  readonly turns: Turns;
  build(payment: Payment): Promise<TxPoW>;
  mine(template: TxPoW, signal?: AbortSignal): Promise<TxPoW>;
  submit(txpow: TxPoW, from: null): Promise<Arrival>;
}

/** A payment on its way: the TxPoW as built, and the end of its mining. */
export interface PendingPayment {
  /** Not mined yet: its id will be another one. */
  readonly txpow: TxPoW;
  /** The TxPoW as it was sent to the network. Fails when it was not accepted. */
  readonly sent: Promise<TxPoW>;
  /** Ends the mining: what was not sent yet never will be. */
  giveUp(): void;
}

/** Pays with the node's wallet: plans, signs, builds, mines and sends (spec 09 §11). */
export class Payments {
  readonly #node: PaymentHost;
  /** Coins of payments that are not in the mempool yet. */
  readonly #reserved = new Set<string>();
  /** Done when nobody chooses coins any more. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(node: PaymentHost) {
    this.#node = node;
  }

  /** Coins and proofs as of the current tip. Throws `WalletError` while there is no chain. */
  context(): PaymentContext {
    return { source: this.#coinSource(), wallet: this.#node.wallet, params: this.#node.params };
  }

  /** Plans as of the tip when its turn comes: one after the other, so that two do not choose the same coins. Throws `WalletError`. */
  planned<Result>(plan: Plan<Result>): Promise<Result> {
    return this.#alone(plan, (result) => result);
  }

  /** `use` is called as soon as the plan is made, before another one begins. */
  #alone<Result, Used>(plan: Plan<Result>, use: (result: Result) => Used): Promise<Used> {
    const { turns } = this.#node;
    const job = this.#last.then(async () => {
      const made = plan(this.context(), (slices) => turns.run(slices));
      return use(made instanceof Promise ? await made : await turns.run(made));
    });
    this.#last = job.catch(() => {});
    return job;
  }

  /** Whether a coin is spent by something that is being mined or waits for a block. */
  isUsed(coinid: Uint8Array): boolean {
    return this.#reserved.has(idKey(coinid)) || this.#node.chain.pool.usesCoin(coinid);
  }

  #coinSource(): CoinSource {
    const { chain, wallet } = this.#node;
    const { tip } = chain;
    if (tip === null) throw new WalletError("refused", "No blocks yet..");
    return {
      tipNumber: tip.number,
      tipMMR: tip.mmr,
      maxSize: Number(sizeLimit(tip.txpow)),
      *candidates() {
        const { tracked } = wallet;
        for (const coin of unspentCoins(tip)) if (isRelevantCoin(coin, tracked)) yield coin;
      },
      isUsed: (coinid) => this.isUsed(coinid),
    };
  }

  /**
   * Signs and builds a payment and mines it in the background. Its coins are taken from the moment it is planned. `signer` signs in
   * the place of the wallet. Throws `WalletError`.
   */
  async pay(plan: Plan<PaymentDraft>, signer: Signer = this.#node.wallet): Promise<PendingPayment> {
    const { draft, release } = await this.#alone(plan, (made) => ({ draft: made, release: this.#reserve([made.main, made.burn]) }));
    return this.#send(() => signPayment(draft, signer), release);
  }

  /** As `pay`, for a transaction that was signed elsewhere; with a burn of the wallet's coins beside it (spec 09 §13). */
  async payWith({ transaction, witness }: TxnRow, burn: MiniNumber, signer: Signer = this.#node.wallet): Promise<PendingPayment> {
    const { draft, release } = await this.#alone(
      function* (context): Slices<Draft> {
        return burn.moreThan(MiniNumber.ZERO) ? yield* makeBurnDraft(burn, transaction, context) : NO_DRAFT;
      },
      (made) => ({ draft: made, release: this.#reserve([{ witness }, made]) }),
    );
    const sign = async (): Promise<Payment> => ({
      transaction,
      witness,
      burnTransaction: draft.transaction,
      burnWitness: await signDraft(draft, signer),
    });
    return this.#send(sign, release);
  }

  /** As `pay`, for a payment that is complete: its parts are taken as they are. */
  async paySigned({ transaction, witness, burnTransaction, burnWitness }: Payment): Promise<PendingPayment> {
    const release = this.#reserve([{ witness }, { witness: burnWitness }]);
    return this.#send(async () => ({ transaction, witness, burnTransaction, burnWitness }), release);
  }

  /** Takes the coins of a payment; gives what frees them again. Throws `refused` when one is taken already. */
  #reserve(parts: readonly Pick<Draft, "witness">[]): () => void {
    const coins = parts.flatMap(coinKeys);
    if (coins.some((key) => this.#reserved.has(key))) throw new WalletError("refused", "a coin of this payment is being spent already");
    for (const key of coins) this.#reserved.add(key);
    return () => {
      for (const key of coins) this.#reserved.delete(key);
    };
  }

  async #send(sign: () => Promise<Payment>, release: () => void): Promise<PendingPayment> {
    try {
      const txpow = await this.build(await sign());
      const giveUp = new AbortController();
      const sent = this.post(txpow, giveUp.signal).finally(release);
      sent.catch((error: Error) => this.#node.log.warn("payment not sent", { reason: error.message }));
      return { txpow, sent, giveUp: () => giveUp.abort() };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Builds the TxPoW of a payment. Throws `WalletError` when it is larger than the network takes. */
  async build(payment: Payment): Promise<TxPoW> {
    const txpow = await this.#node.build(payment);
    const size = BigInt(sizeWithoutBlockTransactions(txpow));
    const limit = sizeLimit(txpow);
    if (size > limit) throw tooLarge(size, limit, payment.transaction.inputs.length);
    return txpow;
  }

  /** Mines a TxPoW and sends it to the network. Throws `WalletError` when this node does not take it itself. */
  async post(txpow: TxPoW, signal?: AbortSignal): Promise<TxPoW> {
    const mined = await this.#node.mine(txpow, signal);
    signal?.throwIfAborted();
    const arrival = await this.#node.submit(mined, null);
    if (arrival.verdict === "dropped") throw new WalletError("refused", `this node does not accept it : ${arrival.rule}`);
    return mined;
  }
}

function coinKeys({ witness }: Pick<Draft, "witness">): string[] {
  return witness.coinProofs.map(({ coin }) => idKey(coin.coinid));
}
