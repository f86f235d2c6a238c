import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { openWithPassword } from "../../protocol/encryption.js";
import { ProtocolError } from "../../protocol/errors.js";
import { BackupError, isSealed, MAGIC_LENGTH, unseal } from "./container.js";
import { type BackupRecord, decodeRecords } from "./records.js";

/** A backup of the reference that is larger is not read: it has to be in memory as a whole. */
const MAX_REFERENCE_BACKUP = 128 * 1024 * 1024;
const MAX_REFERENCE_CONTENT = 256 * 1024 * 1024;
const SALT_LENGTH = 8;
const IV_LENGTH = 16;

/** Whether a file is a backup of minimote; anything else may be one of the reference. */
export async function isOwnBackup(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC_LENGTH), 0, MAGIC_LENGTH, 0);
    return isSealed(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function contentOf(path: string, password: string): Readable {
  return Readable.from(unseal(createReadStream(path) as AsyncIterable<Buffer>, password));
}

/** The records of a backup, checked, one at a time. Throws `BackupError`. */
export async function* readBackup(path: string, password: string): AsyncGenerator<BackupRecord> {
  const compressed = contentOf(path, password);
  const gunzip = createGunzip();
  compressed.once("error", (error) => gunzip.destroy(error));
  try {
    yield* decodeRecords(compressed.pipe(gunzip) as AsyncIterable<Buffer>);
  } catch (error) {
    throw error instanceof BackupError ? error : new BackupError("The backup is damaged");
  } finally {
    compressed.destroy();
    gunzip.destroy();
  }
}

/** Writes what is inside a backup to a file, in plain: of minimote, or of the reference (spec 09 §17). Throws `BackupError`. */
export async function decryptBackup(path: string, password: string, output: string): Promise<void> {
  const write = createWriteStream(output, { mode: 0o600, flush: true, flags: "wx" });
  if (await isOwnBackup(path)) await pipeline(contentOf(path, password), createGunzip(), write);
  else await pipeline(Readable.from([await referenceContent(path, password)]), write);
}

/** The parts of a reference backup, one after the other: the text of the wallet's database comes first. */
export async function referenceContent(path: string, password: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > MAX_REFERENCE_BACKUP) throw new BackupError("This file is too large for a backup");
    const sealed = await file.readFile();
    if (!isReferenceBackup(sealed)) throw new BackupError("This is no backup of minimote, nor of the reference");
    return Buffer.from(await openWithPassword(password, sealed, MAX_REFERENCE_CONTENT));
  } catch (error) {
    if (error instanceof ProtocolError) throw new BackupError("Incorrect Password!");
    throw error;
  } finally {
    await file.close();
  }
}

/** Whether a file begins with a salt and an initialisation vector of the right lengths (spec 01 §9.3). */
function isReferenceBackup(sealed: Buffer): boolean {
  const iv = 4 + SALT_LENGTH;
  return sealed.length > iv + 4 + IV_LENGTH && sealed.readUInt32BE(0) === SALT_LENGTH && sealed.readUInt32BE(iv) === IV_LENGTH;
}
