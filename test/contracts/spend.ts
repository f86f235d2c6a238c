import { checkScripts, cleanScript } from "../../host/kissvm/index.js";
import { type Bytes, toHex0x } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { EMPTY_PROOF } from "../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import type { Token } from "../../host/protocol/token.js";
import { coin, keyOf, signatureBy, stateOf, tokenCoin, transaction } from "../kissvm/fixtures.js";

/** A contract as its author writes it: cleaned, with its address. */
export interface Contract {
  readonly script: string;
  readonly address: Bytes;
}

export function contract(text: string): Contract {
  const script = cleanScript(text);
  return { script, address: scriptAddress(script) };
}

/** The public key of somebody, as scripts write it. */
export const key = (name: string): string => toHex0x(keyOf(name));

/** The address of somebody's wallet. */
export const wallet = (name: string): Bytes => scriptAddress(`RETURN SIGNEDBY(${key(name)})`);

/** A coin to spend, or an output. */
export interface Money {
  readonly to: Bytes;
  readonly amount: number | string;
  readonly token?: Token;
  /** What the coin kept, for an input. */
  readonly state?: Readonly<Record<number, string>>;
  readonly keepstate?: boolean;
  /** The block that made it. */
  readonly created?: number;
}

export interface Spend {
  readonly inputs: readonly Money[];
  readonly outputs?: readonly Money[];
  readonly signedBy?: readonly string[];
  readonly state?: Readonly<Record<number, string>>;
  /** Scripts to show: those of the inputs, those for MAST. */
  readonly scripts: readonly (string | Contract)[];
  readonly block?: number;
  readonly time?: number;
}

function coinOf({ to, amount, token, state = {}, keepstate = true, created = 0 }: Money): Coin {
  const changes = { address: to, amount, state: stateOf(state), storestate: keepstate, created: MiniNumber.of(created) };
  return token === undefined ? coin(changes) : tokenCoin(token, changes);
}

/** Whether the scripts of all inputs allow a transaction: `true`, or why not. */
export function spend({
  inputs,
  outputs = [],
  signedBy = [],
  state = {},
  scripts,
  block = 1000,
  time = 1_700_000_000_000,
}: Spend): true | string {
  const coins = inputs.map(coinOf);
  const witness = {
    signatures: signedBy.map(signatureBy),
    coinProofs: coins.map((proven) => ({ coin: proven, proof: EMPTY_PROOF })),
    scripts: scripts.map((shown) => ({ script: typeof shown === "string" ? shown : shown.script, proof: EMPTY_PROOF })),
  };
  const verdict = checkScripts(transaction(coins, outputs.map(coinOf), stateOf(state)), witness, {
    number: MiniNumber.of(block),
    time: MiniNumber.of(time),
    maxOperations: 1024,
  });
  return verdict.failure === null ? true : verdict.failure.reason;
}

/** What `spend` says when a script ends with FALSE. */
export const REFUSED = "the script says FALSE";
