import { toHex0x } from "../../protocol/bytes.js";
import type { NetLogger } from "../log.js";

const SECRET_BYTES = 12;

/** Our own host as others see it: set by the owner, or learnt from the first peer that is asked (spec 07 §16). */
export class OwnAddress {
  #host: string | undefined;
  #secret: string | undefined;

  constructor(
    /** Set by the owner: nobody is asked then. */
    readonly given: string | undefined,
    readonly random: (length: number) => Uint8Array,
    readonly log: NetLogger,
  ) {
    this.#host = given;
  }

  get host(): string | undefined {
    return this.#host;
  }

  /** The secret of a new question; undefined when there is nothing to ask. */
  question(): string | undefined {
    if (this.#host !== undefined) return undefined;
    this.#secret = toHex0x(this.random(SECRET_BYTES));
    return this.#secret;
  }

  /** Only the answer to the latest question counts. */
  take({ host, secret }: { readonly host: string; readonly secret: string }): void {
    if (secret !== this.#secret || this.given !== undefined || host === "") return;
    this.#secret = undefined;
    this.#host = host;
    this.log.info("own address learnt", { host });
  }
}
