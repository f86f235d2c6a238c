import type { NetLogger } from "../net/log.js";
import { printable } from "../net/log.js";
import { toHex0x } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { type Contact, type ContactDetails, type ContactStore, NO_ADDRESS } from "./contact.js";
import { type ContactMessage, decodeContactMessage, encodeContactMessage } from "./contact-message.js";
import { Errands } from "./errands.js";
import { APPLICATION, type Delivery, type HostState, type IncomingMessage, MaximaError, type MaximaLink } from "./link.js";
import type { MLSClient } from "./mls-client.js";
import type { Profile } from "./profile.js";
import type { MaximaStore } from "./store.js";
import type { TextList } from "./text-list.js";

/** Contacts the owner may add (spec 08 §13). */
export const MOST_ADDED = 30;
/** Contacts in all: beyond, nobody else adds this node. */
const MOST_CONTACTS = 200;
/** Strangers that are taken in within an hour. */
const STRANGERS_PER_HOUR = 60;
const HOUR_MS = 3600 * 1000;
/** Contacts that were not heard of for so long are looked for (spec 08 §13). */
const UNSEEN_MS = 30 * 60 * 1000;

/** The chain as contacts compare it. */
export interface ContactChain {
  /** What is told of the own chain; undefined while there is none. */
  status(): Pick<ContactDetails, "topBlock" | "checkBlock" | "checkHash"> | undefined;
}

export interface ContactsOptions {
  readonly link: MaximaLink;
  readonly contacts: ContactStore;
  readonly store: Pick<MaximaStore, "text" | "setText">;
  readonly mls: MLSClient;
  readonly profile: Profile;
  readonly allowed: TextList;
  readonly chain: ContactChain;
  /** The default address of the wallet, `Mx..`. */
  readonly minimaAddress: () => string;
  /** Whether an address that others give may be sent to. */
  readonly mayReach: (address: string) => boolean;
  /** The list of contacts changed. */
  readonly changed: () => void;
  readonly now: () => number;
  readonly log: NetLogger;
}

const ALLOWS_ALL = "allowallcontacts";

/** The people this node exchanges addresses with (spec 08 §12). */
export class Contacts {
  readonly #options: ContactsOptions;
  readonly #errands = new Errands();
  /** When the strangers of the last hour came. */
  #strangers: readonly number[] = [];
  /** Keys that may be added whoever may else. */
  readonly allowed: TextList;

