import { inputEnvironment, type ScriptEnvironment } from "../../host/kissvm/index.js";
import { type Bytes, ZERO_ID } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { ENTRY_ZERO } from "../../host/protocol/entry-number.js";
import { dataLeaf } from "../../host/protocol/mmr-node.js";
import { EMPTY_PROOF } from "../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import type { Signature } from "../../host/protocol/signature.js";
import { type StateVariable, stateVariableFromText } from "../../host/protocol/state-variable.js";
import { type Token, tokenId } from "../../host/protocol/token.js";
import type { Transaction } from "../../host/protocol/transaction.js";
import type { Witness } from "../../host/protocol/witness.js";

/** State variables from texts by port. */
export function stateOf(texts: Readonly<Record<number, string>>): StateVariable[] {
  return Object.entries(texts).map(([port, text]) => stateVariableFromText(Number(port), text));
}

/** A coin of Minima, spendable by anyone, made in block 0. */
export function coin(changes: Partial<Omit<Coin, "amount">> & { readonly amount?: number | string } = {}): Coin {
  const { amount = 1, ...rest } = changes;
  return {
    coinid: new Uint8Array(32).fill(0xc0),
    address: scriptAddress("RETURN TRUE"),
    tokenid: ZERO_ID,
    storestate: true,
    mmrentry: ENTRY_ZERO,
    spent: 0,
    created: MiniNumber.ZERO,
    state: [],
    token: null,
    ...rest,
    amount: MiniNumber.parse(String(amount)),
  };
}

export function token(changes: Partial<Token> = {}): Token {
  const coinid = new Uint8Array(32).fill(0x70);
  return {
    coinid,
    script: "RETURN TRUE",
    scale: MiniNumber.ZERO,
    amount: MiniNumber.ONE,
    name: "token",
    created: MiniNumber.ZERO,
    ...changes,
  };
}

/** A coin of a token; the amount is in Minima. */
export function tokenCoin(description: Token, changes: Parameters<typeof coin>[0] = {}): Coin {
  return coin({ tokenid: tokenId(description), token: description, ...changes });
}

export function transaction(inputs: readonly Coin[], outputs: readonly Coin[], state: readonly StateVariable[] = []): Transaction {
  return { inputs, outputs, state, linkhash: ZERO_ID };
}

/** A signature that scripts see as one by `keyOf(name)`; it would not verify. */
export function signatureBy(name: string): Signature {
  return { proofs: [{ publickey: new TextEncoder().encode(name), signature: new Uint8Array(0), proof: EMPTY_PROOF }] };
}

/** The public key of somebody. */
export function keyOf(name: string): Bytes {
  return dataLeaf(new TextEncoder().encode(name)).hash;
}

/** Each input proven as the coin it is, with these scripts and signatures. */
export function witness(inputs: readonly Coin[], scripts: readonly string[], signers: readonly string[] = []): Witness {
  return {
    signatures: signers.map(signatureBy),
    coinProofs: inputs.map((proven) => ({ coin: proven, proof: EMPTY_PROOF })),
    scripts: scripts.map((script) => ({ script, proof: EMPTY_PROOF })),
  };
}

export const BLOCK = { number: MiniNumber.of(1000), time: MiniNumber.of(1_700_000_000_000), maxOperations: 1024 };

/** A script run as that of the first input. */
export function spending(spent: Transaction, proof: Witness, script = "RETURN TRUE"): ScriptEnvironment {
  return inputEnvironment(spent, proof, 0, BLOCK, script);
}
