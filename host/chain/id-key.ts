import { type Bytes, parseHex, toHex } from "../protocol/bytes.js";
import { memo } from "../protocol/memo.js";
import { parentId, type TxPoW, txpowId } from "../protocol/txpow.js";

/** An id as a key of maps and sets: upper-case hex without prefix. Ids of different length have different keys. */
export type IdKey = string;

export function idKey(id: Bytes): IdKey {
  return toHex(id);
}

/** The id that a key stands for. */
export function idBytes(key: IdKey): Bytes {
  return parseHex(key);
}

export const txpowKey = memo((txpow: TxPoW): IdKey => idKey(txpowId(txpow)));

export const parentKey = memo((txpow: TxPoW): IdKey => idKey(parentId(txpow)));

/** Keys of the TxPoWs a block lists, in order; none without a body. */
export const listedKeys = memo((txpow: TxPoW): readonly IdKey[] => (txpow.body?.txnlist ?? []).map(idKey));
