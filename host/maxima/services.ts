import { type Cancel, type Clock, every } from "../net/clock.js";
import type { NetLogger } from "../net/log.js";
import type { ContactStore } from "./contact.js";
import { type ContactChain, Contacts } from "./contacts.js";
import type { MaximaLink } from "./link.js";
import { MLSClient } from "./mls-client.js";
import { MLSServer } from "./mls-server.js";
import { Profile } from "./profile.js";
import type { MaximaStore } from "./store.js";
import { TextList } from "./text-list.js";

export interface MaximaServicesOptions {
  readonly link: MaximaLink;
  readonly store: MaximaStore;
  readonly contacts: ContactStore;
  readonly chain: ContactChain;
  readonly minimaAddress: () => string;
  readonly mayReach: (address: string) => boolean;
  /** Whether the location service of its host is the only one a node uses: a node that follows TxBlocks has one host for good. */
  readonly staysWithHost: boolean;
  /** The list of contacts changed. */
  readonly contactsChanged: () => void;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly log: NetLogger;
}

const FIRST_LOOP_MS = 180_000;
const LOOP_MS = 1_200_000;
/** Between looking for contacts and telling them where we are. */
const REFRESH_AFTER_MS = 60_000;

/** What a node does with Maxima beside carrying messages: contacts and locations (spec 08 §11-§13). */
export class MaximaServices {
  readonly profile: Profile;
  readonly contacts: Contacts;
  readonly mlsServer: MLSServer;
  readonly mlsClient: MLSClient;
  readonly #clock: Clock;
  readonly #ends: Cancel[] = [];
  #endRefresh: Cancel = () => {};

  constructor(options: MaximaServicesOptions) {
    const { link, store, clock, log, random } = options;
    const now = (): number => clock.now();
    this.#clock = clock;
    this.profile = new Profile(store);
    this.mlsServer = new MLSServer(new TextList(store, "permanent"), now);
    this.mlsServer.serve(link);
    const keys = (): string[] => options.contacts.all().map(({ publicKey }) => publicKey);
    this.mlsClient = new MLSClient({ link, store, own: this.mlsServer, contacts: keys, now, random, log });
    this.contacts = new Contacts({
      link,
      contacts: options.contacts,
      store,
      mls: this.mlsClient,
      profile: this.profile,
      allowed: new TextList(store, "allowedcontacts"),
      chain: options.chain,
      minimaAddress: options.minimaAddress,
      mayReach: options.mayReach,
      changed: options.contactsChanged,
      now,
      log,
    });
    this.#ends.push(
      link.onHostConnected((host) => {
        this.mlsClient.adopt(host);
        if (options.staysWithHost && host.mlsAddress !== undefined) this.mlsClient.setStatic(host.mlsAddress);
        this.mlsClient.announce();
      }),
      link.onHostDisconnected((host) => this.contacts.hostGone(host)),
    );
  }

  /** Begins to look after contacts from time to time. */
  start(): void {
    const first = this.#clock.setTimeout(FIRST_LOOP_MS, () => {
      this.lookAround();
      this.#ends.push(every(this.#clock, LOOP_MS, () => this.lookAround()));
    });
    this.#ends.push(first);
  }

  /** Looks for contacts that were not heard of, and a minute later tells all of them where this node is. */
  lookAround(): void {
    this.mlsServer.purge();
    this.contacts.lookForUnseen();
    this.#endRefresh();
    this.#endRefresh = this.#clock.setTimeout(REFRESH_AFTER_MS, () => this.contacts.refresh());
  }

  close(): void {
    this.#endRefresh();
    for (const end of this.#ends) end();
    this.contacts.close();
    this.mlsClient.close();
  }
}
