import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { MAIN_PARAMS, type NetworkParams, TEST_PARAMS } from "../../chain/params.js";

/** A TxPoW of a recorded chain, in the order of arrival. */
export interface RecordedEvent {
  readonly note?: string;
  /** Wire bytes. */
  readonly hex: string;
}

/** Where a recorded chain ended. Ids as `0x` hex, numbers as decimal text. */
export interface RecordedEnd {
  readonly tip: string;
  readonly tipblock: string;
  readonly root: string;
  readonly length: string;
  readonly cascade: string;
  readonly cascadeweight: string;
  /** MMR peaks at the tip, wire bytes each. */
  readonly tippeaks?: readonly string[];
}

/** A chain as it was recorded: its first block and all TxPoWs after it. */
export interface Recording {
  readonly params: string;
  readonly genesis: string;
  readonly events: readonly RecordedEvent[];
  /** Every block that was in the tree, with the TxBlock another node made of it. */
  readonly blocks?: readonly { readonly txpowid: string; readonly txblock: string }[];
  readonly final?: RecordedEnd;
}

/** A recorded chain sync: the main-branch blocks of a recording, oldest first, in one go. */
export interface SyncRecording {
  /** File name of the recording, in the same folder. */
  readonly chain: string;
  readonly ibdblocks: readonly string[];
  readonly final: RecordedEnd;
}

/** Reads a JSON file, packed with gzip or not. Throws what reading and parsing throw. */
export function readJsonFile(path: string): unknown {
  const raw = readFileSync(path);
  const packed = raw[0] === 0x1f && raw[1] === 0x8b;
  return JSON.parse((packed ? gunzipSync(raw) : raw).toString("utf8"));
}

export function isSyncRecording(data: unknown): data is SyncRecording {
  return isRecord(data) && typeof data["chain"] === "string" && isListOf(data["ibdblocks"], (id) => typeof id === "string");
}

export function isRecording(data: unknown): data is Recording {
  if (!isRecord(data) || typeof data["genesis"] !== "string") return false;
  return isListOf(data["events"], (event) => isRecord(event) && typeof event["hex"] === "string");
}

/** The parameters a recording names. */
export function paramsNamed(name: string): NetworkParams {
  return name === MAIN_PARAMS.name ? MAIN_PARAMS : TEST_PARAMS;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, test: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(test);
}
