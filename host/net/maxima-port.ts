import type { Bytes } from "../protocol/bytes.js";
import type { MaxTxPoW } from "../protocol/messages/maxima.js";
import type { TxPoW } from "../protocol/txpow.js";
import type { Peer } from "./peer.js";

/** What a node with a Maxima identity of its own does about its peers (spec 08 §7, §9). None of it may fail. */
export interface MaximaPort {
  /** A peer's greeting was accepted. */
  connected(peer: Peer): void;
  gone(peer: Peer): void;
  /** A peer tells the key of its location service: text, as it came. */
  mlsKey(peer: Peer, text: Bytes): void;
  /** Whether a message to this key is for us. */
  isOwnKey(key: Bytes): boolean;
  /** Deals with a message for us that is whole: the status to answer with, or undefined for silence. */
  receive(peer: Peer, message: MaxTxPoW): Bytes | undefined;
  /** Whether the work for a message was done, as far as this node can tell. */
  hasWork(txpow: TxPoW): boolean;
}
