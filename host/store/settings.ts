import { readFileSync } from "node:fs";
import { StoreError } from "./database.js";
import { writeSecretFile } from "./secret-file.js";

/** What the owner set while the node ran, and wants to keep. */
export interface Settings {
  /** As listed, `FILTER#URL` (spec 09 §16.2). */
  readonly webhooks: readonly string[];
  /** Users beside the default one; passwords are kept as scrypt hashes (spec 09 §2.3). */
  readonly rpcUsers: readonly StoredUser[];
  /** The password of the default user that was set by command. */
  readonly rpcPassword: { readonly salt: string; readonly hash: string } | null;
  /** Whether a backup is made every day (spec 09 §17). */
  readonly autobackup: boolean;
  /** The key that seals these backups, made of their password; null: the well-known password. */
  readonly autobackupKey: string | null;
  /** The password itself, as earlier versions kept it. */
  readonly autobackupPassword?: string | null | undefined;
  /** The peer to fetch the chain from after a restore, `host:port`. */
  readonly syncFrom: string | null;
}

export interface StoredUser {
  readonly username: string;
  readonly salt: string;
  readonly hash: string;
  readonly mode: "read" | "write";
}

const NOTHING: Settings = { webhooks: [], rpcUsers: [], rpcPassword: null, autobackup: false, autobackupKey: null, syncFrom: null };

/** A small file of settings: every change replaces it as a whole, and has reached the disk when the call returns. */
export class SettingsFile {
  readonly #path: string;
  #current: Settings;

  /** Throws `StoreError` for a file that cannot be read. */
  constructor(path: string) {
    this.#path = path;
    this.#current = read(path);
  }

  get current(): Settings {
    return this.#current;
  }

  update(change: Partial<Settings>): void {
    const next = { ...this.#current, ...change };
    writeSecretFile(this.#path, `${JSON.stringify(next, null, 2)}\n`);
    this.#current = next;
  }
}

function read(path: string): Settings {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return NOTHING;
    throw new StoreError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return { ...NOTHING, ...(JSON.parse(text) as Partial<Settings>) };
  } catch {
    throw new StoreError(`${path} is damaged: correct it, or move it away`);
  }
}
