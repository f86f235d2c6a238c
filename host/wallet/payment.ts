import { idKey } from "../chain/id-key.js";
import { isCoinProofValid } from "../chain/mmr/coin-proof.js";
import type { MMR } from "../chain/mmr/mmr.js";
import type { NetworkParams } from "../chain/params.js";
import { hasValidAmounts } from "../chain/validation/amounts.js";
import { type Bytes, equalBytes, ZERO_ID } from "../protocol/bytes.js";
import { type Coin, writeCoin } from "../protocol/coin.js";
import { ENTRY_ZERO } from "../protocol/entry-number.js";
import { outputCoinId } from "../protocol/mmr-node.js";
import { EMPTY_PROOF } from "../protocol/mmr-objects.js";
import { MiniNumber } from "../protocol/number.js";
import type { Signature } from "../protocol/signature.js";
import { filterInSlices, type Slices } from "../protocol/slices.js";
import type { StateVariable } from "../protocol/state-variable.js";
import { EMPTY_TRANSACTION, type Transaction, transactionId } from "../protocol/transaction.js";
import { type CoinProof, EMPTY_WITNESS, type Witness } from "../protocol/witness.js";
import { encode } from "../protocol/writer.js";
import { WalletError } from "./errors.js";
import type { ScriptRow } from "./scripts.js";

/** A payment with more inputs than that gets smaller when coins are merged before. */
const FEW_COINS = 3;
/** Outputs of a transaction that peers still relay (spec 09 §1.3). */
const MAX_OUTPUTS = 15;

/** Coins collected without an interruption. */
const COLLECTED_AT_ONCE = 32;

/** What the chain tells about the wallet's coins, all as of one tip. */
export interface CoinSource {
  readonly tipNumber: number;
  readonly tipMMR: MMR;
  /** Bytes a TxPoW may have. */
  readonly maxSize: number;
  /** The unspent coins that concern the wallet, newest block first (spec 09 §9). */
  candidates(): Iterable<Coin>;
  /** Whether a coin is spent by something that is being mined or waits for a block. */
  isUsed(coinid: Bytes): boolean;
}

/** Who signs with wallet keys. */
export interface Signer {
  sign(publicKey: Bytes, data: Bytes): Promise<Signature>;
}

/** The wallet, to one who pays with it. */
export interface PayingWallet extends Signer {
  scriptOf(address: Bytes): ScriptRow | undefined;
  isSimple(address: Bytes): boolean;
  getAddress(): ScriptRow;
}

/** All that a payment depends on besides the request. */
export interface PaymentContext {
  readonly source: CoinSource;
  readonly wallet: PayingWallet;
  readonly params: NetworkParams;
}

/** A transaction with all its proofs but the signatures. */
export interface Draft {
  readonly transaction: Transaction;
  readonly witness: Witness;
  /** The keys that must sign the transaction id, each once. */
  readonly signers: readonly Bytes[];
}

/** What a payment consists of before it is signed. The coins of both parts must not be used for anything else from now on. */
export interface PaymentDraft {
  readonly main: Draft;
  readonly burn: Draft;
}

/** A payment, ready to be built into a TxPoW. */
export interface Payment {
  readonly transaction: Transaction;
  readonly witness: Witness;
  readonly burnTransaction: Transaction;
  readonly burnWitness: Witness;
}

export const NO_DRAFT: Draft = { transaction: EMPTY_TRANSACTION, witness: EMPTY_WITNESS, signers: [] };

/** What to make a transaction of. */
export interface DraftParts {
  /** As the chain holds them. */
  readonly inputs: readonly Coin[];
  /** Their ids are filled in. */
  readonly outputs: readonly Coin[];
  readonly state?: readonly StateVariable[];
  readonly linkhash?: Bytes;
  /** Signs in the place of the keys of the inputs' scripts. */
  readonly signKey?: Bytes;
}

/** An output to be. Change and other outputs that need no state leave `storestate` out. */
export function outputCoin(
  address: Bytes,
  amount: MiniNumber,
  { storestate = false, tokenid = ZERO_ID, token = null }: Partial<Pick<Coin, "storestate" | "tokenid" | "token">> = {},
): Coin {
  return {
    coinid: ZERO_ID,
    address,
    amount,
    tokenid,
    storestate,
    mmrentry: ENTRY_ZERO,
    spent: 0,
    created: MiniNumber.ZERO,
    state: [],
    token,
  };
}

