import { maximaAddressText, parseMaximaAddress } from "../../host/maxima/address.js";
import { type ApplicationHandler, type Delivery, type HostState, MaximaError, type MaximaLink } from "../../host/maxima/link.js";
import type { MaximaStore } from "../../host/maxima/store.js";
import { equalBytes, toHex0x } from "../../host/protocol/bytes.js";
import { type MaximaMessage, maximaMessageId } from "../../host/protocol/messages/maxima.js";
import { readMLSPacketGETResp } from "../../host/protocol/messages/mls.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { decode } from "../../host/protocol/reader.js";

type Texts = Pick<MaximaStore, "text" | "setText" | "removeText">;

export function textStore(): Texts & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    text: (name) => values.get(name),
    setText: (name, text) => void values.set(name, text),
    removeText: (name) => void values.delete(name),
  };
}

/** Brings messages from node to node in memory. */
export class PostOffice {
  readonly links: FakeLink[] = [];
  /** `from -> application` of all that were sent, with what was in them. */
  readonly sent: { readonly from: string; readonly to: string; readonly application: string; readonly data: Uint8Array }[] = [];

  open(name: string, fill: number): FakeLink {
    const link = new FakeLink(this, name, fill);
    this.links.push(link);
    return link;
  }

  /** What was sent since the last call. */
  take(): PostOffice["sent"] {
    return this.sent.splice(0);
  }
}

/** A node without keys, work and network: whoever knows one of its keys reaches it. */
export class FakeLink implements MaximaLink {
  readonly publicKey: Uint8Array;
  readonly mlsPublicKey: Uint8Array;
  readonly handlers = new Map<string, ApplicationHandler>();
  hostList: HostState[] = [];
  /** Nothing is delivered while it is true. */
  isDown = false;
  readonly renewed: string[] = [];
  readonly #connected = new Set<(host: HostState) => void>();
  readonly #gone = new Set<(host: HostState) => void>();
  #count = 0;

  constructor(
    readonly office: PostOffice,
    readonly name: string,
    readonly fill: number,
  ) {
    this.publicKey = new Uint8Array(162).fill(fill);
    this.mlsPublicKey = new Uint8Array(162).fill(fill + 1);
  }

  get key(): string {
    return toHex0x(this.publicKey);
  }

  ownAddress(): string {
    return maximaAddressText(this.mlsPublicKey, { host: this.name, port: 9001 });
  }

  localAddress(): string {
    return maximaAddressText(this.mlsPublicKey, { host: "192.168.0.2", port: 9001 });
  }

  contactAddress(): string {
    return this.hostList.find(({ connected }) => connected)?.contactAddress ?? this.ownAddress();
  }

  async send(address: string, application: string, data: Uint8Array): Promise<Delivery> {
    const { key, endpoint } = parseMaximaAddress(address);
    if (this.isDown) throw new MaximaError("down");
    const message: MaximaMessage = {
      random: Uint8Array.of(this.#count++),
      from: this.publicKey,
      to: key,
      time: MiniNumber.of(0),
      application,
      data,
    };
    await Promise.resolve();
    const target = this.office.links.find((link) => [link.publicKey, link.mlsPublicKey].some((one) => equalBytes(one, key)));
    const through = this.office.links.find(({ hostList }) => hostList.some(({ publicKey }) => equalBytes(publicKey, key)));
    this.office.sent.push({ from: this.name, to: (target ?? through)?.name ?? endpoint.host, application, data });
    const answer = await (target ?? through)?.receive(message);
    const done = { message, creationMs: 0, sendingMs: 0 };
    if (answer === undefined) return { ...done, status: target === undefined && through === undefined ? "unknown" : "ok" };
    return answer.length === 1 ? { ...done, status: "unknown" } : { ...done, status: "mls", mls: decode(readMLSPacketGETResp, answer) };
  }

  async receive(message: MaximaMessage): Promise<Uint8Array | undefined> {
    let answer: Uint8Array | undefined;
    await this.handlers.get(message.application)?.({
      message,
      id: maximaMessageId(message),
      answer: (payload) => {
        answer = payload;
      },
    });
    return answer;
  }

  queue(): MaximaMessage {
    throw new Error("not used");
  }

  hosts(): readonly HostState[] {
    return this.hostList;
  }

  renewHostKey(address: string): Promise<void> {
    this.renewed.push(address);
    return Promise.resolve();
  }

  onHostConnected(listener: (host: HostState) => void): () => void {
    this.#connected.add(listener);
    return () => this.#connected.delete(listener);
  }

  onHostDisconnected(listener: (host: HostState) => void): () => void {
    this.#gone.add(listener);
    return () => this.#gone.delete(listener);
  }

  register(application: string, handler: ApplicationHandler): void {
    this.handlers.set(application, handler);
  }

  /** A host that this node dialled was checked. */
  hostUp(name: string, fill: number, mlsAddress?: string): HostState {
    const publicKey = new Uint8Array(162).fill(fill);
    const contactAddress = maximaAddressText(publicKey, { host: name, port: 9001 });
    const host = { address: `${name}:9001`, publicKey, contactAddress, lastSeen: 0, connected: true, mlsAddress };
    this.hostList.push(host);
    for (const listener of this.#connected) listener(host);
    return host;
  }

  hostDown(host: HostState): void {
    this.hostList = this.hostList.filter((one) => one !== host);
    for (const listener of this.#gone) listener(host);
  }
}