  constructor(options: ContactsOptions) {
    this.#options = options;
    this.allowed = options.allowed;
    options.link.register(APPLICATION.contactCtrl, (incoming) => this.#receive(incoming));
  }

  /** Whether anybody may make this node a contact. */
  get allowsAll(): boolean {
    return this.#options.store.text(ALLOWS_ALL) !== "false";
  }

  set allowsAll(allows: boolean) {
    this.#options.store.setText(ALLOWS_ALL, String(allows));
  }

  list(): readonly Contact[] {
    return this.#options.contacts.all();
  }

  byId(id: number): Contact | undefined {
    return this.#options.contacts.byId(id);
  }

  byKey(publicKey: string): Contact | undefined {
    return this.#options.contacts.byKey(publicKey);
  }

  count(): number {
    return this.#options.contacts.count();
  }

  /** Introduces this node to whoever is at an address: with their answer they become a contact. Throws as `MaximaLink.send`. */
  async add(address: string): Promise<Delivery> {
    const { link } = this.#options;
    return link.send(address, APPLICATION.contactCtrl, encodeContactMessage(this.#introduction(true, link.contactAddress())));
  }

  /**
   * Forgets a contact, tells them, and makes the address they know end: with a new key at that host, which the other contacts are
   * told (spec 08 §1). They are told in the background; without a contact of this id nothing happens.
   */
  remove(id: number): void {
    const { contacts, changed } = this.#options;
    const contact = contacts.byId(id);
    if (contact === undefined) return;
    contacts.remove(id);
    changed();
    this.#errands.add(`part ${id}`, () => this.#part(contact));
  }

  async #part({ myAddress, currentAddress }: Contact): Promise<void> {
    const { link } = this.#options;
    const host = myAddress.slice(myAddress.indexOf("@") + 1);
    if (link.hosts().some(({ address }) => address === host)) await link.renewHostKey(host);
    if (this.#errands.isClosed) return;
    this.refresh();
    const farewell = encodeContactMessage({ type: "delete", publicKey: this.#ownKey });
    await this.#tried(() => link.send(currentAddress, APPLICATION.contactCtrl, farewell));
  }

  /** Tells the services and all contacts where this node is, and what it is called. */
  refresh(): void {
    this.#options.mls.announce();
    for (const { publicKey } of this.list()) this.#update(publicKey);
  }

  /** Contacts that reach this node through a host that is gone are told another way. */
  hostGone({ address }: HostState): void {
    this.#options.mls.announce();
    for (const { publicKey, myAddress } of this.list()) if (myAddress.endsWith(`@${address}`)) this.#update(publicKey);
  }

  /** Asks the location services for contacts that were not heard of for a while, and tells those that moved. */
  lookForUnseen(): void {
    const since = this.#options.now() - UNSEEN_MS;
    for (const { publicKey, lastSeen, details } of this.list())
      if (lastSeen < since && details.mls !== "") this.#errands.add(`find ${publicKey}`, () => this.#find(publicKey, details.mls));
  }

  close(): void {
    this.#errands.close();
  }

  async #find(publicKey: string, service: string): Promise<void> {
    const { mls, contacts, changed } = this.#options;
    const currentAddress = await this.#tried(() => mls.find(publicKey, service));
    const contact = this.#errands.isClosed ? undefined : contacts.byKey(publicKey);
    if (currentAddress === undefined || contact === undefined) return;
    contacts.update({ ...contact, currentAddress });
    changed();
    this.#update(publicKey);
  }

  get #ownKey(): string {
    return toHex0x(this.#options.link.publicKey);
  }

  /** Throws `MaximaError` while there is no chain to tell of. */
  #introduction(intro: boolean, address: string): ContactMessage {
    const { profile, chain, minimaAddress, mls } = this.#options;
    const blocks = chain.status();
    if (blocks === undefined) throw new MaximaError("There is no chain yet");
    const { name, icon } = profile;
    const details = { name, icon, minimaAddress: minimaAddress(), ...blocks, mls: mls.address };
    return { type: "update", publicKey: this.#ownKey, intro, address, details };
  }

  /** Tells a contact where this node is now. */
  #update(publicKey: string): void {
    this.#errands.add(`update ${publicKey}`, async () => {
      const { link, contacts } = this.#options;
      const contact = contacts.byKey(publicKey);
      if (contact === undefined) return;
      const myAddress = link.contactAddress();
      await this.#tried(() => {
        const data = encodeContactMessage(this.#introduction(false, myAddress));
        contacts.update({ ...contact, myAddress });
        return link.send(contact.currentAddress, APPLICATION.contactCtrl, data);
      });
    });
  }

  /** Undefined when it cannot be sent: there will be another occasion. */
  async #tried<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof MaximaError) && !(error instanceof ProtocolError)) throw error;
      this.#options.log.debug("contact not reached", { reason: error.message });
      return undefined;
    }
  }

  #receive({ message }: IncomingMessage): void {
    const { contacts, changed, mayReach } = this.#options;
    const news = decodeContactMessage(message.data, message.from);
    const known = contacts.byKey(news.publicKey);
    if (news.type === "delete") {
      if (known === undefined) return;
      contacts.remove(known.id);
      this.#options.log.info("a Maxima contact has removed this node", { name: printable(known.details.name) });
      changed();
      return;
    }
    const { publicKey, address, details } = news;
    const refusal = mayReach(address) ? this.#refusal(publicKey, known !== undefined) : "address";
    if (refusal !== undefined) {
      this.#options.log.debug("contact message refused", { reason: refusal });
      return;
    }
    const lastSeen = this.#options.now();
    if (known !== undefined) contacts.update({ ...known, currentAddress: address, lastSeen, details });
    else {
      contacts.add({ publicKey, currentAddress: address, myAddress: NO_ADDRESS, lastSeen, details });
      this.#options.log.info("new Maxima contact", { name: printable(details.name) });
    }
    changed();
    if (news.intro || known === undefined) this.#update(publicKey);
  }

  /** Why somebody does not become a contact: what strangers send makes work here. */
  #refusal(publicKey: string, isKnown: boolean): string | undefined {
    const { contacts, now } = this.#options;
    if (isKnown) return undefined;
    if (!this.allowsAll && !this.allowed.has(publicKey)) return "not allowed";
    if (contacts.count() >= MOST_CONTACTS) return "too many contacts";
    const since = now() - HOUR_MS;
    this.#strangers = this.#strangers.filter((time) => time > since);
    if (this.#strangers.length >= STRANGERS_PER_HOUR) return "too many in an hour";
    this.#strangers = [...this.#strangers, now()];
    return undefined;
  }
}
