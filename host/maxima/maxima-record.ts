import { parseHex, toHex0x } from "../protocol/bytes.js";
import type { RSAKeyPair } from "../protocol/encryption.js";
import { ProtocolError } from "../protocol/errors.js";
import type { Contact, ContactStore } from "./contact.js";
import type { IdentityName, MaximaStore } from "./store.js";

interface KeysRecord {
  readonly publickey: string;
  readonly privatekey: string;
}

/** A Maxima identity as a backup holds it. The keys at hosts are not in it: others are made, and contacts are told. */
export interface MaximaRecord {
  readonly maxima: KeysRecord;
  readonly mls: KeysRecord;
  readonly contacts: readonly Omit<Contact, "id">[];
  /** Name, icon, location services ... */
  readonly texts: Readonly<Record<string, string>>;
}

const NAMES: readonly IdentityName[] = ["maxima", "mls"];

/** A store whose values can be counted up. */
export interface CopiedStore extends MaximaStore {
  texts(): readonly (readonly [name: string, text: string])[];
}

/** What cannot be found again. */
export function maximaRecord(store: CopiedStore, contacts: ContactStore): MaximaRecord {
  const keys = (name: IdentityName): KeysRecord => {
    const pair = store.identity(name);
    if (pair === undefined) throw new Error(`no ${name} key`);
    return { publickey: toHex0x(pair.publicKey), privatekey: toHex0x(pair.privateKey) };
  };
  return {
    maxima: keys("maxima"),
    mls: keys("mls"),
    contacts: contacts.all().map(({ id: _id, ...contact }) => contact),
    texts: Object.fromEntries(store.texts()),
  };
}

/** Throws `ProtocolError`. */
export function parseMaximaRecord(bytes: Uint8Array): MaximaRecord {
  const record = JSON.parse(Buffer.from(bytes).toString("utf8")) as Partial<MaximaRecord>;
  const { maxima, mls, contacts, texts } = record;
  if (maxima === undefined || mls === undefined || !Array.isArray(contacts) || texts === undefined)
    throw new ProtocolError("malformed", "The backup holds no Maxima identity");
  return { maxima, mls, contacts, texts };
}

/** Fills empty stores. */
export function fillMaxima(store: MaximaStore, contacts: ContactStore, record: MaximaRecord): void {
  for (const name of NAMES) store.addIdentity(name, keysOf(record[name]));
  for (const contact of record.contacts) contacts.add(contact);
  for (const [name, text] of Object.entries(record.texts)) store.setText(name, text);
}

function keysOf({ publickey, privatekey }: KeysRecord): RSAKeyPair {
  return { publicKey: parseHex(publickey), privateKey: parseHex(privatekey) };
}
