import { expect } from "vitest";
import { idKey } from "../../../host/chain/id-key.js";
import type { MinimoteNode } from "../../../host/node/node.js";
import { toHex } from "../../../host/protocol/bytes.js";
import { MessageType, messageName, type NetworkMessage, writeMessage } from "../../../host/protocol/messages/message.js";
import type { TxBlock } from "../../../host/protocol/txblock.js";
import { txpowId } from "../../../host/protocol/txpow.js";
import { type Client, pause } from "../../net/harness.js";
import type { Knowledge, Line, Side } from "./capture.js";

const PATIENCE_MS = 10_000;

type Typed<T extends NetworkMessage["type"]> = Extract<NetworkMessage, { type: T }>;

export interface Played {
  /** Recorded messages that were sent. */
  said: number;
  /** Recorded answers that the node gave as well. */
  checked: number;
}

export interface ReplayPeerOptions {
  readonly node: MinimoteNode;
  /** Our end of the connection with the node. */
  readonly client: Client;
  /** The side that is played here; the node has the other one. */
  readonly side: Side;
  readonly lines: readonly Line[];
  readonly knowledge: Knowledge;
}

/**
 * Plays one side of a recorded conversation against a node that is to have the other side, and checks that it says what was recorded.
 * What the node's side had mined in the recording, the node is given as its own. What depends on the clock (pings, pulses, templates)
 * the messages of the Maxima application, and TxPoWs that
 * came by another connection that was not recorded, are not waited for.
 */
export class ReplayPeer {
  readonly #options: ReplayPeerOptions;
  /** What the node has said of what it had to. */
  readonly #given = new Set<string>();
  readonly #played: Played = { said: 0, checked: 0 };
  readonly #minedByNode: ReadonlySet<string>;
  #answered = 0;

  constructor(options: ReplayPeerOptions) {
    this.#options = options;
    this.#minedByNode = announcedFirstBy(options.lines, options.side === "dialler" ? "acceptor" : "dialler");
  }

  async play(): Promise<Played> {
    for (const line of this.#options.lines) {
      if (!line.isPeers) continue;
      if (line.side === this.#options.side) await this.#say(line);
      else await this.#expect(line);
    }
    return this.#played;
  }

  async #say({ message, hex }: Line): Promise<void> {
    // A TxPoW goes out when the node asks for it.
    if (message.type === MessageType.TXPOW) return;
    this.#played.said++;
    this.#options.client.sendBody(Uint8Array.from(Buffer.from(hex, "hex")));
    if (message.type === MessageType.IBD) await this.#takenIn(message.payload.blocks.at(-1));
  }

  /** Announcements are not listened to while an IBD is being processed. */
  async #takenIn(last: TxBlock | undefined): Promise<void> {
    const { client, node } = this.#options;
    await client.flush();
    await this.#until("the end of its sync", () => !node.network.metrics().syncing);
    if (last !== undefined) await this.#until("the blocks to be taken in", () => this.#isTip(txpowId(last.txpow)));
  }

  #isTip(id: Uint8Array): boolean {
    const { tip } = this.#options.node.chain;
    return tip !== null && toHex(txpowId(tip.txpow)) === toHex(id);
  }

  async #expect(line: Line): Promise<void> {
    const { message } = line;
    switch (message.type) {
      case MessageType.GREETING:
        await this.#expectGreeting(message);
        break;
      case MessageType.TXPOWID:
        await this.#mineIfOwn(message.payload);
        if (this.#options.knowledge.txpow(message.payload) !== undefined) await this.#expectSame(line);
        break;
      case MessageType.TXBLOCKREQ:
        if (!this.#minedByNode.has(toHex(message.payload))) await this.#expectSame(line);
        break;
      case MessageType.TXBLOCKID:
        if (this.#options.knowledge.txpow(message.payload) !== undefined) await this.#expectSame(line);
        break;
      case MessageType.TXPOWREQ:
      case MessageType.TXPOW:
      case MessageType.IBD:
      case MessageType.IBD_REQ:
      case MessageType.IBD_RESP:
      case MessageType.TXBLOCK:
        await this.#expectSame(line);
        break;
    }
  }

  /** The version, the tip and the ids of the chain; of a chain that was cut at other times, those both have. */
  async #expectGreeting(recorded: Typed<typeof MessageType.GREETING>): Promise<void> {
    const { payload } = await this.#next("a greeting", (message) => message.type === recorded.type);
    const { version, topBlock, chain } = payload as typeof recorded.payload;
    expect(version).toBe(recorded.payload.version);
    expect(topBlock.toString()).toBe(recorded.payload.topBlock.toString());
    const common = Math.min(chain.length, recorded.payload.chain.length);
    expect(common).toBeGreaterThanOrEqual(Math.min(recorded.payload.chain.length, recorded.payload.topBlock.toInt32(), 32));
    expect(chain.slice(0, common).map(toHex)).toEqual(recorded.payload.chain.slice(0, common).map(toHex));
    this.#played.checked++;
  }

  /** The very bytes that were recorded. The reference repeats requests and announcements now and then; once will do (spec 07 §19). */
  async #expectSame({ message, hex }: Line): Promise<void> {
    if (this.#given.has(hex)) return;
    const wanted = hex.toUpperCase();
    await this.#next(
      `${messageName(message.type)} ${hex.slice(0, 80)}`,
      (got) => got.type === message.type && toHex(writeMessage(got)) === wanted,
    );
    this.#given.add(hex);
    this.#played.checked++;
  }

  async #mineIfOwn(id: Uint8Array): Promise<void> {
    const { node, knowledge } = this.#options;
    const txpow = knowledge.txpow(id);
    if (txpow !== undefined && this.#minedByNode.has(toHex(id)) && !node.chain.knows(idKey(id))) await node.submit(txpow, null);
  }

  async #next(what: string, matches: (message: NetworkMessage) => boolean): Promise<NetworkMessage> {
    let found: NetworkMessage | undefined;
    await this.#until(what, () => {
      found = this.#options.client.messages.find(matches);
      return found !== undefined;
    });
    return found as NetworkMessage;
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    for (const end = performance.now() + PATIENCE_MS; ; await pause(2)) {
      this.#answerRequests();
      if (holds()) return;
      if (performance.now() > end) throw new Error(`the node did not give ${what}`);
      if (this.#options.client.closed) throw new Error(`the node closed the connection instead of giving ${what}`);
    }
  }

  /** Gives the node what it asks for. */
  #answerRequests(): void {
    const { client, knowledge } = this.#options;
    const requests = client.ofType(MessageType.TXPOWREQ);
    for (const { payload } of requests.slice(this.#answered)) {
      const txpow = knowledge.txpow(payload);
      if (txpow !== undefined) client.send({ type: MessageType.TXPOW, payload: txpow });
    }
    this.#answered = requests.length;
  }
}

/** The TxPoWs that one side announced without having heard of them, or asked for them, before. */
function announcedFirstBy(lines: readonly Line[], side: Side): ReadonlySet<string> {
  const heardOf = new Set<string>();
  const first = new Set<string>();
  for (const { side: by, message } of lines) {
    if (message.type !== MessageType.TXPOWID && message.type !== MessageType.TXPOWREQ) continue;
    const id = toHex(message.payload);
    if (!heardOf.has(id) && by === side && message.type === MessageType.TXPOWID) first.add(id);
    heardOf.add(id);
  }
  return first;
}
