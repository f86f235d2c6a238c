import type { Bytes } from "../protocol/bytes.js";
import { MessageType, type NetworkMessage, writeMessage } from "../protocol/messages/message.js";
import type { ChainPort, MaybePromise } from "./chain-port.js";
import type { Peer } from "./peer.js";

/** What a TxBlock node does with its master's blocks and templates (spec 07 §12). */
export class TxBlockFollower {
  constructor(readonly chain: ChainPort) {}

  request(peer: Peer, id: Bytes): void {
    if (this.chain.store.txBlock(id) === undefined) peer.send(writeMessage({ type: MessageType.TXBLOCKREQ, payload: id }));
  }

  receive(peer: Peer, message: NetworkMessage): MaybePromise<void> {
    switch (message.type) {
      case MessageType.TXBLOCKID:
        return this.request(peer, message.payload);
      case MessageType.TXBLOCK:
        return this.chain.submitTxBlock?.(message.payload, peer.uid);
      case MessageType.TXBLOCKMINE:
        return this.chain.mineFor?.(message.payload, peer.uid);
    }
  }
}
