import type { Bytes } from "./bytes.js";
import { hashWith } from "./hash.js";
import { memo } from "./memo.js";
import type { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import type { Writer } from "./writer.js";
import { encode } from "./writer.js";

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
