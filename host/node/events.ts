import { EventEmitter } from "node:events";
import type { Effect } from "../chain/types.js";
import type { TxPoW } from "../protocol/txpow.js";

/** What a node tells about itself. */
export interface NodeEventMap {
  /** Something the chain did; it is durable already. */
  effect: [Effect];
  /** The owner wants the node to stop. */
  quit: [{ readonly compact: boolean }];
  /** Mining of a TxPoW begins or ends. */
  mining: [{ readonly txpow: TxPoW; readonly mining: boolean }];
}

/** The events of one node. */
export class EventBus extends EventEmitter<NodeEventMap> {}
