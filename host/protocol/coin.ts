import type { Bytes } from "./bytes.js";
import { type EntryNumber, readEntryNumber, writeEntryNumber } from "./entry-number.js";
import type { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import { readStateVariable, type StateVariable, writeStateVariable } from "./state-variable.js";
import { readToken, type Token, writeToken } from "./token.js";
import type { Writer } from "./writer.js";

/** Bytes of the shortest encoding of a coin. */
export const MIN_COIN_BYTES = 32;

/** A coin, in every role it plays: input, output, proven, new (spec 02 §6). */
export interface Coin {
  readonly coinid: Bytes;
  readonly address: Bytes;
  /** In Minima, also for tokens. */
  readonly amount: MiniNumber;
  readonly tokenid: Bytes;
  readonly storestate: boolean;
  readonly mmrentry: EntryNumber;
  /** The raw byte: non-zero means spent. */
  readonly spent: number;
  readonly created: MiniNumber;
  readonly state: readonly StateVariable[];
  readonly token: Token | null;
}

export function readCoin(reader: Reader): Coin {
  return {
    coinid: reader.hash(),
    address: reader.hash(),
    amount: reader.number(),
    tokenid: reader.hash(),
    storestate: reader.flag(),
    mmrentry: readEntryNumber(reader),
    spent: reader.byte(),
    created: reader.number(),
    state: reader.list(3, readStateVariable),
    token: reader.flag() ? readToken(reader) : null,
  };
}

export function writeCoin(writer: Writer, coin: Coin): void {
  writer.hash(coin.coinid);
  writer.hash(coin.address);
  writer.number(coin.amount);
  writer.hash(coin.tokenid);
  writer.flag(coin.storestate);
  writeEntryNumber(writer, coin.mmrentry);
  writer.byte(coin.spent);
  writer.number(coin.created);
  writer.list(coin.state, writeStateVariable);
  writer.flag(coin.token !== null);
  if (coin.token !== null) writeToken(writer, coin.token);
}
