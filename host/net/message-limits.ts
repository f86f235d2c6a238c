import { MessageType, messageLimit } from "../protocol/messages/message.js";
import type { NetworkConfig } from "./config.js";

/** Until a peer has greeted, and for messages nobody reads. */
const STRANGER_LIMIT = 1024 * 1024;
/** What an unknown type may hold before it counts as too long: later versions may have more types (spec 07 §2). */
const UNKNOWN_LIMIT = 64 * 1024;

/** How the sender of a message stands with us. */
export interface Standing {
  /** Its greeting came, though it may not have been read yet: what follows may be right behind it. */
  readonly greeted: boolean;
  /** It owes us blocks below the tree. */
  readonly owesBlocks: boolean;
}

/** How long a message of a type may be that a peer sends now (spec 07 §19). Long ones are only for those who greeted or were asked. */
export function messageLimitFor(type: number, standing: Standing, config: NetworkConfig): number {
  switch (type) {
    case MessageType.IBD:
      return standing.greeted ? config.limits.ibdBytes : STRANGER_LIMIT;
    case MessageType.IBD_RESP:
      return standing.owesBlocks ? config.limits.ibdBytes : STRANGER_LIMIT;
    case MessageType.TXBLOCK:
      return config.txBlockNode ? messageLimit(type) : STRANGER_LIMIT;
    case MessageType.ARCHIVE_DATA:
    case MessageType.MEGAMMRSYNC_RESP:
      return STRANGER_LIMIT;
    case MessageType.MEGAMMRSYNC_REQ:
      return standing.greeted ? messageLimit(type) : STRANGER_LIMIT;
    default:
      return Math.max(messageLimit(type), UNKNOWN_LIMIT);
  }
}
