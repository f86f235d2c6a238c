import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { IncomingIBD } from "../../net/chain-port.js";
import { openIBD } from "../../net/incoming-ibd.js";
import { type IBDContent, ibdMessage } from "../../net/outgoing-ibd.js";
import type { Bytes } from "../../protocol/bytes.js";
import { type Coin, readCoin, writeCoin } from "../../protocol/coin.js";
import { entryNumber, readEntryNumber, writeEntryNumber } from "../../protocol/entry-number.js";
import { ProtocolError } from "../../protocol/errors.js";
import { MAX_MESSAGE_BYTES, MessageType } from "../../protocol/messages/message.js";
import { type MMREntry, readMMREntry, writeMMREntry } from "../../protocol/mmr-objects.js";
import { Reader } from "../../protocol/reader.js";
import { Writer } from "../../protocol/writer.js";
import type { MegaKeeper } from "./mega-keeper.js";

const VERSION = 1;
/** Read at a time; no node and no coin is longer than half of it. */
const WINDOW_BYTES = 1 << 20;
const PAGE = 256;

/**
 * Writes the MegaMMR and the chain above it to a file that other nodes import, the reference's among them (spec 02, "MegaMMR backup"):
 * a piece at a time, and complete or not at all. Gives the file's size.
 */
export async function writeMegaFile(path: string, keeper: MegaKeeper, content: () => IBDContent): Promise<number> {
  return keeper.exclusively(async () => {
    const ibd = content();
    const part = `${path}.part`;
    const file = await open(part, "w", 0o600);
    try {
      let size = 0;
      for (const piece of pieces(keeper, ibd)) {
        await file.writeFile(piece);
        size += piece.length;
      }
      await file.sync();
      await file.close();
      await rename(part, path);
      return size;
    } catch (error) {
      await file.close().catch(() => {});
      await rm(part, { force: true });
      throw error;
    }
  });
}

function* pieces({ store }: MegaKeeper, ibd: IBDContent): Iterable<Bytes> {
  const { mmr } = store.mega;
  const { nodes, coins } = store.counts();
  yield bytesOf((writer) => {
    writer.integer(VERSION);
    writer.integer(VERSION);
    writer.integer(mmr.blocktime);
    writeEntryNumber(writer, entryNumber(mmr.next));
    writer.integer(nodes);
  });
  for (const page of store.nodePages())
    yield bytesOf((writer) => {
      for (const entry of page) writeMMREntry(writer, entry);
    });
  yield bytesOf((writer) => writer.integer(coins));
  for (const page of store.coinPages())
    yield bytesOf((writer) => {
      for (const coin of page) writeCoin(writer, coin);
    });
  let isFirst = true;
  const message = ibdMessage(MessageType.IBD, ibd).pieces();
  for (let piece = message.next(); piece.done !== true; piece = message.next()) {
    // The file has no message type.
    yield isFirst ? piece.value.subarray(1) : piece.value;
    isFirst = false;
  }
}

function bytesOf(write: (writer: Writer) => void): Bytes {
  const writer = new Writer();
  write(writer);
  return writer.toBytes();
}

/** What takes in a file as it is read. */
export interface MegaFileTarget {
  /** The next nodes. */
  nodes(page: readonly MMREntry[]): void;
  coins(page: readonly Coin[]): void;
}

/** What a file says before and after its nodes and coins. */
export interface MegaFileRest {
  /** The block the image is of. */
  readonly block: number;
  /** Number of leaves. */
  readonly next: bigint;
  readonly ibd: IncomingIBD;
}

/** Reads a file, some at a time. Throws `ProtocolError` for what is no such file. */
export async function readMegaFile(path: string, target: MegaFileTarget): Promise<MegaFileRest> {
  const file = await open(path, "r");
  try {
    const source = new ObjectSource(file);
    const [block, next] = await source.read((reader) => {
      reader.number();
      reader.number();
      return [reader.number(), readEntryNumber(reader)] as const;
    });
    if (!block.isWhole() || !Number.isSafeInteger(block.toNumber()) || next.scale !== 0)
      throw new ProtocolError("malformed", "this is no image of a block");
    await source.list(readMMREntry, (page) => target.nodes(page));
    await source.list(readCoin, (page) => target.coins(page));
    return { block: block.toNumber(), next: next.unscaled, ibd: openIBD(await source.rest(MessageType.IBD)) };
  } finally {
    await file.close();
  }
}

/** Objects one after the other in a file, of which only a window is in memory. */
class ObjectSource {
  readonly #file: FileHandle;
  #window: Buffer = Buffer.alloc(0);
  #isAtEnd = false;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async read<T>(read: (reader: Reader) => T): Promise<T> {
    if (this.#window.length < WINDOW_BYTES / 2) await this.#fill();
    const reader = new Reader(new Uint8Array(this.#window));
    const value = read(reader);
    this.#window = this.#window.subarray(reader.position);
    return value;
  }

  async list<T>(read: (reader: Reader) => T, take: (page: readonly T[]) => void): Promise<void> {
    let left = await this.read((reader) => reader.count());
    while (left > 0) {
      await this.#fill();
      const reader = new Reader(new Uint8Array(this.#window));
      const page: T[] = [];
      // While there is more to come, an object that begins in the second half may not be here as a whole.
      while (page.length < Math.min(left, PAGE) && (this.#isAtEnd || reader.remaining > WINDOW_BYTES / 2)) page.push(read(reader));
      this.#window = this.#window.subarray(reader.position);
      take(page);
      left -= page.length;
    }
  }

  /** Everything that is left, behind a message type. */
  async rest(type: number): Promise<Bytes> {
    const parts: Buffer[] = [Buffer.of(type), this.#window];
    let length = this.#window.length;
    for (let part = await this.#next(); part.length > 0; part = await this.#next()) {
      parts.push(part);
      length += part.length;
      if (length > MAX_MESSAGE_BYTES) throw new ProtocolError("limit", "the chain in this file is too long");
    }
    return new Uint8Array(Buffer.concat(parts));
  }

  async #fill(): Promise<void> {
    while (!this.#isAtEnd && this.#window.length < WINDOW_BYTES) {
      const part = await this.#next();
      this.#isAtEnd = part.length === 0;
      this.#window = Buffer.concat([this.#window, part]);
    }
  }

  async #next(): Promise<Buffer> {
    const buffer = Buffer.alloc(WINDOW_BYTES);
    const { bytesRead } = await this.#file.read(buffer, 0, WINDOW_BYTES, null);
    return buffer.subarray(0, bytesRead);
  }
}
