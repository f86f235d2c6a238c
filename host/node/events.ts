import { EventEmitter } from "node:events";
import type { Effect } from "../chain/types.js";
import type { HostState, IncomingMessage } from "../maxima/link.js";
import type { TxPoW } from "../protocol/txpow.js";

/** What a node tells about itself. */
export interface NodeEventMap {
  /** Something the chain did; it is durable already. */
  effect: [Effect];
  /** The owner wants the node to stop. */
  quit: [{ readonly compact: boolean }];
  /** The node is to be stopped and started again: its data folder has what a resync made. */
  restart: [];
  /** A TxPoW came in, or was made here, and was taken. What follows from it comes after. */
  txpow: [TxPoW];
  /** Mining of a TxPoW begins, or ends: then it is the mined one, unless the search was given up. */
  mining: [{ readonly txpow: TxPoW; readonly mining: boolean }];
  /** A Maxima message for an application came. */
  maxima: [IncomingMessage];
  /** A Maxima host was checked, or one that was dialled is gone. */
  maximahosts: [HostState];
  /** The list of Maxima contacts changed. */
  maximacontacts: [];
}

/** The events of one node. */
export class EventBus extends EventEmitter<NodeEventMap> {}
