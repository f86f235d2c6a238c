import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { MaximaRecord } from "../../maxima/maxima-record.js";
import type { ChainStore } from "../../store/chain-store.js";
import type { Settings } from "../../store/settings.js";
import type { WalletRecord } from "../../wallet/wallet-record.js";
import { BackupError, isSealed, MAGIC_LENGTH, type SealingKey, seal } from "./container.js";
import { type BackupRecord, encodeRecords, RECORD, type RecordType } from "./records.js";

export interface BackupContent {
  readonly network: string;
  /** The tip; -1 while there is no chain. */
  readonly block: number;
  readonly wallet: WalletRecord;
  readonly maxima: MaximaRecord;
  readonly settings: Settings;
  readonly store: ChainStore;
  /** TxPoWs of the owner to keep, the newest. */
  readonly history: number;
  readonly now: number;
}

export interface WrittenBackup {
  readonly block: number;
  /** Bytes by kind of record, before compression. */
  readonly sizes: ReadonlyMap<RecordType, number>;
  /** Bytes of the file. */
  readonly size: number;
}

/** Writes a sealed backup to a file, whole or not at all; a file that is no backup is not replaced. Throws `BackupError`. */
export async function writeBackup(path: string, key: SealingKey, content: BackupContent): Promise<WrittenBackup> {
  await checkReplaceable(path);
  const sizes = new Map<RecordType, number>();
  const counted = async function* (): AsyncGenerator<BackupRecord> {
    for await (const record of recordsOf(content)) {
      sizes.set(record.type, (sizes.get(record.type) ?? 0) + record.bytes.length);
      yield record;
    }
  };
  const temporary = `${path}.part`;
  try {
    await rm(temporary, { force: true });
    await pipeline(
      Readable.from(encodeRecords(counted())),
      createGzip(),
      (compressed: AsyncIterable<Buffer>) => seal(compressed, key, randomBytes),
      createWriteStream(temporary, { mode: 0o600, flush: true, flags: "wx" }),
    );
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error instanceof BackupError ? error : new BackupError(`The backup cannot be written: ${reason(error)}`);
  }
  return { block: content.block, sizes, size: (await stat(path)).size };
}

async function checkReplaceable(path: string): Promise<void> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC_LENGTH), 0, MAGIC_LENGTH, 0);
    if (bytesRead > 0 && !isSealed(buffer)) throw new BackupError("There is a file of that name that is no backup: choose another name");
  } finally {
    await file.close();
  }
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

async function* recordsOf({ network, block, wallet, maxima, settings, store, history, now }: BackupContent): AsyncGenerator<BackupRecord> {
  // All at once, before anything can change: what the tree consists of.
  const chain = store.snapshot();
  yield { type: RECORD.about, bytes: json({ network, block, time: now }) };
  yield { type: RECORD.wallet, bytes: json(wallet) };
  yield { type: RECORD.maxima, bytes: json(maxima) };
  yield { type: RECORD.settings, bytes: json(restorable(settings)) };
  if (chain.cascade !== undefined) yield { type: RECORD.cascade, bytes: chain.cascade };
  if (chain.root !== undefined) yield { type: RECORD.root, bytes: chain.root };
  for (const key of chain.tree) {
    const bytes = store.txblocks.bytes(key);
    // A block of a side branch may have been dropped meanwhile.
    if (bytes !== undefined) yield { type: RECORD.treeBlock, bytes };
  }
  for (const key of store.txpows.relevantKeys(history).reverse()) {
    const bytes = store.txpows.bytes(key);
    if (bytes !== undefined) yield { type: RECORD.txpow, bytes };
  }
  yield { type: RECORD.end, bytes: Buffer.alloc(0) };
}

/** What another folder may go on with: automatic backups under a password have to be asked for again there. */
function restorable(settings: Settings): Settings {
  const { autobackup, autobackupKey } = settings;
  return { ...settings, autobackup: autobackup && autobackupKey === null, autobackupKey: null, syncFrom: null };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
