import { createCipheriv, createDecipheriv, createHmac, scrypt, timingSafeEqual } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Why a backup cannot be read: the text is for its owner. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

/*
 * A sealed file, version 1 (docs/backup.md): magic, version, scrypt cost, salt, nonce, and a code that only the right password gives;
 * then chunks under AES-256-GCM. The number of a chunk and whether it is the last are part of its nonce: none can be left out,
 * moved or added.
 */
const MAGIC = Buffer.from("MINIMOTE");
const VERSION = 1;
const SALT_LENGTH = 16;
const NONCE_PREFIX = 7;
const CODE_LENGTH = 32;
/** Up to the code, which covers it. */
const COVERED_LENGTH = MAGIC.length + 2 + SALT_LENGTH + NONCE_PREFIX;
const HEADER_LENGTH = COVERED_LENGTH + CODE_LENGTH;
const CHUNK_LENGTH = 64 * 1024;
const TAG_LENGTH = 16;
const KEY_LENGTH = 32;
/** scrypt with 2^15 blocks of 1 KiB: 32 MiB, about a quarter of a second on a board. */
const SCRYPT_LOG = 15;
const MAX_SCRYPT_LOG = 18;
const SCRYPT_BLOCK = 8;

/** What a password and a salt give: enough to seal files that the password opens, and not the password. */
export interface SealingKey {
  /** The scrypt cost is 2 to the power of this. */
  readonly log: number;
  readonly salt: Buffer;
  readonly data: Buffer;
  readonly code: Buffer;
}

type RandomBytes = (length: number) => Buffer;

/** A key of a new salt. It may seal many files: each has a nonce of its own. */
export function newSealingKey(password: string, randomBytes: RandomBytes): Promise<SealingKey> {
  return deriveKeys(password, randomBytes(SALT_LENGTH), SCRYPT_LOG);
}

/** A key as text, to be kept. */
export function printSealingKey({ log, salt, data, code }: SealingKey): string {
  return Buffer.concat([Buffer.of(log), salt, data, code]).toString("hex");
}

/** Throws `BackupError`. */
export function parseSealingKey(text: string): SealingKey {
  const bytes = Buffer.from(text, "hex");
  const [log = 0] = bytes;
  const [salt, data, code] = [
    bytes.subarray(1, 1 + SALT_LENGTH),
    bytes.subarray(-2 * KEY_LENGTH, -KEY_LENGTH),
    bytes.subarray(-KEY_LENGTH),
  ];
  if (bytes.length !== 1 + SALT_LENGTH + 2 * KEY_LENGTH || log > MAX_SCRYPT_LOG)
    throw new BackupError("The key of automatic backups is damaged");
  return { log, salt, data, code };
}

async function deriveKeys(password: string, salt: Buffer, log: number): Promise<SealingKey> {
  const options = { N: 2 ** log, r: SCRYPT_BLOCK, p: 1, maxmem: 2 ** log * SCRYPT_BLOCK * 256 };
  const bytes = await new Promise<Buffer>((resolve, reject) =>
    scrypt(password.normalize("NFC"), salt, 2 * KEY_LENGTH, options, (error, key) => (error === null ? resolve(key) : reject(error))),
  );
  return { log, salt, data: bytes.subarray(0, KEY_LENGTH), code: bytes.subarray(KEY_LENGTH) };
}

function nonceOf(prefix: Buffer, index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_PREFIX + 5);
  prefix.copy(nonce);
  nonce.writeUInt32BE(index, NONCE_PREFIX);
  nonce.writeUInt8(last ? 1 : 0, NONCE_PREFIX + 4);
  return nonce;
}

/** Whether a file begins like a sealed one. */
export function isSealed(start: Buffer): boolean {
  return start.subarray(0, MAGIC.length).equals(MAGIC);
}

/** How many bytes tell whether a file is sealed. */
export const MAGIC_LENGTH = MAGIC.length;

