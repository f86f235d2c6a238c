import { type Bytes, concatBytes, toHex0x } from "../protocol/bytes.js";
import { type JsonValue, jsonObject } from "../protocol/json.js";
import type { Greeting } from "../protocol/messages/greeting.js";
import type { MegaMMRSyncData } from "../protocol/messages/mega-mmr.js";
import { MessageType, writeMessage } from "../protocol/messages/message.js";
import { MiniNumber } from "../protocol/number.js";
import type { TxPoW } from "../protocol/txpow.js";
import type { ChainPort } from "./chain-port.js";
import type { NetworkConfig } from "./config.js";
import { archiveBefore, archiveFrom, chooseIBD, completeIBD } from "./ibd-choice.js";
import type { InvalidList } from "./invalid-list.js";
import type { NetLogger } from "./log.js";
import { ibdMessage, megaMMRMessage } from "./outgoing-ibd.js";
import type { Peer } from "./peer.js";
import type { Peers } from "./peers.js";

/** How far back the block is that a single ping is judged by; its keys say 50 (spec 07 §18 quirk 2). */
const PING_DEPTH = 100;

/** Peers told together with a MegaMMR (spec 07 §13). */
const MOST_MEGA_PEERS = 21;
/** IBDs for one connection, whatever addresses its greetings name. */
const MOST_IBDS = 4;

/** What others know of this node's neighbours (spec 07 §11). */
export interface Neighbours {
  /** `host:port` of known peers. */
  readonly peers: readonly string[];
  /** Peers that take part in no overlay, as the reference prints it. */
  readonly clients: JsonValue;
}

export interface SyncServerOptions {
  readonly config: NetworkConfig;
  readonly log: NetLogger;
  readonly chain: ChainPort;
  readonly peers: Peers;
  readonly invalid: InvalidList;
  readonly neighbours: () => Neighbours;
}

/** Answers what peers ask for (spec 07 §5, §7, §8, §11, §13). */
export class SyncServer {
  readonly #lastIBDRequest = new WeakMap<Peer, MiniNumber>();
  readonly #sentIBDs = new WeakMap<Peer, number>();

  constructor(readonly options: SyncServerOptions) {}

  /** The IBD that follows greetings (spec 07 §5). */
  sendIBD(peer: Peer, greeting: Greeting, addressBefore: string): void {
    const { chain, invalid, log } = this.options;
    const sent = this.#sentIBDs.get(peer) ?? 0;
    if (sent >= MOST_IBDS) return;
    this.#sentIBDs.set(peer, sent + 1);
    const { content, noCrossover } = chooseIBD(chain, greeting);
    if (noCrossover) {
      log.info("peer on another chain", { peer: peer.address });
      invalid.add(addressBefore);
    }
    log.debug("chain sent", { peer: peer.address, blocks: content.blocks.length });
    peer.answer(() => ibdMessage(MessageType.IBD, content));
  }

  txpow(peer: Peer, id: Bytes): void {
    peer.answer(() => behindType(MessageType.TXPOW, this.options.chain.store.txpow(id)));
  }

  txBlock(peer: Peer, id: Bytes): void {
    peer.answer(() => behindType(MessageType.TXBLOCK, this.options.chain.store.txBlock(id)));
  }

  /** Asking twice for the same gets one answer (spec 07 §7). */
  ibdBefore(peer: Peer, last: TxPoW): void {
    const number = last.header.block;
    if (this.#lastIBDRequest.get(peer)?.equals(number) === true) return;
    this.#lastIBDRequest.set(peer, number);
    const { archive } = this.options.chain;
    peer.answer(() => ibdMessage(MessageType.IBD_RESP, { cascade: null, blocks: archiveBefore(archive, number) }));
  }

  archive(peer: Peer, first: MiniNumber): void {
    peer.answer(() => ibdMessage(MessageType.ARCHIVE_DATA, archiveFrom(this.options.chain, first)));
  }

  singlePing(peer: Peer): void {
    peer.answer(() => writeMessage({ type: MessageType.SINGLE_PONG, payload: this.#pong() }));
  }

  get keepsMega(): boolean {
    return this.options.chain.megaMMR !== undefined;
  }

  /** A node that keeps no MegaMMR ends the connection, whatever the request says (spec 07 §13). */
  refuseMega(peer: Peer): void {
    this.options.peers.drop(peer, "it asks for a MegaMMR");
  }

  async megaMMR(peer: Peer, wallet: MegaMMRSyncData): Promise<void> {
    const { chain, log, neighbours } = this.options;
    log.info("MegaMMR asked for", { peer: peer.address, addresses: wallet.addresses.length, keys: wallet.publicKeys.length });
    const coinProofs = await chain.megaMMR?.(wallet);
    if (coinProofs === undefined) return this.refuseMega(peer);
    const known = neighbours().peers.slice(0, MOST_MEGA_PEERS).join(",");
    peer.answer(() => megaMMRMessage(completeIBD(chain.view), coinProofs, known));
  }

  #pong(): Greeting {
    const { config, chain, peers, neighbours } = this.options;
    const tip = chain.view.tip();
    const older = tip === null ? null : (chain.view.mainAt(tip.number - PING_DEPTH) ?? chain.view.root());
    const valid = peers.valid();
    const incoming = valid.filter((peer) => peer.incoming).length;
    const known = neighbours();
    return {
      version: config.version,
      extra: jsonObject(
        ["welcome", "hi there!"],
        ["topblock", String(tip?.number ?? 0)],
        ["tophash", tip === null ? "0x00" : toHex0x(tip.id)],
        ["50block", String(older?.number ?? 0)],
        ["50hash", older === null ? "0x00" : toHex0x(older.id)],
        ["connections", jsonObject(["total", valid.length], ["incoming", incoming], ["outgoing", valid.length - incoming])],
        ["peers-list", known.peers],
        ["clients", known.clients],
      ),
      topBlock: MiniNumber.ZERO,
      chain: [],
    };
  }
}

function behindType(type: number, encoding: Bytes | undefined): Bytes | undefined {
  return encoding === undefined ? undefined : concatBytes(Uint8Array.of(type), encoding);
}
