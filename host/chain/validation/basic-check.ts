import { CREATE_TOKEN_ID, equalBytes, FLOATING_ID, ZERO_ID } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import { ProtocolError } from "../../protocol/errors.js";
import { transactionToJSON } from "../../protocol/json-views/txpow-json.js";
import { scriptProofAddress } from "../../protocol/mmr-node.js";
import { type Token, tokenId } from "../../protocol/token.js";
import { isEmptyTransaction, type Transaction, transactionId } from "../../protocol/transaction.js";
import { carriesTransaction, type TxPoW } from "../../protocol/txpow.js";
import type { CoinProof, Witness } from "../../protocol/witness.js";
import { hasDuplicates, hasValidAmounts } from "./amounts.js";

/** What the basic check can find wrong, named after its steps. */
export type BasicRule =
  | "chainid"
  | "basic-unique-coins"
  | "basic-amounts"
  | "basic-proof-count"
  | "basic-proof-mismatch"
  | "basic-coinid"
  | "basic-token"
  | "basic-spent-flag"
  | "basic-script-missing"
  | "basic-output-token"
  | "basic-linkhash"
  | "basic-burn-linkhash";

/**
 * The stateless check of a TxPoW (spec 02 §21.2): the first rule it breaks, undefined when it is good. Throws `malformed`
 * or `range` where the reference ends in an exception: no body, a missing token, a sum out of range. That also means bad.
 */
export function brokenBasicRule(txpow: TxPoW): BasicRule | undefined {
  if (!equalBytes(txpow.header.chainid, ZERO_ID)) return "chainid";
  const { body } = txpow;
  if (body === null) throw new ProtocolError("malformed", "the TxPoW has no body");
  const { transaction, witness, burnTransaction, burnWitness } = body;
  if (carriesTransaction(txpow) && hasDuplicates([...witness.coinProofs, ...burnWitness.coinProofs].map(({ coin }) => coin.coinid)))
    return "basic-unique-coins";
  const broken = brokenByTransaction(transaction, witness);
  if (broken !== undefined) return broken;
  if (!equalBytes(transaction.linkhash, ZERO_ID)) return "basic-linkhash";
  if (isEmptyTransaction(burnTransaction)) return undefined;
  if (!equalBytes(burnTransaction.linkhash, transactionId(transaction))) return "basic-burn-linkhash";
  return brokenByTransaction(burnTransaction, burnWitness);
}

/** Step 3, for one transaction and its witness. */
function brokenByTransaction(transaction: Transaction, witness: Witness): BasicRule | undefined {
  if (isEmptyTransaction(transaction)) return undefined;
  if (!hasValidAmounts(transaction)) {
    // The reference prints such a transaction, which ends in an exception when token amounts are out of range.
    transactionToJSON(transaction);
    return "basic-amounts";
  }
  if (transaction.inputs.length !== witness.coinProofs.length) return "basic-proof-count";
  for (const [i, input] of transaction.inputs.entries()) {
    const broken = brokenByInput(input, witness.coinProofs[i] as CoinProof, witness);
    if (broken !== undefined) return broken;
  }
  return transaction.outputs.every(hasFittingToken) ? undefined : "basic-output-token";
}

/** Steps 3b to 3f; that all proof coins differ (3a) was seen in step 2. */
function brokenByInput(input: Coin, { coin }: CoinProof, witness: Witness): BasicRule | undefined {
  if (!input.amount.equals(coin.amount) || !equalBytes(input.address, coin.address) || !equalBytes(input.tokenid, coin.tokenid))
    return "basic-proof-mismatch";
  if (!equalBytes(input.coinid, FLOATING_ID) && !equalBytes(input.coinid, coin.coinid)) return "basic-coinid";
  if (!equalBytes(input.tokenid, ZERO_ID)) {
    if (!equalBytes(input.tokenid, tokenId(presentToken(input)))) return "basic-token";
    if (!equalBytes(coin.tokenid, tokenId(presentToken(coin)))) return "basic-token";
  }
  if (coin.spent !== 0) return "basic-spent-flag";
  const known = witness.scripts.some((proof) => equalBytes(scriptProofAddress(proof), input.address));
  return known ? undefined : "basic-script-missing";
}

function presentToken(coin: Coin): Token {
  if (coin.token === null) throw new ProtocolError("malformed", "a token coin has no token");
  return coin.token;
}

function hasFittingToken({ tokenid, token }: Coin): boolean {
  if (equalBytes(tokenid, ZERO_ID)) return true;
  if (token === null) return false;
  return equalBytes(tokenid, CREATE_TOKEN_ID) || equalBytes(tokenid, tokenId(token));
}
