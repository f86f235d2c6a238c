import type { PeerId } from "../../host/chain/types.js";
import type { Archive, ChainPort, ChainView, IncomingIBD, StoredBlock, TxPoWStore } from "../../host/net/chain-port.js";
import type { NetworkService } from "../../host/net/service.js";
import { type Bytes, equalBytes, toHex, ZERO_ID } from "../../host/protocol/bytes.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { EMPTY_TRANSACTION } from "../../host/protocol/transaction.js";
import { type TxBlock, writeTxBlock } from "../../host/protocol/txblock.js";
import { parentId, type TxPoW, txpowId, writeTxPoW } from "../../host/protocol/txpow.js";
import { EMPTY_WITNESS } from "../../host/protocol/witness.js";
import { encode } from "../../host/protocol/writer.js";
import { sampleBody, sampleTxPoW } from "../protocol/samples.js";

/** A block without content. Blocks of different `salt` are on different branches. */
export function fakeBlock(number: number, parent: Bytes, salt = 0, listed: readonly Bytes[] = [], time = 1_700_000_000_000): TxPoW {
  const superparents = new Array<Bytes>(32).fill(ZERO_ID);
  superparents[0] = parent;
  const body = sampleBody({ transaction: EMPTY_TRANSACTION, witness: EMPTY_WITNESS, txnlist: listed });
  return sampleTxPoW(body, { block: MiniNumber.of(number), nonce: MiniNumber.of(salt), time: MiniNumber.of(time), superparents });
}

/** Blocks `from` to `to`, each the child of the one before. */
export function fakeBlocks(from: number, to: number, parent: Bytes = ZERO_ID, salt = 0): TxPoW[] {
  const blocks: TxPoW[] = [];
  for (let number = from, last = parent; number <= to; number++) {
    const block = fakeBlock(number, last, salt);
    blocks.push(block);
    last = txpowId(block);
  }
  return blocks;
}

export const fakeTxBlock = (txpow: TxPoW): TxBlock => ({ txpow, previousPeaks: [], spentCoins: [], newCoins: [] });

function stored(txpow: TxPoW): StoredBlock {
  const bytes = encode(writeTxBlock, fakeTxBlock(txpow));
  return { number: numberOf(txpow), size: bytes.length, read: () => bytes };
}

const numberOf = (txpow: TxPoW): number => txpow.header.block.toInt32();

/** A chain with no rules: a block is on the main branch when its parent is the tip. Everything that is told to it is noted. */
export class FakeChain implements ChainPort {
  readonly submitted: { txpow: TxPoW; from: PeerId | null }[] = [];
  readonly ibds: { cascade: boolean; numbers: number[]; from: PeerId }[] = [];
  readonly archived: TxPoW[];
  readonly txpows = new Map<string, TxPoW>();
  main: TxPoW[];
  cascadeBytes: Bytes = Uint8Array.of(0, 1, 0);
  archiveCascade: { bytes: Bytes; tip: number } | undefined;
  service: NetworkService | undefined;
  restarts = 0;
  /** What processing an IBD waits for. */
  gate: Promise<void> = Promise.resolve();

  constructor(main: readonly TxPoW[] = [], archived: readonly TxPoW[] = []) {
    this.main = [...main];
    this.archived = [...archived];
    for (const txpow of main) this.keep(txpow);
  }

  keep(txpow: TxPoW): void {
    this.txpows.set(toHex(txpowId(txpow)), txpow);
  }

  get tipNumber(): number {
    const tip = this.main.at(-1);
    return tip === undefined ? -1 : numberOf(tip);
  }

  networkRestarted(): void {
    this.restarts++;
  }

  readonly view: ChainView = {
    tip: () => mark(this.main.at(-1)),
    root: () => mark(this.main[0]),
    mainIds: (limit) =>
      this.main
        .slice(-(limit ?? this.main.length))
        .map(txpowId)
        .reverse(),
    mainNumber: (id) => this.main.map((block) => mark(block)).find((block) => block !== null && equalBytes(block.id, id))?.number,
    mainAt: (number) => mark(this.main.find((block) => numberOf(block) === number)) ?? undefined,
    mainBlocks: (from) => this.main.filter((block) => numberOf(block) >= from).map(stored),
    cascade: () => this.cascadeBytes,
  };

  readonly store: TxPoWStore = {
    hasTxPoW: (id) => this.txpows.has(toHex(id)),
    txpow: (id) => {
      const txpow = this.txpows.get(toHex(id));
      return txpow === undefined ? undefined : encode(writeTxPoW, txpow);
    },
    missingListed: (id) => this.txpows.get(toHex(id))?.body?.txnlist.filter((listed) => !this.txpows.has(toHex(listed))),
    txBlock: (id) => {
      const block = [...this.main, ...this.archived].find((candidate) => equalBytes(txpowId(candidate), id));
      return block === undefined ? undefined : stored(block).read();
    },
  };

  readonly archive: Archive = {
    numberOf: (id) => this.archived.map((block) => mark(block)).find((block) => block !== null && equalBytes(block.id, id))?.number,
    blocks: (from, to) => this.archived.filter((block) => numberOf(block) >= from && numberOf(block) < to).map(stored),
    oldest: () => mark(this.archived[0])?.number,
    oldestTxPoW: () => this.archived[0] ?? this.main[0] ?? null,
    cascade: () => this.archiveCascade,
    add: (block) => {
      this.archived.unshift(block.txpow);
    },
    trim: () => {},
  };

  submitTxPoW(txpow: TxPoW, from: PeerId | null): void {
    this.submitted.push({ txpow, from });
    if (this.store.hasTxPoW(txpowId(txpow))) return;
    if (toHex(txpow.header.chainid) !== "00") {
      if (from !== null) this.service?.disconnect(from, "its TxPoW breaks a rule", false);
      return;
    }
    this.keep(txpow);
    this.service?.announceTxPoW(txpowId(txpow));
    if (!this.store.hasTxPoW(parentId(txpow)) && numberOf(txpow) > (this.view.root()?.number ?? 0))
      this.service?.request(parentId(txpow), from);
    this.#extend();
  }

  async submitIBD(ibd: IncomingIBD, from: PeerId): Promise<void> {
    await this.gate;
    const blocks = Array.from(ibd.blocks, (block) => block.txpow);
    this.ibds.push({ cascade: ibd.cascade !== null, numbers: blocks.map(numberOf), from });
    for (const block of blocks) this.keep(block);
    if (this.main.length === 0) this.main = blocks;
    this.#extend();
  }

  #extend(): void {
    for (;;) {
      const tip = this.main.at(-1);
      if (tip === undefined) return;
      const next = Array.from(this.txpows.values()).find((block) => equalBytes(parentId(block), txpowId(tip)));
      if (next === undefined) return;
      this.main.push(next);
      this.service?.announceTxBlock(txpowId(next));
    }
  }
}

function mark(block: TxPoW | undefined): { number: number; id: Bytes; time: number } | null {
  return block === undefined ? null : { number: numberOf(block), id: txpowId(block), time: block.header.time.toNumber() };
}
