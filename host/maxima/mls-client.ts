import type { NetLogger } from "../net/log.js";
import { toHex0x } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { type MLSPacketGETResp, writeMLSPacketGETReq, writeMLSPacketSET } from "../protocol/messages/mls.js";
import { encode } from "../protocol/writer.js";
import { isSendable, parsePermanentAddress } from "./address.js";
import { Errands } from "./errands.js";
import { APPLICATION, type Delivery, type HostState, MaximaError, type MaximaLink } from "./link.js";
import type { MLSServer } from "./mls-server.js";
import type { MaximaStore } from "./store.js";

/** A location service in use is kept so long before another host's takes its place. */
const ROTATION_MS = 12 * 3600 * 1000;
const UID_LENGTH = 32;

export interface MLSClientOptions {
  readonly link: MaximaLink;
  readonly store: Pick<MaximaStore, "text" | "setText" | "removeText">;
  /** The own service, for when there is no other. */
  readonly own: MLSServer;
  /** Who may know where this node is: Maxima keys as hex text. */
  readonly contacts: () => readonly string[];
  readonly now: () => number;
  readonly random: (length: number) => Uint8Array;
  readonly log: NetLogger;
}

/** Which services this node uses, and since when. */
interface Chosen {
  readonly current: string;
  /** Empty: none. */
  readonly old: string;
  readonly since: number;
}

const CHOSEN = "mls";
const STATIC = "staticmls";

/** Tells location services where this node is, and asks them where its contacts are (spec 08 §11). */
export class MLSClient {
  readonly #options: MLSClientOptions;
  readonly #errands = new Errands();
  /** One value for all requests of a run: an answer must repeat it. */
  readonly #uid: string;
  #chosen: Chosen | undefined;

  constructor(options: MLSClientOptions) {
    this.#options = options;
    this.#uid = toHex0x(options.random(UID_LENGTH));
    const chosen = options.store.text(CHOSEN);
    this.#chosen = chosen === undefined ? undefined : (JSON.parse(chosen) as Chosen);
  }

  get isStatic(): boolean {
    return this.#static !== undefined;
  }

  get #static(): string | undefined {
    return this.#options.store.text(STATIC);
  }

  /** The address of the service where contacts find this node. */
  get address(): string {
    return this.#elsewhere ?? this.#options.link.ownAddress();
  }

  /** The same as its owner is shown it: the own service under the address in the own network. */
  get shownAddress(): string {
    return this.#elsewhere ?? this.#options.link.localAddress();
  }

  /** The service of another node that is used, if any. */
  get #elsewhere(): string | undefined {
    return this.#static ?? this.#chosen?.current;
  }

  /** Both services that are told, each once. */
  get #told(): ReadonlySet<string> {
    return new Set([this.address, ...(this.isStatic || !this.#chosen?.old ? [] : [this.#chosen.old])]);
  }

  /** Uses one service whatever hosts there are; undefined: that of a host again. */
  setStatic(address: string | undefined): void {
    if (address === undefined) this.#options.store.removeText(STATIC);
    else this.#options.store.setText(STATIC, address);
  }

  /** A host was checked: its service is taken when there is none, or the one in use has served its time. */
  adopt({ mlsAddress }: HostState): void {
    const { now, store, log } = this.#options;
    if (mlsAddress === undefined) return;
    const chosen = this.#chosen;
    if (chosen !== undefined && now() - chosen.since <= ROTATION_MS) return;
    this.#chosen = { current: mlsAddress, old: chosen?.current ?? "", since: now() };
    store.setText(CHOSEN, JSON.stringify(this.#chosen));
    log.debug("location service chosen", { address: mlsAddress.split("@")[1] });
  }

  /** Tells the services where contacts reach this node now. */
  announce(): void {
    for (const address of this.#told) this.#errands.add(address, () => this.#set(address));
  }

  close(): void {
    this.#errands.close();
  }

  async #set(address: string): Promise<void> {
    const { link, own, contacts, log } = this.#options;
    const packet = { identity: link.contactAddress(), publicKeys: contacts() };
    if (address === link.ownAddress()) return own.set(toHex0x(link.publicKey), packet);
    try {
      const { status } = await link.send(address, APPLICATION.mlsSet, encode(writeMLSPacketSET, packet));
      log.debug("location service told", { host: address.split("@")[1], status });
    } catch (error) {
      if (!(error instanceof MaximaError) && !(error instanceof ProtocolError)) throw error;
      log.debug("location service not told", { host: address.split("@")[1], reason: error.message });
    }
  }

  /** Where a contact is now, if its service knows. Throws as `MaximaLink.send`. */
  async find(publicKey: string, service: string): Promise<string | undefined> {
    const { mls } = await this.#ask(publicKey, service, this.#uid);
    return mls !== undefined && mls.randomUid === this.#uid && mls.publicKey === publicKey && isSendable(mls.address)
      ? mls.address
      : undefined;
  }

  /** What the service in a permanent address answers, if it does. Throws as `MaximaLink.send`, and `ProtocolError` for no such address. */
  async look(permanent: string): Promise<MLSPacketGETResp | undefined> {
    const { publicKey, mls: service } = parsePermanentAddress(permanent);
    const uid = toHex0x(this.#options.random(UID_LENGTH));
    const { mls } = await this.#ask(toHex0x(publicKey), service, uid);
    return mls !== undefined && mls.randomUid === uid ? mls : undefined;
  }

  #ask(publicKey: string, service: string, randomUid: string): Promise<Delivery> {
    return this.#options.link.send(service, APPLICATION.mlsGet, encode(writeMLSPacketGETReq, { publicKey, randomUid }));
  }
}
