import { winternitzRecover } from "../../host/core/winternitz.js";
import type { ScriptEnvironment } from "../../host/kissvm/index.js";
import { toHex, toHex0x, ZERO_ID } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { ENTRY_ZERO } from "../../host/protocol/entry-number.js";
import { signatureProofRoot } from "../../host/protocol/mmr-node.js";
import { EMPTY_PROOF } from "../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import { type SignatureProof, writeSignature } from "../../host/protocol/signature.js";
import { STATE_STRING, type StateVariable } from "../../host/protocol/state-variable.js";
import type { Transaction } from "../../host/protocol/transaction.js";
import type { Witness } from "../../host/protocol/witness.js";
import { encode } from "../../host/protocol/writer.js";
import { EMPTY } from "../kissvm/helpers.js";

/** A script that does as much as the limits allow. */
export interface WorstScript {
  readonly name: string;
  readonly script: string;
  readonly environment: ScriptEnvironment;
}

const times = (text: string, count: number): string => text.repeat(count);

/** `a` is 65536 bytes `00..01`, `b` 65536 bytes without a zero in front. */
const BYTES = "LET a=SETLEN(65536 0x01) LET b=SETLEN(65536 ~a) LET b=CONCAT(0xFF SUBSET(1 65536 b)) ";
/** `s` is 65536 letters. */
const LETTERS = `LET s=[${times("x", 1024)}] ${times("LET s=s+s ", 6)}`;
/** `s` is 32768 letters of two bytes. */
const WIDE_LETTERS = `LET s=[${times("é", 512)}] ${times("LET s=s+s ", 6)}`;
/** `p` is a proof of 8190 steps, the most that fit in a value, `r` a root. */
const PROOF = `LET c=0x0000000000000100 ${times("LET c=CONCAT(c c) ", 12)}LET c=SUBSET(0 65520 CONCAT(c SETLEN(32768 c))) LET p=CONCAT(0x0001000002 0x1FF0 c) LET r=SETLEN(32 0x01) `;
const LONG_NUMBER = "1234567890123456789.2345678901234567890123456789012345678901234";

/** Sixty-two thousand letters of a text that must be parsed, but never runs. */
const IDLE: Readonly<Record<string, string>> = {
  statements: times("LET a=1 ", 7000),
  brackets: `LET a=${times("(1)+", 15000)}1`,
  unary: `LET a=${times("~", 60000)}1`,
};

const functionTexts = (idle: string): string =>
  `LET f=[LET z=$1 IF FALSE THEN ${idle} ENDIF] ${Array.from({ length: 130 }, (_, i) => `LET x=FUNCTION(f ${i}) `).join("")}`;

const withoutTransaction: Readonly<Record<string, string>> = {
  "hash the longest value": `${BYTES}${times(`ASSERT LEN(CONCAT(${times("SHA2(a) ", 16)})) GT 0 `, 60)}`,
  "hash ever new values": `${BYTES}${times("LET x=SHA3(a|b) ", 260)}`,
  "combine the longest values": `${BYTES}LET x=a${times("|b", 500)}`,
  "shift the longest value": `${BYTES}LET x=b${times(">>1", 490)}`,
  "invert a long value": `LET h=0xFF00 ${times("LET h=CONCAT(h h) ", 15)}LET x=${times("~", 470)}h`,
  "reverse the longest value": `${BYTES}${times("LET x=REV(b) ", 330)}`,
  "count the bits of the longest value": `${BYTES}${times("LET x=BITCOUNT(b) ", 330)}`,
  "print and parse hex": `${BYTES}LET d=SETLEN(32767 b) ${times("LET x=STRING(d) ", 330)}`,
  "decode two-byte letters": `${WIDE_LETTERS}LET h=HEX(s) ${times("LET x=UTF8(h) ", 330)}`,
  "decode surrogates": `LET h=0xEDA080 ${times(`LET h=CONCAT(${times("h ", 20)}) `, 3)}${times("LET x=UTF8(h) ", 330)}`,
  "decode what is no ASCII": `LET h=~SETLEN(21845 0x80) ${times("LET x=ASCII(h) ", 330)}`,
  "cut two-byte letters": `${WIDE_LETTERS}${times("LET x=SUBSTR(1 32767 s) ", 200)}`,
  "put a text between all letters": `LET s=[${times("x", 30000)}] ${times("LET x=REPLACE(s [] [y]) ", 200)}`,
  "replace every letter": `${LETTERS}${times("LET x=REPLACE(s [x] [y]) ", 200)}`,
  "replace nothing by a long template": `LET s=[${times("x", 16000)}] LET t=[${times("$0", 10000)}] ${times("LET x=REPLACE(s [] t) ", 200)}`,
  "search for what almost matches everywhere": `${LETTERS}LET q=SUBSTR(0 32000 s)+[b] ${times("LET x=REPLACE(s q [y]) ", 200)}`,
  "search backwards for what almost matches": `${LETTERS}LET q=[b]+SUBSTR(0 32000 s) ${times("LET x=REPLACE(s q [y]) ", 200)}`,
  "raise to the highest power": times("LET x=POW(-1023 1.023456789012345678901234567890123456789012345678901234567890123) ", 250),
  "take roots": times(`LET x=SQRT(${LONG_NUMBER}) `, 330),
  "divide long numbers": `LET x=${LONG_NUMBER} LET y=x${times("/1.00000000000000000000000000000000000000000007", 480)}`,
  "take remainders": `LET x=${LONG_NUMBER} ${times("LET y=x%0.00000000000000000000000000000000000000000007 ", 200)}`,
  "read numbers of foreign digits": `LET s=[${times("٣", 30)}] ${times(`LET s=${times("s+", 9)}s `, 3)}LET s=[.]+s ${times("LET x=NUMBER(s) ", 300)}`,
  "read a tiny number": `LET s=[1e-500000000] ${times("LET x=NUMBER(s) ", 330)}`,
  "put parameters into a text of dollars": `LET f=[LET a=1]+[${times("$", 60000)}] LET x=FUNCTION(f ${times("1 ", 31)})`,
  "parse ever new texts of statements": functionTexts(IDLE.statements ?? ""),
  "parse ever new texts of brackets": functionTexts(IDLE.brackets ?? ""),
  "parse ever new texts of unary operators": functionTexts(IDLE.unary ?? ""),
  "parse the deepest blocks around the longest text": `${times("IF FALSE THEN ", 62)}${times("LET b=1 ", 7800)}${times("ENDIF ", 62)}`,
  "parse a chain of operators": `IF FALSE THEN LET a=1${times("+1", 32500)} ENDIF`,
  "parse what never closes": `LET a=${times("[", 65000)}`,
  "hash up the longest proof": `${PROOF}${times("LET x=PROOF(0x01 0 r 0 p) ", 160)}`,
  ...Object.fromEntries(
    Object.entries(IDLE).map(([what, idle]) => [
      `run ever longer texts of ${what} inside each other`,
      `LET f=[LET n=INC(n) IF FALSE THEN ${idle} ENDIF LET x=FUNCTION(f+[ LET q=]+STRING(n))] LET n=0 EXEC f`,
    ]),
  ),
  "loop for ever": "WHILE TRUE DO LET a=1 ENDWHILE",
  "call itself for ever": "LET f=[LET n=INC(n) EXEC f] LET n=0 EXEC f",
};

