/** Somebody this node exchanges addresses with (spec 08 §12). */
export interface Contact {
  /** Counts from 1; none is given twice. */
  readonly id: number;
  /** The Maxima key, as upper-case hex text. */
  readonly publicKey: string;
  /** Where they are reached. */
  readonly currentAddress: string;
  /** Where they reach us: what we told them last. */
  readonly myAddress: string;
  /** Unix milliseconds. */
  readonly lastSeen: number;
  readonly details: ContactDetails;
}

/** What a contact tells of itself. */
export interface ContactDetails {
  readonly name: string;
  readonly icon: string;
  /** `Mx..`, for payments. */
  readonly minimaAddress: string;
  readonly topBlock: string;
  /** A block of their chain somewhat below the tip, and its id: whether it is in ours tells if both chains are the same. */
  readonly checkBlock: string;
  readonly checkHash: string;
  /** Their location service. */
  readonly mls: string;
}

/** Where contacts are kept. Durable when a call returns. */
export interface ContactStore {
  /** In the order in which they were added. */
  all(): readonly Contact[];
  count(): number;
  byId(id: number): Contact | undefined;
  byKey(publicKey: string): Contact | undefined;
  add(contact: Omit<Contact, "id">): Contact;
  /** Changes what has the id. */
  update(contact: Contact): void;
  remove(id: number): void;
}

/** What we told nobody yet (the reference's text). */
export const NO_ADDRESS = "Mx00";
