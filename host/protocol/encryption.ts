import {
  type Cipher,
  constants,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  type Decipher,
  generateKeyPair,
  type KeyObject,
  pbkdf2,
  privateDecrypt,
  publicEncrypt,
  sign,
  verify,
} from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { type Bytes, concatBytes } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { memo } from "./memo.js";
import { decode, MAX_DATA_LENGTH, Reader } from "./reader.js";
import { encodeUtf8 } from "./text.js";
import { encode, Writer } from "./writer.js";

/** A source of cryptographically secure random bytes. */
export type RandomBytes = (length: number) => Bytes;

const CIPHER = "aes-128-cbc";
const KEY_LENGTH = 16;
const IV_LENGTH = 16;
const SALT_LENGTH = 8;
const PBKDF2_ITERATIONS = 65536;
const MODULUS_BITS = 1024;
const CHUNK_LENGTH = 1 << 22;
/** `00 02`, eight random bytes at least, `00` (PKCS#1 v1.5, type 2). */
const RSA_PADDING_OVERHEAD = 11;

const deriveKey = promisify(pbkdf2);
const compress = promisify(gzip);
const decompress = promisify<Bytes, { maxOutputLength: number }, Buffer>(gunzip);
const makeKeyPair = promisify(generateKeyPair);

const plainBytes = (buffer: Uint8Array): Bytes => new Uint8Array(buffer);

/** Runs what fails on foreign input; every failure becomes one and the same `malformed`. */
function guarded<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch {
    throw new ProtocolError("malformed", what);
  }
}

/** AES-128-CBC with PKCS#7 padding (spec 01 §9). */
export function aesEncrypt(key: Bytes, iv: Bytes, plain: Bytes): Bytes {
  const cipher = createCipheriv(CIPHER, key, iv);
  return concatBytes(cipher.update(plain), cipher.final());
}

/** Throws `malformed` for a wrong key, IV or padding. */
export function aesDecrypt(key: Bytes, iv: Bytes, encrypted: Bytes): Bytes {
  return guarded("cannot decrypt", () => {
    const decipher = createDecipheriv(CIPHER, key, iv);
    return concatBytes(decipher.update(encrypted), decipher.final());
  });
}

/** PBKDF2-HMAC-SHA256, 65 536 iterations, 16 bytes (spec 01 §9). */
export async function passwordKey(password: string, salt: Bytes): Promise<Bytes> {
  return plainBytes(await deriveKey(encodeUtf8(password), salt, PBKDF2_ITERATIONS, KEY_LENGTH, "sha256"));
}

/** Salt, IV and the encrypted compressed bytes: the form of backup files (spec 01 §9.3). */
export async function sealWithPassword(password: string, plain: Bytes, random: RandomBytes): Promise<Bytes> {
  const salt = random(SALT_LENGTH);
  const iv = random(IV_LENGTH);
  const writer = new Writer();
  writer.data(salt);
  writer.data(iv);
  writer.raw(await inChunks(createCipheriv(CIPHER, await passwordKey(password, salt), iv), await compress(plain)));
  return writer.toBytes();
}

/** Throws ProtocolError for a wrong password, damaged input, or content of more than `limit` bytes. */
export async function openWithPassword(password: string, sealed: Bytes, limit = MAX_DATA_LENGTH): Promise<Bytes> {
  const reader = new Reader(sealed);
  const salt = reader.data();
  const iv = reader.data();
  const key = await passwordKey(password, salt);
  try {
    const compressed = await inChunks(createDecipheriv(CIPHER, key, iv), reader.raw(reader.remaining));
    return plainBytes(await decompress(compressed, { maxOutputLength: limit }));
  } catch {
    throw new ProtocolError("malformed", "wrong password or damaged data");
  }
}

/** Leaves the event loop room while much data goes through. */
async function inChunks(transform: Cipher | Decipher, data: Bytes): Promise<Bytes> {
  const parts: Bytes[] = [];
  for (let at = 0; at < data.length; at += CHUNK_LENGTH) {
    if (at > 0) await setImmediate();
    parts.push(transform.update(data.subarray(at, at + CHUNK_LENGTH)));
  }
  return concatBytes(...parts, transform.final());
}

/** PasswordCrypto: one MiniData sealed with a password (spec 01 §9.2). */
export function encryptWithPassword(password: string, data: Bytes, random: RandomBytes): Promise<Bytes> {
  return sealWithPassword(
    password,
    encode((writer, item) => writer.data(item), data),
    random,
  );
}