/** Makes a transaction and its witness, all proofs of one block, unsigned (spec 03 §10, 09 §11.2 steps 7, 8, 12-14). Throws `refused`. */
export function* makeDraft(parts: DraftParts, { source, wallet, params }: PaymentContext): Slices<Draft> {
  const { inputs, outputs } = parts;
  const [first] = inputs;
  if (first === undefined) throw new WalletError("refused", "a transaction needs an input");
  if (outputs.length > MAX_OUTPUTS) throw new WalletError("refused", `Too many outputs ${outputs.length} - will not be relayed by network`);
  checkFits(inputs, source);
  const scripts = inputs.map(({ address }) => knownScript(wallet, address));
  const transaction: Transaction = {
    inputs,
    outputs: outputs.map((coin, i) => ({ ...coin, coinid: outputCoinId(first.coinid, i) })),
    state: sortedState(parts.state ?? []),
    linkhash: parts.linkhash ?? ZERO_ID,
  };
  if (!hasValidAmounts(transaction)) throw new WalletError("refused", "the amounts of this transaction do not add up");
  return {
    transaction,
    witness: {
      signatures: [],
      coinProofs: yield* proveCoins(inputs, source, params),
      scripts: distinct(scripts, ({ address }) => address).map(({ script }) => ({ script, proof: EMPTY_PROOF })),
    },
    signers: parts.signKey === undefined ? distinct(scripts.map(({ publicKey }) => publicKey)) : [parts.signKey],
  };
}

/** Most inputs that can be too many are refused before they are proven one by one. Throws `refused`. */
function checkFits(inputs: readonly Coin[], { maxSize }: CoinSource): void {
  // A TxPoW holds each input twice: in its transaction, and proven.
  const least = 2 * inputs.reduce((sum, coin) => sum + encode(writeCoin, coin).length, 0);
  if (least > maxSize) throw tooLarge(least, maxSize, inputs.length);
}

/** The error of a payment that is larger than the network takes. */
export function tooLarge(size: number | bigint, limit: number | bigint, coins: number): WalletError {
  const advice = coins > FEW_COINS ? ` : it would spend ${coins} coins, merge small ones with consolidate first` : "";
  return new WalletError("refused", `TxPoW size too large.. ${size}/${limit}${advice}`);
}

function knownScript(wallet: PayingWallet, address: Bytes): ScriptRow {
  const row = wallet.scriptOf(address);
  if (row === undefined) throw new WalletError("refused", "the script of an input is not known here");
  return row;
}

/** The first of each, in order. */
function distinct(items: readonly Bytes[]): Bytes[];
function distinct<T>(items: readonly T[], idOf: (item: T) => Bytes): T[];
function distinct<T>(items: readonly T[], idOf: (item: T) => Bytes = (item) => item as Bytes): T[] {
  return items.filter((item, i) => items.findIndex((other) => equalBytes(idOf(other), idOf(item))) === i);
}

/** By port; of two with the same port the later one stays. */
function sortedState(state: readonly StateVariable[]): StateVariable[] {
  const byPort = new Map(state.map((variable) => [variable.port, variable]));
  return Array.from(byPort.values()).sort((a, b) => a.port - b.port);
}

/**
 * The MMR that coins are proven against: of a block old enough to outlive a reorganisation, new enough to know all of them
 * (spec 03 §10). Throws `refused`.
 */
export function proofMMR(coins: readonly Coin[], { tipNumber, tipMMR }: CoinSource, { proofAge }: NetworkParams): MMR {
  const oldest = MiniNumber.of(Math.max(0, tipNumber - proofAge));
  const newest = coins.reduce((block, { created }) => (created.moreThan(block) ? created : block), oldest);
  const mmr = tipMMR.at(newest);
  if (mmr === undefined) throw new WalletError("refused", "Not enough blocks in chain to make valid MMR Proofs..");
  return mmr;
}

