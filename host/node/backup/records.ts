import { BackupError, ByteSource } from "./container.js";

/** What a backup holds (docs/backup.md). The numbers are part of the format. */
export const RECORD = { about: 1, wallet: 2, settings: 3, cascade: 4, root: 5, treeBlock: 6, txpow: 7, end: 8, maxima: 9 } as const;
export type RecordType = (typeof RECORD)[keyof typeof RECORD];

export interface BackupRecord {
  readonly type: RecordType;
  readonly bytes: Uint8Array;
}

const HEAD_LENGTH = 5;
const MAX_RECORD = 256 * 1024 * 1024;
const KNOWN: ReadonlySet<number> = new Set(Object.values(RECORD));

/** Type, length, bytes. */
export async function* encodeRecords(records: AsyncIterable<BackupRecord>): AsyncGenerator<Buffer> {
  for await (const { type, bytes } of records) {
    const head = Buffer.alloc(HEAD_LENGTH);
    head.writeUInt8(type);
    head.writeUInt32BE(bytes.length, 1);
    yield head;
    yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

/** Undoes `encodeRecords`. Records of later versions are passed over. Throws `BackupError`. */
export async function* decodeRecords(stream: AsyncIterable<Buffer>): AsyncGenerator<BackupRecord> {
  const source = new ByteSource(stream);
  for (;;) {
    const head = await source.take(HEAD_LENGTH);
    const length = head.length < HEAD_LENGTH ? 0 : head.readUInt32BE(1);
    if (head.length < HEAD_LENGTH || length > MAX_RECORD) throw new BackupError("The backup is incomplete");
    const bytes = await source.take(length);
    if (bytes.length < length) throw new BackupError("The backup is incomplete");
    const type = head.readUInt8();
    if (KNOWN.has(type)) yield { type: type as RecordType, bytes };
    if (type === RECORD.end) return;
  }
}
