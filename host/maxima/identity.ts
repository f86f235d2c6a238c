import { newRSAKeyPair, type RSAKeyPair } from "../protocol/encryption.js";
import type { IdentityName, MaximaStore } from "./store.js";

/** The permanent keys of a node (spec 08 §1). */
export interface Identity {
  readonly maxima: RSAKeyPair;
  readonly mls: RSAKeyPair;
}

/** The keys of a store; those that are missing are made, off this thread, and kept before they are used. */
export async function openIdentity(store: MaximaStore): Promise<Identity> {
  const open = async (name: IdentityName): Promise<RSAKeyPair> => {
    const kept = store.identity(name);
    if (kept !== undefined) return kept;
    const made = await newRSAKeyPair();
    store.addIdentity(name, made);
    return made;
  };
  const [maxima, mls] = await Promise.all([open("maxima"), open("mls")]);
  return { maxima, mls };
}