/** The proofs of all inputs against one block. Throws `refused`. */
export function* proveCoins(coins: readonly Coin[], source: CoinSource, params: NetworkParams): Slices<CoinProof[]> {
  const mmr = proofMMR(coins, source, params);
  const proofs: CoinProof[] = [];
  for (const coin of coins) {
    const proven = { coin, proof: mmr.proofToPeak(coin.mmrentry.unscaled) };
    if (!isCoinProofValid(source.tipMMR, proven))
      throw new WalletError("refused", "a coin cannot be proven: it was spent, or the chain changed meanwhile");
    proofs.push(proven);
    yield;
  }
  return proofs;
}

/** Coins of an amount, in the order given, skipping those in use. `collected` is less than the amount when there are not enough. */
export function* collectCoins(
  coins: readonly Coin[],
  need: MiniNumber,
  source: CoinSource,
  amountOf: (coin: Coin) => MiniNumber = ({ amount }) => amount,
): Slices<{ readonly coins: readonly Coin[]; readonly collected: MiniNumber }> {
  const taken: Coin[] = [];
  let collected = MiniNumber.ZERO;
  for (const [i, coin] of coins.entries()) {
    if (i % COLLECTED_AT_ONCE === 0) yield;
    if (source.isUsed(coin.coinid)) continue;
    taken.push(coin);
    collected = collected.add(amountOf(coin));
    if (collected.moreOrEqual(need)) break;
  }
  return { coins: taken, collected };
}

/** The coins that may be spent without being asked for, of one token, created at least `coinage` blocks ago (spec 09 §11.2 step 2). */
export function spendableCoins({ source, wallet }: PaymentContext, tokenid: Bytes, coinage: MiniNumber): Slices<Coin[]> {
  return confirmedCoins(source, tokenid, coinage, ({ address }) => wallet.isSimple(address));
}

/** As `spendableCoins`, of the addresses that pass. */
export function confirmedCoins(source: CoinSource, tokenid: Bytes, coinage: MiniNumber, passes: (coin: Coin) => boolean): Slices<Coin[]> {
  const newest = MiniNumber.of(source.tipNumber).sub(coinage);
  return filterInSlices(
    source.candidates(),
    (coin) => equalBytes(coin.tokenid, tokenid) && coin.created.lessOrEqual(newest) && passes(coin),
  );
}

/** The change of a transaction as its last output, if there is any (spec 09 §11.2 step 11). */
export function changeOutputs(change: MiniNumber, address: () => Bytes, kind: Partial<Pick<Coin, "tokenid" | "token">> = {}): Coin[] {
  return change.moreThan(MiniNumber.ZERO) ? [outputCoin(address(), change, kind)] : [];
}

/**
 * The separate transaction that burns Minima for another one (spec 09 §13). Throws `refused` when there are not enough coins besides
 * those of the other.
 */
export function* makeBurnDraft(burn: MiniNumber, main: Transaction, context: PaymentContext): Slices<Draft> {
  const { source, wallet } = context;
  const taken = new Set(main.inputs.map(({ coinid }) => idKey(coinid)));
  const spendable = yield* spendableCoins(context, ZERO_ID, MiniNumber.ZERO);
  const others = yield* filterInSlices(spendable, ({ coinid }) => !taken.has(idKey(coinid)));
  const { coins, collected } = yield* collectCoins(others, burn, source);
  if (collected.lessThan(burn)) throw new WalletError("refused", "Not enough funds / coins for the burn..");
  if (!burn.isValidAmount()) throw new WalletError("refused", `Invalid Minima amount to send.. ${burn}`);
  const outputs = changeOutputs(collected.sub(burn), () => wallet.getAddress().address);
  return yield* makeDraft({ inputs: coins, outputs, linkhash: transactionId(main) }, context);
}

/** Signs both parts of a payment, one signature per key. */
export async function signPayment({ main, burn }: PaymentDraft, signer: Signer): Promise<Payment> {
  return {
    transaction: main.transaction,
    witness: await signDraft(main, signer),
    burnTransaction: burn.transaction,
    burnWitness: await signDraft(burn, signer),
  };
}

/** The witness of a transaction with its signatures, one per key. */
export async function signDraft({ transaction, witness, signers }: Draft, signer: Signer): Promise<Witness> {
  const signatures: Signature[] = [];
  for (const key of signers) signatures.push(await signer.sign(key, transactionId(transaction)));
  return { ...witness, signatures };
}
