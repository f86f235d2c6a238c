import type { Bytes } from "./bytes.js";
import { hashWith } from "./hash.js";
import { memo } from "./memo.js";
import { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import { encode, type Writer } from "./writer.js";

const MAX_DECIMALS = 44;

/** A token description (spec 02 §5). */
export interface Token {
  /** Coin id of the creating output. */
  readonly coinid: Bytes;
  readonly script: string;
  /** Power of ten between Minima amount and token amount. */
  readonly scale: MiniNumber;
  /** Minima coloured at creation. */
  readonly amount: MiniNumber;
  /** Free text or JSON text. */
  readonly name: string;
  /** Block number of creation. */
  readonly created: MiniNumber;
}

export function readToken(reader: Reader): Token {
  return {
    coinid: reader.hash(),
    script: reader.string(),
    scale: reader.number(),
    amount: reader.number(),
    name: reader.string(),
    created: reader.number(),
  };
}

export function writeToken(writer: Writer, token: Token): void {
  writer.hash(token.coinid);
  writer.string(token.script);
  writer.number(token.scale);
  writer.number(token.amount);
  writer.string(token.name);
  writer.number(token.created);
}

/** The token id: the hash of the length-prefixed encoding (spec 02 §2, Q24). */
export const tokenId = memo((token: Token): Bytes => hashWith((writer) => writer.data(encode(writeToken, token))));

/** The amount in tokens of an amount in Minima (spec 02 §5). Throws `range`. */
export function tokenAmount(token: Token, minima: MiniNumber): MiniNumber {
  let amount = minima;
  for (let i = token.scale.toInt32(); i > 0 && !amount.isZero(); i--) amount = amount.mul(MiniNumber.TEN);
  return amount;
}

/** The amount in Minima of an amount in tokens (spec 02 §5). */
export function minimaAmount(token: Token, tokens: MiniNumber): MiniNumber {
  let amount = tokens;
  for (let i = token.scale.toInt32(); i > 0 && !amount.isZero(); i--) amount = amount.div(MiniNumber.TEN);
  return amount;
}

/** How many tokens were created (spec 02 §5). Throws `range`. */
export function tokenTotal(token: Token): MiniNumber {
  return tokenAmount(token, token.amount);
}

/** Decimal places of token amounts; above 44 when the scale is negative (spec 02 Q11). */
export function tokenDecimals(token: Token): number {
  return MAX_DECIMALS - token.scale.toInt32();
}