/** A signature of eight levels that is good for `data`: a one-time signature fits the key that is recovered from it. */
function deepSignature(data: Uint8Array): { readonly key: string; readonly signature: string } {
  let message = data;
  const proofs: SignatureProof[] = [];
  for (let level = 0; level < 8; level++) {
    const signature = new Uint8Array(1088).fill(level + 1);
    const proof = { publickey: winternitzRecover(message, signature), signature, proof: EMPTY_PROOF };
    proofs.unshift(proof);
    message = signatureProofRoot(proof);
  }
  return { key: toHex0x(message), signature: toHex0x(encode(writeSignature, { proofs })) };
}

function verifyDeepSignatures(): WorstScript {
  const { key, signature } = deepSignature(Uint8Array.of(1));
  const script = `LET s=${signature} LET k=${key} ${times("ASSERT CHECKSIG(k 0x01 s) ", 28)}RETURN TRUE`;
  return { name: "verify signatures of eight levels", script, environment: EMPTY };
}

/** The same long text in every port of both states. */
function compareStates(): WorstScript {
  const state = Array.from({ length: 256 }, (_, port): StateVariable => ({ port, type: STATE_STRING, text: `[${times("x", 120)}]` }));
  const environment = { ...EMPTY, transaction: { ...EMPTY.transaction, state }, previousState: state };
  return { name: "compare full states", script: times("ASSERT SAMESTATE(0 255) ", 250), environment };
}

function plainCoin(amount: number): Coin {
  return {
    coinid: new Uint8Array(32),
    address: new Uint8Array(32),
    amount: new MiniNumber(BigInt(amount), 44),
    tokenid: ZERO_ID,
    storestate: true,
    mmrentry: ENTRY_ZERO,
    spent: 0,
    created: MiniNumber.ZERO,
    state: [],
    token: null,
  };
}

/** Many coins of a token with many decimals. */
function sumManyCoins(): WorstScript {
  const tokenid = new Uint8Array(32).fill(7);
  const token = {
    coinid: tokenid,
    script: "",
    scale: MiniNumber.of(44),
    amount: new MiniNumber(1n, 44),
    name: "",
    created: MiniNumber.ZERO,
  };
  const inputs = Array.from({ length: 500 }, (_, i): Coin => ({ ...plainCoin(i), tokenid, token }));
  const script = `LET t=0x${toHex(tokenid)} ${times("LET x=SUMINPUTS(t) ", 300)}`;
  return { name: "sum many token coins", script, environment: { ...EMPTY, transaction: { ...EMPTY.transaction, inputs } } };
}

/** A transaction whose first input is a coin locked by the script. */
export function spendOf({ script, environment }: WorstScript): { readonly transaction: Transaction; readonly witness: Witness } {
  const { transaction, previousState } = environment;
  const locked: Coin = { ...plainCoin(0), address: scriptAddress(script), state: previousState };
  const inputs = [locked, ...transaction.inputs];
  const coinProofs = inputs.map((coin) => ({ coin, proof: EMPTY_PROOF }));
  return { transaction: { ...transaction, inputs }, witness: { signatures: [], coinProofs, scripts: [{ script, proof: EMPTY_PROOF }] } };
}

/** The worst scripts found so far. Add what turns out to be worse. */
export const WORST_SCRIPTS: readonly WorstScript[] = [
  ...Object.entries(withoutTransaction).map(([name, script]) => ({ name, script, environment: EMPTY })),
  verifyDeepSignatures(),
  compareStates(),
  sumManyCoins(),
];
