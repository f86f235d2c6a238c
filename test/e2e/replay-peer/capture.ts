import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { parseHex, toHex } from "../../../host/protocol/bytes.js";
import { MessageType, type NetworkMessage, readMessage } from "../../../host/protocol/messages/message.js";
import type { TxBlock } from "../../../host/protocol/txblock.js";
import { type TxPoW, txpowId } from "../../../host/protocol/txpow.js";

/** Who says something: the one that dialled, or the other one. */
export type Side = "dialler" | "acceptor";

/** A recorded message. */
export interface Line {
  /** Whether it belongs to the conversation of the two peers, not to a one-shot connection beside it. */
  readonly isPeers: boolean;
  readonly side: Side;
  readonly hex: string;
  readonly message: NetworkMessage;
}

interface RecordedFrame {
  readonly conn: number;
  readonly dir?: "c2s" | "s2c";
  readonly hex?: string;
}

const FOLDER = new URL("../../vectors/network/captures/", import.meta.url);
const PEER_CONNECTION = 1;

/** All messages of a recording, in order. */
export function readCapture(file: string): readonly Line[] {
  const raw = readFileSync(fileURLToPath(new URL(file, FOLDER)));
  const text = (file.endsWith(".gz") ? gunzipSync(raw) : raw).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RecordedFrame)
    .flatMap(({ conn, dir, hex }): Line[] => {
      if (dir === undefined || hex === undefined) return [];
      return [
        { isPeers: conn === PEER_CONNECTION, side: dir === "c2s" ? "dialler" : "acceptor", hex, message: readMessage(parseHex(hex)) },
      ];
    });
}

/** What recorded peers had: TxPoWs by id, and the blocks of their chain by number. */
export class Knowledge {
  readonly #txpows = new Map<string, TxPoW>();
  readonly #blocks = new Map<string, TxBlock>();

  constructor(captures: Iterable<readonly Line[]>) {
    for (const lines of captures) for (const { message } of lines) this.#learn(message);
  }

  #learn(message: NetworkMessage): void {
    switch (message.type) {
      case MessageType.TXPOW:
        this.#txpows.set(key(txpowId(message.payload)), message.payload);
        break;
      case MessageType.MAXIMA_TXPOW:
        this.#txpows.set(key(txpowId(message.payload.txpow)), message.payload.txpow);
        break;
      case MessageType.TXBLOCK:
        this.#addBlock(message.payload);
        break;
      case MessageType.IBD:
      case MessageType.IBD_RESP:
        for (const block of message.payload.blocks) this.#addBlock(block);
        break;
      case MessageType.MEGAMMRSYNC_RESP:
        for (const block of message.payload.ibd.blocks) this.#addBlock(block);
        break;
    }
  }

  #addBlock(block: TxBlock): void {
    const id = key(txpowId(block.txpow));
    this.#blocks.set(id, block);
    this.#txpows.set(id, block.txpow);
  }

  txpow(id: Uint8Array): TxPoW | undefined {
    return this.#txpows.get(key(id));
  }

  /** The blocks from the first one to the one with this id, oldest first. */
  chainTo(id: Uint8Array): TxBlock[] {
    const chain: TxBlock[] = [];
    for (let block = this.#blocks.get(key(id)); block !== undefined; ) {
      chain.unshift(block);
      const [parent] = block.txpow.header.superparents;
      block = parent === undefined ? undefined : this.#blocks.get(key(parent));
    }
    return chain;
  }
}

function key(id: Uint8Array): string {
  return toHex(id);
}
