import type { MMR } from "../../../host/chain/mmr/mmr.js";
import { type Coin, readCoin } from "../../../host/protocol/coin.js";
import { type MMRData, type MMREntry, readMMRProof, writeMMRProof } from "../../../host/protocol/mmr-objects.js";
import type { MiniNumber } from "../../../host/protocol/number.js";
import { decode } from "../../../host/protocol/reader.js";
import { encode } from "../../../host/protocol/writer.js";
import { same } from "../checks.js";
import { fromHex, lowerHex } from "./base-bytes.js";

export interface Node {
  readonly hash: string;
  readonly value: string;
  readonly valueEnc: string;
}

export interface Peak extends Node {
  readonly row: number;
  readonly entry: string;
}

export interface State {
  readonly entrynumber: string;
  readonly peaks: readonly Peak[];
  readonly root: Node | null;
}

export const number = (hex: string): MiniNumber => decode((reader) => reader.number(), fromHex(hex));
export const numberHex = (value: MiniNumber): string => lowerHex(encode((writer, item) => writer.number(item), value));
export const toNode = ({ hash, valueEnc }: Node): MMRData => ({ hash: fromHex(hash), value: number(valueEnc) });
export const toPeak = (peak: Peak): MMREntry => ({ row: peak.row, entry: { scale: 0, unscaled: BigInt(peak.entry) }, data: toNode(peak) });
export const proofHex = (proof: ReturnType<typeof readMMRProof>): string => lowerHex(encode(writeMMRProof, proof));
export const toProof = (hex: string): ReturnType<typeof readMMRProof> => decode(readMMRProof, fromHex(hex));
export const toCoin = (hex: string): Coin => decode(readCoin, fromHex(hex));

export function sameNode(actual: MMRData | null | undefined, expected: Node | null, what: string): void {
  same(actual ? [lowerHex(actual.hash), numberHex(actual.value)] : null, expected ? [expected.hash, expected.valueEnc] : null, what);
}

export function sameState(mmr: MMR, expected: State): void {
  same(mmr.next.toString(), expected.entrynumber, "entrynumber");
  same(
    mmr.peaks().map(({ row, entry, data }) => [row, entry.unscaled.toString(), lowerHex(data.hash)]),
    expected.peaks.map(({ row, entry, hash }) => [row, entry, hash]),
    "peaks",
  );
  sameNode(mmr.root(), expected.root, "root");
}

/** Nodes of an MMR as `row:entry`, sorted. */
export const places = (mmr: MMR): string[] => Array.from(mmr.entries(), ({ row, entry }) => `${row}:${entry.unscaled}`).sort();