/** Opens PasswordCrypto. Throws ProtocolError for a wrong password or damaged input. */
export async function decryptWithPassword(password: string, sealed: Bytes): Promise<Bytes> {
  return decode((reader) => reader.data(), await openWithPassword(password, sealed));
}

/** A key pair of 1024-bit RSA: X.509 and PKCS#8 DER (spec 01 §9). */
export interface RSAKeyPair {
  readonly publicKey: Bytes;
  readonly privateKey: Bytes;
}

export async function newRSAKeyPair(): Promise<RSAKeyPair> {
  const pair = await makeKeyPair("rsa", { modulusLength: MODULUS_BITS });
  return {
    publicKey: plainBytes(pair.publicKey.export({ format: "der", type: "spki" })),
    privateKey: plainBytes(pair.privateKey.export({ format: "der", type: "pkcs8" })),
  };
}

function rsaPublicKey(der: Bytes): KeyObject {
  const key = guarded("not a public key", () => createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" }));
  if (key.asymmetricKeyType !== "rsa") throw new ProtocolError("malformed", "not an RSA key");
  return key;
}

function modulusBytes(key: KeyObject): number {
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
}

/** Reading a key takes longer than using it. */
const rsaPrivateKey = memo((der: Bytes): KeyObject => {
  const key = guarded("not a private key", () => createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" }));
  if (key.asymmetricKeyType !== "rsa") throw new ProtocolError("malformed", "not an RSA key");
  return key;
});

/** RSASSA-PKCS1-v1_5 with SHA-256 (spec 01 §9). */
export function rsaSign(privateKey: Bytes, message: Bytes): Bytes {
  return plainBytes(sign("sha256", message, rsaPrivateKey(privateKey)));
}

/** Throws `ProtocolError` for bytes that are no RSA key, and for a signature that has not the key's length. */
export function rsaVerify(publicKey: Bytes, message: Bytes, signature: Bytes): boolean {
  const key = rsaPublicKey(publicKey);
  if (signature.length !== modulusBytes(key)) throw new ProtocolError("malformed", "a signature is as long as its key");
  return guarded("cannot verify", () => verify("sha256", message, key, signature));
}

/** PKCS#1 v1.5 type 2 encryption, for any modulus size. Throws `limit` when the data is too long for the key. */
export function rsaEncrypt(publicKey: Bytes, data: Bytes, random: RandomBytes): Bytes {
  const key = rsaPublicKey(publicKey);
  const size = modulusBytes(key);
  const filler = size - data.length - 3;
  if (size < data.length + RSA_PADDING_OVERHEAD) throw new ProtocolError("limit", "data is too long for the key");
  const block = concatBytes(Uint8Array.of(0, 2), nonZeroBytes(filler, random), Uint8Array.of(0), data);
  return guarded("cannot encrypt", () => plainBytes(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block)));
}

function nonZeroBytes(length: number, random: RandomBytes): Bytes {
  const bytes = random(length).slice();
  for (let i = 0; i < length; ) {
    if (bytes[i] === 0) bytes.set(random(1), i);
    else i++;
  }
  return bytes;
}

/** Undoes `rsaEncrypt`. Throws `malformed` for a wrong key or padding. */
export function rsaDecrypt(privateKey: Bytes, encrypted: Bytes): Bytes {
  const key = rsaPrivateKey(privateKey);
  const block = guarded("cannot decrypt", () => privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encrypted));
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < RSA_PADDING_OVERHEAD - 1) throw new ProtocolError("malformed", "cannot decrypt");
  return plainBytes(block.subarray(end + 1));
}

/** The hybrid package of Maxima: data under a fresh AES key, which is under the recipient's RSA key (spec 01 §9.1). */
export interface CryptoPackage {
  readonly iv: Bytes;
  /** The encrypted AES key. */
  readonly secret: Bytes;
  readonly data: Bytes;
}

export function readCryptoPackage(reader: Reader): CryptoPackage {
  return { iv: reader.data(), secret: reader.data(), data: reader.data() };
}

export function writeCryptoPackage(writer: Writer, item: CryptoPackage): void {
  writer.data(item.iv);
  writer.data(item.secret);
  writer.data(item.data);
}

export function encryptFor(publicKey: Bytes, data: Bytes, random: RandomBytes): CryptoPackage {
  const iv = random(IV_LENGTH);
  const key = random(KEY_LENGTH);
  return { iv, secret: rsaEncrypt(publicKey, key, random), data: aesEncrypt(key, iv, data) };
}

/** Throws `malformed` for a wrong key or a damaged package. */
export function decryptPackage(privateKey: Bytes, item: CryptoPackage): Bytes {
  return aesDecrypt(rsaDecrypt(privateKey, item.secret), item.iv, item.data);
}
