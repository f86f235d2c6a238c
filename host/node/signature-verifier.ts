import { hasValidSignatures } from "../chain/validation/signature-check.js";
import { sha3 } from "../core/hash.js";
import type { WorkerPool } from "../core/pool.js";
import { WINTERNITZ_SIGNATURE_LENGTH } from "../core/winternitz.js";
import type { Bytes } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { signatureProofRoot } from "../protocol/mmr-node.js";
import type { Signature, SignatureProof } from "../protocol/signature.js";
import { type Transaction, transactionId } from "../protocol/transaction.js";
import type { TxPoW } from "../protocol/txpow.js";
import { type SignedLevel, UpperLevels } from "../protocol/upper-levels.js";
import { MAX_SIGNATURE_LEVELS } from "../protocol/verify-signature.js";
import type { Witness } from "../protocol/witness.js";

/** One-time signatures fewer than this are checked at once: handing them to a worker that may have to start would take longer. */
const WORTH_A_WORKER = 4;

/**
 * Recovers the one-time keys of a TxPoW's signatures on workers, so that the chain's own check only compares (spec 04 §4). What other
 * signatures of the same key showed before is not done again.
 */
export class SignatureVerifier {
  readonly #pool: WorkerPool;
  readonly #recovered = new WeakMap<SignatureProof, Bytes>();
  readonly #upper = new UpperLevels();

  constructor(pool: WorkerPool) {
    this.#pool = pool;
  }

  /** Does the slow part of the check. What is wrong with the signatures shows in `hasValidSignatures`. */
  async prepare(txpow: TxPoW): Promise<void> {
    const levels = this.#unknownLevels(txpow);
    if (levels.length >= WORTH_A_WORKER) await this.#recover(levels);
  }

  /**
   * The same for one of many TxPoWs that are checked later: any signature is worth a worker then. Undefined when there is none.
   * Never rejected: a check that was not prepared takes longer.
   */
  readonly prepareAhead = (txpow: TxPoW): Promise<void> | undefined => {
    const levels = this.#unknownLevels(txpow);
    return levels.length === 0 ? undefined : this.#recover(levels).catch(() => undefined);
  };

  #unknownLevels(txpow: TxPoW): SignedLevel[] {
    return levelsOfTxPoW(txpow).filter((signed) => this.#upper.find(signed) === undefined);
  }

  async #recover(levels: readonly SignedLevel[]): Promise<void> {
    const signatures = Buffer.concat(levels.flatMap(({ level, message }) => [sha3(message), level.signature]));
    const keys = await this.#pool.recover({ signatures });
    for (const [i, signed] of levels.entries()) {
      const key = keys.slice(32 * i, 32 * i + 32);
      this.#recovered.set(signed.level, key);
      this.#upper.add(signed, key);
    }
  }

  /** Whether all signatures hold (spec 02 §21.3). Throws `ProtocolError` as the check of the chain does. */
  readonly hasValidSignatures = (txpow: TxPoW): boolean =>
    hasValidSignatures(txpow, (level, message, isUpper) => this.#recovered.get(level) ?? this.#upper.recover(level, message, isUpper));
}

function levelsOfTxPoW({ body }: TxPoW): SignedLevel[] {
  if (body === null) return [];
  try {
    return [...levelsOf(body.transaction, body.witness), ...levelsOf(body.burnTransaction, body.burnWitness)];
  } catch (error) {
    // Sums out of range: the check itself will say so.
    if (error instanceof ProtocolError) return [];
    throw error;
  }
}

/** The one-time signatures that a check will look at, each with what it signs; none of those that end the check before. */
function levelsOf(transaction: Transaction, { signatures }: Witness): SignedLevel[] {
  return signatures.filter(isRegular).flatMap(({ proofs }) =>
    proofs.map((level, i) => {
      const next = proofs[i + 1];
      const message = next === undefined ? transactionId(transaction) : signatureProofRoot(next);
      return { level, message, isUpper: next !== undefined };
    }),
  );
}

function isRegular({ proofs }: Signature): boolean {
  return proofs.length <= MAX_SIGNATURE_LEVELS && proofs.every(({ signature }) => signature.length === WINTERNITZ_SIGNATURE_LENGTH);
}