/** Seals what comes in, in chunks: memory stays bounded. */
export async function* seal(plain: AsyncIterable<Buffer>, keys: SealingKey, randomBytes: RandomBytes): AsyncGenerator<Buffer> {
  const prefix = randomBytes(NONCE_PREFIX);
  const covered = Buffer.concat([MAGIC, Buffer.of(VERSION, keys.log), keys.salt, prefix]);
  yield Buffer.concat([covered, createHmac("sha256", keys.code).update(covered).digest()]);
  let index = 0;
  for await (const { chunk, last } of inChunks(plain, CHUNK_LENGTH)) {
    const cipher = createCipheriv("aes-256-gcm", keys.data, nonceOf(prefix, index++, last));
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
    await nextTurn();
  }
}

/** Undoes `seal`. Gives nothing that was not checked. Throws `BackupError`. */
export async function* unseal(sealed: AsyncIterable<Buffer>, password: string): AsyncGenerator<Buffer> {
  const source = new ByteSource(sealed);
  const header = await source.take(HEADER_LENGTH);
  if (!isSealed(header)) throw new BackupError("This is no backup of minimote");
  const [version = 0, log = 0] = header.subarray(MAGIC.length);
  if (version !== VERSION) throw new BackupError(`This backup was made by a newer minimote (version ${version}): update first`);
  if (header.length < HEADER_LENGTH || log > MAX_SCRYPT_LOG) throw new BackupError(DAMAGED);
  const covered = header.subarray(0, COVERED_LENGTH);
  const prefix = covered.subarray(COVERED_LENGTH - NONCE_PREFIX);
  const keys = await deriveKeys(password, covered.subarray(MAGIC.length + 2, COVERED_LENGTH - NONCE_PREFIX), log);
  const code = createHmac("sha256", keys.code).update(covered).digest();
  if (!timingSafeEqual(code, header.subarray(COVERED_LENGTH))) throw new BackupError("Incorrect Password!");
  let index = 0;
  for await (const { chunk, last } of inChunks(source.rest(), CHUNK_LENGTH + TAG_LENGTH)) {
    if (chunk.length < TAG_LENGTH) throw new BackupError(DAMAGED);
    const decipher = createDecipheriv("aes-256-gcm", keys.data, nonceOf(prefix, index++, last));
    decipher.setAuthTag(chunk.subarray(chunk.length - TAG_LENGTH));
    const plain = decipher.update(chunk.subarray(0, chunk.length - TAG_LENGTH));
    try {
      decipher.final();
    } catch {
      throw new BackupError(DAMAGED);
    }
    yield plain;
    await nextTurn();
  }
}

const DAMAGED = "The backup is damaged or incomplete";

/** Cuts a stream into chunks of one length but for the last, which may be empty. */
async function* inChunks(
  stream: AsyncIterable<Buffer>,
  length: number,
): AsyncGenerator<{ readonly chunk: Buffer; readonly last: boolean }> {
  const source = new ByteSource(stream);
  let chunk = await source.take(length);
  for (;;) {
    const next = chunk.length < length ? Buffer.alloc(0) : await source.take(length);
    yield { chunk, last: next.length === 0 };
    if (next.length === 0) return;
    chunk = next;
  }
}

/** Bytes of a stream, as many at a time as are asked for. */
export class ByteSource {
  readonly #stream: AsyncIterator<Buffer>;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(stream: AsyncIterable<Buffer>) {
    this.#stream = stream[Symbol.asyncIterator]();
  }

  /** Fewer bytes where the stream ends. */
  async take(length: number): Promise<Buffer> {
    while (this.#length < length) {
      const { done, value } = await this.#stream.next();
      if (done === true) break;
      this.#parts.push(value);
      this.#length += value.length;
    }
    const all = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    const rest = all.subarray(length);
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return all.subarray(0, length);
  }

  async *rest(): AsyncGenerator<Buffer> {
    yield* this.#parts;
    for (;;) {
      const { done, value } = await this.#stream.next();
      if (done === true) return;
      yield value;
    }
  }
}
