import { type Bytes, fromUnsigned, toUnsigned, ZERO_ID } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import type { MagicValues } from "../protocol/magic.js";
import { MiniNumber } from "../protocol/number.js";
import { EMPTY_TRANSACTION, type Transaction } from "../protocol/transaction.js";
import { bodyHash, type TxBody } from "../protocol/txbody.js";
import type { TxHeader } from "../protocol/txheader.js";
import { type TxPoW, txpowId } from "../protocol/txpow.js";
import { EMPTY_WITNESS, type Witness } from "../protocol/witness.js";
import { nextTarget } from "./difficulty.js";
import { DEFAULT_MAGIC_VALUES, nextMagic } from "./magic.js";
import type { Mempool } from "./mempool.js";
import type { NetworkParams } from "./params.js";
import { nextSuperParents } from "./super-parents.js";
import { timeRange } from "./time.js";
import type { TreeNode } from "./tree-node.js";
import { applyTxBlock, makeTxBlock } from "./txblock.js";
import type { Steps } from "./types.js";
import type { ScriptChecker } from "./validation/script-check.js";
import { divideRounded, floorWeight } from "./weight.js";

const MAX = (1n << 256n) - 1n;
/** How far after the median a block is dated whose maker's clock is behind. */
const AFTER_MEDIAN = MiniNumber.of(50_000);
/** Digits of the division by 1.1 (IEEE decimal64). */
const WORK_DIGITS = 16;

/** What a TxPoW is made of. Without transactions it is a pulse. */
export interface BuildRequest {
  readonly transaction?: Transaction;
  readonly witness?: Witness;
  readonly burnTransaction?: Transaction;
  readonly burnWitness?: Witness;
  readonly customhash?: Bytes;
  /** 32 random bytes. */
  readonly prng: Bytes;
  /** The maker's hash rate, in hashes per second; 0 for the easiest target there is. */
  readonly hashRate: number;
  /** Unix milliseconds. */
  readonly now: number;
  /** The maker's votes; the defaults if not given. */
  readonly desired?: MagicValues;
}

export interface BuildContext {
  readonly tip: TreeNode;
  readonly params: NetworkParams;
  readonly mempool: Mempool;
  readonly scripts: ScriptChecker;
}

/**
 * Makes a TxPoW that is a complete block on the tip, ready to be mined: only its nonce is open (spec 06b §11). The caller has
 * checked its own transaction. Throws ProtocolError when the state does not allow it.
 */
export function* buildTxPoW(request: BuildRequest, { tip, params, mempool, scripts }: BuildContext): Steps<TxPoW> {
  const magic = nextMagic(tip.txpow.header.magic, request.desired ?? DEFAULT_MAGIC_VALUES);
  const draft: TxHeader = {
    nonce: MiniNumber.ZERO,
    chainid: ZERO_ID,
    time: blockTime(request.now, tip, params),
    block: tip.txpow.header.block.increment(),
    blkdiff: nextTarget(tip, params),
    superparents: nextSuperParents(tip.txpow),
    mmr: ZERO_ID,
    total: MiniNumber.ZERO,
    magic,
    customhash: request.customhash ?? ZERO_ID,
    bodyhash: ZERO_ID,
  };
  const own: TxBody = {
    prng: request.prng,
    txndiff: transactionTarget(request.hashRate, draft.blkdiff, magic.current.minTxPoWWork),
    transaction: request.transaction ?? EMPTY_TRANSACTION,
    witness: request.witness ?? EMPTY_WITNESS,
    burnTransaction: request.burnTransaction ?? EMPTY_TRANSACTION,
    burnWitness: request.burnWitness ?? EMPTY_WITNESS,
    txnlist: [],
  };
  const listed = yield* mempool.choose({ header: draft, body: own }, tip.mmr, scripts);
  const body: TxBody = { ...own, txnlist: listed.map(txpowId) };
  const txblock = yield* makeTxBlock(tip.mmr, { header: draft, body }, listed);
  const root = (yield* applyTxBlock(txblock, tip.mmr)).mmr.root();
  if (root === null) throw new ProtocolError("malformed", "a block without coins");
  return { header: { ...draft, mmr: root.hash, total: root.value, bodyhash: bodyHash(body) }, body };
}

/** The clock, moved into the range that is allowed (spec 06b §11 step 1). */
function blockTime(now: number, tip: TreeNode, params: NetworkParams): MiniNumber {
  const time = MiniNumber.of(now);
  const { earliest, latest } = timeRange(tip, params);
  if (time.lessThan(earliest)) return earliest.add(AFTER_MEDIAN);
  return time.moreThan(latest) ? latest : time;
}

/**
 * The target a TxPoW is mined to: one second of own work, never harder than the block target, and harder than the network's minimum
 * (spec 06b §11 step 6).
 */
export function transactionTarget(hashRate: number, blkdiff: Bytes, minimumWork: Bytes): Bytes {
  const second = MAX / BigInt(Math.max(1, Math.floor(hashRate)));
  const block = toUnsigned(blkdiff);
  const target = second < block ? block : second;
  const easiest = toUnsigned(minimumWork);
  return fromUnsigned(target > easiest ? floorWeight(divideRounded(easiest * 10n, 11n, WORK_DIGITS)) : target);
}
