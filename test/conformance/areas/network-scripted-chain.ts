import type { PeerId } from "../../../host/chain/types.js";
import type { Archive, ChainPort, ChainView, StoredBlock, TxPoWStore } from "../../../host/net/chain-port.js";
import { type Bytes, parseHex, toHex, ZERO_ID } from "../../../host/protocol/bytes.js";
import { MessageType, type NetworkMessage } from "../../../host/protocol/messages/message.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { type TxBlock, writeTxBlock } from "../../../host/protocol/txblock.js";
import { CASCADE_LEVELS, type TxHeader } from "../../../host/protocol/txheader.js";
import { type TxPoW, txpowId, writeTxPoW } from "../../../host/protocol/txpow.js";
import { encode } from "../../../host/protocol/writer.js";

/** A chain known only by the ids, heights and TxPoWs that recorded answers show; its blocks have nothing but a number. */
export class ScriptedChain implements ChainPort {
  disconnect: (peer: PeerId, reason: string) => void = () => {};
  /** Main branch, newest first. */
  #ids: readonly Bytes[] = [];
  #tip = -1;
  #archived: { readonly id: string; readonly number: number } | undefined;
  readonly #txpows = new Map<string, TxPoW>();
  readonly #txblocks = new Map<string, TxBlock>();

  /**
   * Takes over what the answers of the cases from here on show, the nearest first. `archived` is the block below the tree that the
   * next case has in common with the peer.
   */
  learn(answers: readonly NetworkMessage[], archived: { readonly id: Bytes; readonly number: number } | undefined): void {
    const nearest = answers.find(({ type }) => type === MessageType.GREETING || type === MessageType.SINGLE_PONG);
    if (nearest?.type === MessageType.GREETING) {
      this.#ids = nearest.payload.chain;
      this.#tip = nearest.payload.topBlock.toInt32();
    } else if (nearest?.type === MessageType.SINGLE_PONG) {
      this.#shape(nearest.payload.extra ?? new Map());
    }
    for (const message of answers) {
      if (message.type === MessageType.TXPOW) this.#txpows.set(toHex(txpowId(message.payload)), message.payload);
      if (message.type === MessageType.TXBLOCK) this.#txblocks.set(toHex(txpowId(message.payload.txpow)), message.payload);
    }
    this.#archived = archived === undefined ? undefined : { id: toHex(archived.id), number: archived.number };
  }

  /** A pong shows tip and root only. */
  #shape(extra: ReadonlyMap<string, unknown>): void {
    const text = (key: string): string => String(extra.get(key));
    this.#tip = Number(text("topblock"));
    const between = new Array<Bytes>(this.#tip - Number(text("50block")) - 1).fill(ZERO_ID);
    this.#ids = [parseHex(text("tophash")), ...between, parseHex(text("50hash"))];
  }

  get #root(): number {
    return this.#tip - this.#ids.length + 1;
  }

  #mark(number: number): { number: number; id: Bytes; time: number } | null {
    const id = this.#ids[this.#tip - number];
    return id === undefined ? null : { number, id, time: 0 };
  }

  readonly view: ChainView = {
    tip: () => this.#mark(this.#tip),
    root: () => this.#mark(this.#root),
    mainIds: (limit) => this.#ids.slice(0, limit),
    mainNumber: (id) => {
      const at = this.#ids.findIndex((known) => toHex(known) === toHex(id));
      return at < 0 ? undefined : this.#tip - at;
    },
    mainAt: (number) => this.#mark(number) ?? undefined,
    mainBlocks: (from) => numbered(Math.max(from, this.#root), this.#tip + 1),
    cascade: () => Uint8Array.of(0, 1, 0),
  };

  readonly store: TxPoWStore = {
    hasTxPoW: (id) => this.#txpows.has(toHex(id)) || this.view.mainNumber(id) !== undefined,
    txpow: (id) => {
      const txpow = this.#txpows.get(toHex(id));
      return txpow === undefined ? undefined : encode(writeTxPoW, txpow);
    },
    missingListed: (id) => (this.store.hasTxPoW(id) ? [] : undefined),
    txBlock: (id) => {
      const block = this.#txblocks.get(toHex(id));
      return block === undefined ? undefined : encode(writeTxBlock, block);
    },
  };

  readonly archive: Archive = {
    numberOf: (id) => (this.#archived?.id === toHex(id) ? this.#archived.number : undefined),
    blocks: (from, to) => numbered(Math.max(from, 1), Math.min(to, this.#root)),
    oldest: () => (this.#root > 1 ? 1 : undefined),
    oldestTxPoW: () => null,
    cascade: () => undefined,
    add: () => {},
    trim: () => {},
  };

  /** Only the hard check that a recorded case breaks. */
  submitTxPoW(txpow: TxPoW, from: PeerId | null): void {
    if (from !== null && toHex(txpow.header.chainid) !== "00") this.disconnect(from, "chain id");
  }

  submitIBD(): void {}
}

/** Blocks with these numbers, `to` excluded. */
function numbered(from: number, to: number): StoredBlock[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => {
    const bytes = encode(writeTxBlock, { txpow: headerOnly(from + i), previousPeaks: [], spentCoins: [], newCoins: [] });
    return { number: from + i, size: bytes.length, read: () => bytes };
  });
}

function headerOnly(number: number): TxPoW {
  const values = { maxTxPoWSize: MiniNumber.ZERO, maxKissvmOps: MiniNumber.ZERO, maxTransactions: MiniNumber.ZERO, minTxPoWWork: ZERO_ID };
  const header: TxHeader = {
    nonce: MiniNumber.ZERO,
    chainid: ZERO_ID,
    time: MiniNumber.ZERO,
    block: MiniNumber.of(number),
    blkdiff: ZERO_ID,
    superparents: new Array<Bytes>(CASCADE_LEVELS).fill(ZERO_ID),
    mmr: ZERO_ID,
    total: MiniNumber.ZERO,
    magic: { current: values, desired: values },
    customhash: ZERO_ID,
    bodyhash: ZERO_ID,
  };
  return { header, body: null };
}
