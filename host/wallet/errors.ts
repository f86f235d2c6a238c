/**
 * Why the wallet refuses.
 *
 * - `refused`: the request is not allowed or not possible as it is
 * - `funds`: not enough coins, or coins that cannot be sent this way
 * - `locked`: the phrase is not there
 * - `unknown-key`: the key is none of the wallet's
 * - `keys-exhausted`: the key has made all the signatures it can make
 * - `closed`: the wallet was closed
 */
export type WalletErrorCode = "refused" | "funds" | "locked" | "unknown-key" | "keys-exhausted" | "closed";

/** What a wallet says when it cannot do something. The text never holds a secret. */
export class WalletError extends Error {
  override readonly name = "WalletError";

  constructor(
    readonly code: WalletErrorCode,
    message: string,
  ) {
    super(message);
  }

  /** The field of a command's response that holds the text (spec 09 §4.1). */
  get key(): "message" | "error" {
    return this.code === "funds" ? "message" : "error";
  }
}
