import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { frameHeader } from "../../host/net/framing.js";
import { type Bytes, concatBytes } from "../../host/protocol/bytes.js";
import { jsonObject } from "../../host/protocol/json.js";
import { MessageType, writeMessage } from "../../host/protocol/messages/message.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { decode } from "../../host/protocol/reader.js";
import { readTxBlock } from "../../host/protocol/txblock.js";

/** The files a chain is made in (grow.ts): the first block as a TxBlock, and all TxPoWs, each behind its length. */
export const FIRST_BLOCK = "first.bin";
export const TXPOWS = "txpows.bin";

/** The encodings of a list of TxPoWs, the first block's included. */
export function* readList(file: string): Generator<Bytes, void, void> {
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    yield Uint8Array.from(bytes.subarray(at + 4, end));
    at = end;
  }
}

/**
 * A peer that hands a node the first block of a chain and then, one after the other, every TxPoW on top: what each is worth, the node
 * has to find out.
 */
export class Feeder {
  private constructor(
    readonly folder: string,
    readonly socket: Socket,
  ) {}

  static async connect(port: number, folder: string): Promise<Feeder> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    socket.resume();
    const feeder = new Feeder(folder, socket);
    const extra = jsonObject(["welcome", "bench"], ["port", String(socket.localPort)]);
    feeder.#send(writeMessage({ type: MessageType.GREETING, payload: { version: "1.0.45", extra, topBlock: MiniNumber.ONE, chain: [] } }));
    const first = decode(readTxBlock, Uint8Array.from(readFileSync(`${folder}/${FIRST_BLOCK}`)));
    feeder.#send(writeMessage({ type: MessageType.IBD, payload: { cascade: null, blocks: [first] } }));
    return feeder;
  }

  /** Sends all TxPoWs but the first block, as fast as the node takes them. */
  async feed(): Promise<void> {
    let isFirst = true;
    for (const txpow of readList(`${this.folder}/${TXPOWS}`)) {
      if (!isFirst && !this.#send(concatBytes(Uint8Array.of(MessageType.TXPOW), txpow))) await once(this.socket, "drain");
      isFirst = false;
    }
  }

  close(): void {
    this.socket.destroy();
  }

  #send(message: Bytes): boolean {
    this.socket.write(frameHeader(message.length));
    return this.socket.write(message);
  }
}
