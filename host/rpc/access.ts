import { createHmac, randomBytes } from "node:crypto";
import type { RpcUser } from "../node/rpc-control.js";
import type { SettingsFile } from "../store/settings.js";
import type { RequestHead } from "./http-request.js";
import type { AccessMode } from "./http-server.js";
import { CommandError } from "./params.js";
import { equalSecrets, type GeneratedPasswords, hashPassword, matchesHash, type PasswordHash } from "./passwords.js";

/** The user who may do everything (spec 09 §2.3). */
const DEFAULT_USER = "minima";
/** The user of the generated read-only password. */
const READONLY_USER = "readonly";

export interface RpcAccessOptions {
  readonly settings: SettingsFile;
  readonly generated: GeneratedPasswords;
  /** The password the node was started with. */
  readonly password: string | undefined;
  /** Whether only this machine reaches the server. */
  readonly isLocal: boolean;
}

/** Who may use the RPC server (spec 09 §2.3). */
export class RpcAccess {
  readonly #options: RpcAccessOptions;
  /** Stored passwords that were right once, under a key of this run: only the first check takes long. */
  readonly #proven = new Map<string, string>();
  readonly #provenKey = randomBytes(32);

  constructor(options: RpcAccessOptions) {
    this.#options = options;
  }

  /** Whether a password is needed: always where others can reach the server. */
  get isRequired(): boolean {
    const { password, settings, isLocal } = this.#options;
    return !isLocal || password !== undefined || settings.current.rpcPassword !== null;
  }

  /** What the sender of a request may do; undefined: nothing. */
  async decide(head: RequestHead): Promise<AccessMode | undefined> {
    const header = head.headers.get("authorization");
    if (header === undefined) return this.#isOpenTo(head) ? "write" : undefined;
    const credentials = basicCredentials(header);
    if (credentials === undefined) return undefined;
    const { username, password } = credentials;
    const { settings, generated } = this.#options;
    if (username === DEFAULT_USER) return this.#isOpenTo(head) || (await this.#isFullPassword(password)) ? "write" : undefined;
    if (username === READONLY_USER) return equalSecrets(password, generated.readonly) ? "read" : undefined;
    if (!this.isRequired) return undefined;
    for (const user of settings.current.rpcUsers)
      if (user.username === username && (await this.#matches(username, password, user))) return user.mode;
    return undefined;
  }

  #isOpenTo(head: RequestHead): boolean {
    return !this.isRequired && !isFromWebPage(head);
  }

  async #isFullPassword(password: string): Promise<boolean> {
    const { generated, password: configured, settings } = this.#options;
    const isGenerated = equalSecrets(password, generated.full);
    const isConfigured = configured !== undefined && equalSecrets(password, configured);
    if (isGenerated || isConfigured) return true;
    const { rpcPassword } = settings.current;
    return rpcPassword !== null && (await this.#matches(DEFAULT_USER, password, rpcPassword));
  }

  async #matches(username: string, password: string, stored: PasswordHash): Promise<boolean> {
    const proof = createHmac("sha256", this.#provenKey).update(`${stored.hash} ${password}`).digest("hex");
    if (equalSecrets(this.#proven.get(username) ?? "", proof)) return true;
    if (!(await matchesHash(password, stored))) return false;
    this.#proven.set(username, proof);
    return true;
  }

  users(): readonly RpcUser[] {
    return this.#options.settings.current.rpcUsers.map(({ username, mode }) => ({ username, mode }));
  }

  /** Throws `CommandError` where nobody needs a password, and for names that have a meaning. */
  async addUser(username: string, password: string, mode: AccessMode): Promise<void> {
    const { settings } = this.#options;
    const user = { username, ...(await hashPassword(password)), mode };
    settings.update({ rpcUsers: [...settings.current.rpcUsers.filter((other) => other.username !== username), user] });
  }

  /** Throws `CommandError` if there must not be a user of this name. */
  checkName(username: string): void {
    if (username === DEFAULT_USER || username === READONLY_USER)
      throw new CommandError(`Cannot add User ${username} - this is the default RPC user.`);
  }

  removeUser(username: string): void {
    const { settings } = this.#options;
    settings.update({ rpcUsers: settings.current.rpcUsers.filter((user) => user.username !== username) });
  }

  /** From now on this password is needed, and stays over restarts. */
  async setPassword(password: string): Promise<void> {
    this.#options.settings.update({ rpcPassword: await hashPassword(password) });
  }
}

/** User and password of an `Authorization` header: split at the first colon (spec 09 §2.3). */
function basicCredentials(header: string): { readonly username: string; readonly password: string } | undefined {
  const [scheme, encoded = ""] = header.split(" ");
  if (scheme !== "Basic") return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8").trim();
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

const LOCAL_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Whether a page in a browser on this machine made the request. Any page on the web can send commands to this machine: such
 * requests need a password even where others do not. A page names its origin, or where it stands to the server, or believes that the
 * server has a name of its own.
 */
function isFromWebPage({ headers }: RequestHead): boolean {
  const site = headers.get("sec-fetch-site");
  const host = headers.get("host");
  return headers.has("origin") || (site !== undefined && site !== "none") || (host !== undefined && !LOCAL_HOST.test(host));
}
