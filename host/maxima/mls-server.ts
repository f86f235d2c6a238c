import { MAXIMA_UNKNOWN } from "../net/maxima-host.js";
import { type Bytes, toHex0x } from "../protocol/bytes.js";
import {
  type MLSPacketGETReq,
  type MLSPacketSET,
  readMLSPacketGETReq,
  readMLSPacketSET,
  writeMLSPacketGETResp,
} from "../protocol/messages/mls.js";
import { decode } from "../protocol/reader.js";
import { encode } from "../protocol/writer.js";
import { APPLICATION, type MaximaLink } from "./link.js";
import type { TextList } from "./text-list.js";

const LIFE_MS = 24 * 3600 * 1000;

/** What strangers may leave with us. */
export interface MLSLimits {
  readonly entries: number;
  /** Keys in the list of one entry. */
  readonly keys: number;
  /** Characters of an address, or of one key. */
  readonly text: number;
  /** Characters of all entries together. */
  readonly total: number;
}

const DEFAULT_LIMITS: MLSLimits = { entries: 1000, keys: 256, text: 1024, total: 4 * 1024 * 1024 };

/** Where somebody is, and who may know. */
export interface MLSEntry extends MLSPacketSET {
  readonly publicKey: string;
}

interface Stamped extends MLSEntry {
  readonly time: number;
  readonly size: number;
}

/** The location service for others (spec 08 §11). In memory only; the oldest entries make room for new ones. */
export class MLSServer {
  /** By the key of who left it, as upper-case hex text; the oldest first. */
  readonly #entries = new Map<string, Stamped>();
  readonly #limits: MLSLimits;
  readonly #now: () => number;
  /** Whose addresses anybody may ask for. */
  readonly permanent: TextList;
  #size = 0;

  constructor(permanent: TextList, now: () => number, limits: MLSLimits = DEFAULT_LIMITS) {
    this.permanent = permanent;
    this.#now = now;
    this.#limits = limits;
  }

  /** Serves whoever writes to this node. */
  serve(link: MaximaLink): void {
    link.register(APPLICATION.mlsSet, ({ message }) => this.set(toHex0x(message.from), decode(readMLSPacketSET, message.data)));
    link.register(APPLICATION.mlsGet, ({ message, answer }) =>
      answer(this.get(toHex0x(message.from), decode(readMLSPacketGETReq, message.data))),
    );
  }

  /** Replaces what the sender left before. What is larger than any that is meant is not kept. */
  set(from: string, { identity, publicKeys }: MLSPacketSET): void {
    const { entries, keys, text, total } = this.#limits;
    if (publicKeys.length > keys || [identity, ...publicKeys].some((one) => one.length > text)) return;
    this.#remove(from);
    const size = publicKeys.reduce((sum, key) => sum + key.length, from.length + identity.length);
    this.#entries.set(from, { publicKey: from, identity, publicKeys, time: this.#now(), size });
    this.#size += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= entries && this.#size <= total) break;
      this.#remove(oldest);
    }
  }

  /** The answer to a request: a location, or a status that says nothing. */
  get(from: string, { publicKey, randomUid }: MLSPacketGETReq): Bytes {
    const entry = this.#entries.get(publicKey);
    if (entry === undefined || !(entry.publicKeys.includes(from) || this.permanent.has(publicKey))) return MAXIMA_UNKNOWN;
    return encode(writeMLSPacketGETResp, { publicKey, address: entry.identity, randomUid });
  }

  /** Forgets what is too old. */
  purge(): void {
    const since = this.#now() - LIFE_MS;
    for (const { publicKey, time } of this.#entries.values()) if (time <= since) this.#remove(publicKey);
  }

  entries(): readonly MLSEntry[] {
    return Array.from(this.#entries.values());
  }

  #remove(publicKey: string): void {
    this.#size -= this.#entries.get(publicKey)?.size ?? 0;
    this.#entries.delete(publicKey);
  }
}
