import { type Bytes, CREATE_TOKEN_ID, equalBytes } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { entryNumber, entryPosition } from "../protocol/entry-number.js";
import { ProtocolError } from "../protocol/errors.js";
import { coinLeaf, equalNodes, outputCoinId, spentCoinLeaf } from "../protocol/mmr-node.js";
import type { MMREntry } from "../protocol/mmr-objects.js";
import { MiniNumber } from "../protocol/number.js";
import { recodedState } from "../protocol/state-variable.js";
import { type Token, tokenId } from "../protocol/token.js";
import { isEmptyTransaction, type Transaction, transactionId } from "../protocol/transaction.js";
import type { TxBlock } from "../protocol/txblock.js";
import type { TxPoW } from "../protocol/txpow.js";
import type { CoinProof, Witness } from "../protocol/witness.js";
import { DeferredParents, settled } from "./mmr/deferred-parents.js";
import { MMR } from "./mmr/mmr.js";
import { NOTHING } from "./steps.js";
import { blockNumber } from "./tree-node.js";
import type { Steps } from "./types.js";

/** Coins spent or added in one step. */
const COINS_PER_STEP = 64;

/**
 * Makes the TxBlock of a block from its parent's MMR and the TxPoWs it lists: all spends and all new coins, in the order that
 * decides over MMR entries (spec 02 §15, 03 §9, 06b §7.1). Throws ProtocolError.
 */
export function* makeTxBlock(parent: MMR, block: TxPoW, listed: readonly TxPoW[]): Steps<TxBlock> {
  const mmr = MMR.over(parent);
  const deferred = new DeferredParents();
  const spentCoins: CoinProof[] = [];
  const newCoins: Coin[] = [];
  for (const { body } of [block, ...listed]) {
    if (body === null) throw new ProtocolError("malformed", "a TxPoW without body cannot be in a block");
    for (const [transaction, witness] of [
      [body.transaction, body.witness],
      [body.burnTransaction, body.burnWitness],
    ] as const) {
      if (isEmptyTransaction(transaction)) continue;
      for (const { coin, proof } of witness.coinProofs) {
        const entry = leafEntry(coin);
        mmr.update(entry, proof, coinLeaf(coin), deferred.join);
        spentCoins.push({ coin, proof: mmr.proofToPeak(entry) });
      }
      newCoins.push(...createdCoins(transaction, witness, block));
    }
    yield NOTHING;
  }
  return { txpow: block, previousPeaks: parent.peaks(), spentCoins: yield* hashedProofs(spentCoins, deferred), newCoins };
}

/** The coins with proofs of which all is hashed: what the proofs do not show never is. */
function* hashedProofs(coinProofs: readonly CoinProof[], deferred: DeferredParents): Steps<CoinProof[]> {
  const shown = new Set(coinProofs.flatMap(({ proof }) => proof.chunks.map(({ data }) => data)));
  for (const _ of deferred.hash((parent) => shown.has(parent))) yield NOTHING;
  return coinProofs.map(({ coin, proof }) => {
    const chunks = proof.chunks.map(({ left, data }) => ({ left, data: settled(data) }));
    return { coin, proof: { ...proof, chunks } };
  });
}

/** What a TxBlock makes of its parent's state. */
export interface AppliedBlock {
  readonly mmr: MMR;
  /** The new coins with their entries and block number. */
  readonly created: readonly Coin[];
}

/**
 * Applies a TxBlock on nothing but its own peaks and proofs, then lays the result over the parent's MMR (spec 02 §15, 03 §9).
 * Whether root and total are those of the header is for the caller to compare. Throws ProtocolError.
 */
export function* applyTxBlock(block: TxBlock, parent: MMR | null): Steps<AppliedBlock> {
  const mmr = MMR.fromPeaks(blockNumber(block.txpow), block.previousPeaks);
  const created = yield* applyCoins(mmr, block);
  mmr.finalise();
  mmr.parent = parent;
  return { mmr, created };
}

/** Spends and adds a block's coins in an MMR that has the block's previous peaks (spec 03 §9); gives the new coins. Throws ProtocolError. */
export function* applyCoins(mmr: MMR, block: TxBlock): Steps<Coin[]> {
  const deferred = new DeferredParents();
  for (const [i, { coin, proof }] of block.spentCoins.entries()) {
    mmr.update(spentEntry(coin, mmr), proof, spentCoinLeaf(coin), deferred.join);
    if (i % COINS_PER_STEP === COINS_PER_STEP - 1) yield NOTHING;
  }
  const created: Coin[] = [];
  for (const carried of block.newCoins) {
    const placed = { mmrentry: entryNumber(mmr.next), created: block.txpow.header.block, spent: 0 };
    const coin: Coin = { ...carried, ...placed, state: recodedState(carried.state) };
    mmr.add(coinLeaf(coin), deferred.join);
    created.push(coin);
    if (created.length % COINS_PER_STEP === 0) yield NOTHING;
  }
  for (const _ of mmr.settle(deferred)) yield NOTHING;
  return created;
}

/** Whether a block's MMR has the root and the total that the block's header states. */
export function hasRightRoot(mmr: MMR, { header }: TxPoW): boolean {
  const root = mmr.root();
  return root !== null && equalNodes(root, { hash: header.mmr, value: header.total });
}

/** Whether two lists of peaks are the same. */
export function samePeaks(a: readonly MMREntry[], b: readonly MMREntry[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((peak, i) => {
    const other = b[i];
    return other !== undefined && peak.row === other.row && samePlace(peak, other) && equalNodes(peak.data, other.data);
  });
}

function samePlace(a: MMREntry, b: MMREntry): boolean {
  return a.entry.scale === b.entry.scale && a.entry.unscaled === b.entry.unscaled;
}

function leafEntry(coin: Coin): bigint {
  const entry = entryPosition(coin.mmrentry);
  if (entry === undefined) throw new ProtocolError("range", "a coin has no position in the MMR");
  return BigInt(entry);
}

function spentEntry(coin: Coin, mmr: MMR): bigint {
  const entry = leafEntry(coin);
  if (entry >= mmr.next) throw new ProtocolError("range", "a spent coin is not in the MMR");
  return entry;
}

/** The coins a transaction creates, with final ids, states and tokens (spec 02 §15 step 3b). */
function createdCoins(transaction: Transaction, witness: Witness, block: TxPoW): Coin[] {
  const [first] = witness.coinProofs;
  if (first === undefined) return [];
  const base = block.header.block.equals(MiniNumber.ONE) ? transactionId(transaction) : first.coin.coinid;
  return transaction.outputs.map((output, index) => newCoin(output, outputCoinId(base, index), transaction, block));
}

function newCoin(output: Coin, coinid: Bytes, transaction: Transaction, block: TxPoW): Coin {
  const coin: Coin = { ...output, coinid, state: output.storestate ? transaction.state : recodedState(output.state) };
  if (!equalBytes(output.tokenid, CREATE_TOKEN_ID)) return coin;
  const token = createdToken(output, coinid, block.header.block);
  return { ...coin, tokenid: tokenId(token), token };
}

/** Coin id, amount and block of the carried description are ignored (spec 02 Q12). */
function createdToken(output: Coin, coinid: Bytes, created: MiniNumber): Token {
  if (output.token === null) throw new ProtocolError("malformed", "an output creates a token but describes none");
  return { ...output.token, coinid, amount: output.amount, created };
}
