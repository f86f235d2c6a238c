import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeSecretFile } from "../store/secret-file.js";

/** The passwords every node makes for itself at first start. */
export interface GeneratedPasswords {
  /** For user `minima`: everything. */
  readonly full: string;
  /** For user `readonly`: looking, and addresses to receive to. */
  readonly readonly: string;
}

/** The name of the file with the passwords in the data folder, readable by its owner only. */
export const PASSWORDS_FILE = "rpc-passwords.json";
const PASSWORD_BYTES = 24;

/** The passwords of a data folder, if it has any. */
export function readPasswords(dataDir: string): GeneratedPasswords | undefined {
  try {
    const stored: unknown = JSON.parse(readFileSync(join(dataDir, PASSWORDS_FILE), "utf8"));
    return isPasswords(stored) ? { full: stored.full, readonly: stored.readonly } : undefined;
  } catch {
    return undefined;
  }
}

/** The passwords of a data folder; makes them when it has none. */
export function openPasswords(dataDir: string): GeneratedPasswords {
  const stored = readPasswords(dataDir);
  if (stored !== undefined) return stored;
  const made = { full: newPassword(), readonly: newPassword() };
  writeSecretFile(join(dataDir, PASSWORDS_FILE), `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

const newPassword = (): string => randomBytes(PASSWORD_BYTES).toString("base64url");

function isPasswords(value: unknown): value is GeneratedPasswords {
  const { full, readonly } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return typeof full === "string" && typeof readonly === "string" && full.length >= PASSWORD_BYTES && readonly.length >= PASSWORD_BYTES;
}

/** Whether two secrets are the same, in a time that does not depend on where they differ. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}

/** A password as it is stored: guessing it takes long. */
export interface PasswordHash {
  readonly salt: string;
  readonly hash: string;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;

export async function hashPassword(password: string, salt = randomBytes(SALT_BYTES)): Promise<PasswordHash> {
  const hash = await new Promise<Buffer>((resolve, reject) =>
    scrypt(password, salt, HASH_BYTES, (error, key) => (error === null ? resolve(key) : reject(error))),
  );
  return { salt: salt.toString("hex"), hash: hash.toString("hex") };
}

export async function matchesHash(password: string, stored: PasswordHash): Promise<boolean> {
  const { hash } = await hashPassword(password, Buffer.from(stored.salt, "hex"));
  return equalSecrets(hash, stored.hash);
}
