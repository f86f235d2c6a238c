import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { MAIN_PARAMS, type NetworkParams, TEST_PARAMS } from "../../chain/params.js";

/** A TxPoW of a recorded chain, in the order of arrival. */
export interface RecordedEvent {
  /** Wire bytes. */
  readonly hex: string;
  /** What it was when it was recorded, `0x` hex. */
  readonly txpowid?: string;
  readonly isblock?: boolean;
}

/** Where a recorded chain ended. What depends on when a tree was cut is left out: it differs between honest nodes. */
export interface RecordedEnd {
  /** Id, `0x` hex. */
  readonly tip?: string;
  /** MMR peaks at the tip, wire bytes each. */
  readonly tippeaks?: readonly string[];
}

/** A chain as it was recorded: its first block and all TxPoWs after it. */
export interface Recording {
  /** `main` or `test`. */
  readonly params?: string;
  /** Wire bytes of the first block. */
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
  readonly final?: RecordedEnd;
}

/** Reads a JSON file, packed with gzip or not. Throws what reading and parsing throw. */
export function readJsonFile(path: string): unknown {
  const raw = readFileSync(path);
  const packed = raw[0] === 0x1f && raw[1] === 0x8b;
  return JSON.parse((packed ? gunzipSync(raw) : raw).toString("utf8"));
}

export function isSyncRecording(data: unknown): data is SyncRecording {
  return isRecord(data) && typeof data.chain === "string" && isListOf(data.ibdblocks, (id) => typeof id === "string");
}

export function isRecording(data: unknown): data is Recording {
  if (!isRecord(data) || typeof data.genesis !== "string") return false;
  if (data.blocks !== undefined && !isListOf(data.blocks, isRecordedBlock)) return false;
  return isListOf(data.events, (event) => isRecord(event) && typeof event.hex === "string");
}

function isRecordedBlock(block: unknown): boolean {
  return isRecord(block) && typeof block.txpowid === "string" && typeof block.txblock === "string";
}

/** The parameters a recording names; those of a test network if it names none. */
export function paramsNamed(name: string | undefined): NetworkParams {
  return name === MAIN_PARAMS.name ? MAIN_PARAMS : TEST_PARAMS;
}

interface LooseRecord {
  readonly [key: string]: unknown;
  readonly chain?: unknown;
  readonly ibdblocks?: unknown;
  readonly genesis?: unknown;
  readonly blocks?: unknown;
  readonly events?: unknown;
  readonly hex?: unknown;
  readonly txpowid?: unknown;
  readonly txblock?: unknown;
}

function isRecord(value: unknown): value is LooseRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, test: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(test);
}
