import { ProtocolError } from "../../protocol/errors.js";
import { signatureRootKey } from "../../protocol/mmr-node.js";
import { type Transaction, transactionId } from "../../protocol/transaction.js";
import type { TxPoW } from "../../protocol/txpow.js";
import { type RecoverKey, verifySignature } from "../../protocol/verify-signature.js";
import type { Witness } from "../../protocol/witness.js";

/**
 * Whether every signature in a TxPoW is good, needed or not, also those of empty transactions (spec 02 §21.3, Q17). Throws
 * `malformed` or `range` where the reference ends in an exception, which also means bad. `recover`: see `verifySignature`.
 */
export function hasValidSignatures({ body }: TxPoW, recover?: RecoverKey): boolean {
  if (body === null) throw new ProtocolError("malformed", "the TxPoW has no body");
  return areSigned(body.transaction, body.witness, recover) && areSigned(body.burnTransaction, body.burnWitness, recover);
}

function areSigned(transaction: Transaction, { signatures }: Witness, recover?: RecoverKey): boolean {
  return signatures.every((signature) => verifySignature(signatureRootKey(signature), transactionId(transaction), signature, recover));
}
