import { writeCascade } from "../chain/cascade.js";
import type { Chain } from "../chain/chain.js";
import { type IdKey, idKey, listedKeys } from "../chain/id-key.js";
import type { TreeNode } from "../chain/tree-node.js";
import type { PeerId, Steps } from "../chain/types.js";
import type { Archive, BlockMark, ChainPort, ChainView, IncomingIBD, MaybePromise, StoredBlock, TxPoWStore } from "../net/chain-port.js";
import type { Bytes } from "../protocol/bytes.js";
import type { TxBlock } from "../protocol/txblock.js";
import { type TxPoW, txpowBytes } from "../protocol/txpow.js";
import { encode } from "../protocol/writer.js";
import type { TxBlockMark } from "../store/txblock-table.js";

/** What is served to peers from a store: `ChainStore`, or what stands in for it where there is no disk. */
export interface ServedStore {
  readonly txpows: { bytes(key: IdKey): Bytes | undefined };
  readonly txblocks: {
    bytes(key: IdKey): Bytes | undefined;
    size(key: IdKey): number;
    archivedNumber(key: IdKey): number | undefined;
    archived(from: number, to: number): readonly TxBlockMark[];
    archiveBounds(): { readonly low: number } | null;
    oldestArchived(): TxBlock | undefined;
    addToArchive(block: TxBlock, number: number): void;
  };
  archiveCascade(): { readonly bytes: Bytes; readonly tip: number } | undefined;
  readonly prune: () => void;
}

export interface NodeChainPortOptions {
  readonly chain: Chain;
  readonly store: ServedStore;
  /** Runs work on the chain, one job at a time. */
  readonly driver: { run<Result>(begin: () => Steps<Result>): Promise<Result> };
  /** Called with every TxPoW of a peer that is to be submitted; gives what is left to do, such as verifying signatures. */
  readonly submitTxPoW: (txpow: TxPoW, from: PeerId | null) => MaybePromise<void>;
  /** Called with what the host of a TxBlock node offers to be mined. */
  readonly mineFor?: (template: TxPoW) => void;
  /** Proves the coins of a wallet, where a MegaMMR is kept. */
  readonly megaMMR?: ChainPort["megaMMR"];
}

/** What the network layer sees of this node's chain and store. */
export function nodeChainPort({ chain, store, driver, submitTxPoW, mineFor, megaMMR }: NodeChainPortOptions): ChainPort {
  return {
    view: chainView(chain, store),
    store: txpowStore(chain, store),
    archive: archive(chain, store),
    submitTxPoW,
    submitIBD: async (ibd: IncomingIBD, from: PeerId) => {
      await driver.run(() => chain.receiveIBD(ibd, from));
    },
    submitTxBlock: async (block: TxBlock, from: PeerId) => {
      await driver.run(() => chain.receiveTxBlock(block, from));
    },
    ...(mineFor === undefined ? {} : { mineFor }),
    ...(megaMMR === undefined ? {} : { megaMMR }),
    peerGone: (peer) => chain.forgetPeer(peer),
    networkRestarted: () => chain.networkRestarted(),
  };
}

/** Without hashing the header again. */
const idOf = ({ key }: TreeNode): Bytes => Buffer.from(key, "hex");

const mark = (node: TreeNode): BlockMark => ({ number: node.number, id: idOf(node) });

function stored(store: ServedStore, { key, number, size }: TxBlockMark): StoredBlock {
  return { number, size, read: () => store.txblocks.bytes(key) };
}

/** The main branch of the tree and the cascade below it, as others are told of them. */
export function chainView(chain: Chain, store: ServedStore): ChainView {
  const main = (): readonly TreeNode[] => chain.tree?.mainBranch() ?? [];
  return {
    tip: () => (chain.tip === null ? null : { ...mark(chain.tip), time: chain.tip.time.toNumber() }),
    root: () => (chain.tree === null ? null : mark(chain.tree.root)),
    mainIds: (limit = Number.POSITIVE_INFINITY) => main().slice(-Math.min(limit, main().length)).reverse().map(idOf),
    mainNumber: (id) => {
      const node = chain.tree?.get(idKey(id));
      return node !== undefined && chain.tree?.isOnMain(node) === true ? node.number : undefined;
    },
    mainAt: (number) => {
      const node = chain.tree?.mainAt(number);
      return node === undefined ? undefined : mark(node);
    },
    mainBlocks: (from) =>
      main()
        .filter((node) => node.number >= from)
        .map(({ key, number }) => stored(store, { key, number, size: store.txblocks.size(key) })),
    cascade: () => encode(writeCascade, chain.cascade),
  };
}

/** What was received but has not yet shown that it is worth disk space is known to the chain only. */
function txpowStore(chain: Chain, store: ServedStore): TxPoWStore {
  return {
    hasTxPoW: (id) => chain.knows(idKey(id)),
    txpow: (id) => {
      const recent = chain.knows(idKey(id)) ? chain.pool.peek(idKey(id)) : undefined;
      return recent === undefined ? store.txpows.bytes(idKey(id)) : txpowBytes(recent);
    },
    missingListed: (id) => {
      const txpow = chain.get(idKey(id));
      if (txpow === undefined) return undefined;
      const keys = listedKeys(txpow);
      return (txpow.body?.txnlist ?? []).filter((_: Bytes, i) => !chain.knows(keys[i] as string));
    },
    txBlock: (id) => store.txblocks.bytes(idKey(id)),
  };
}

function archive(chain: Chain, store: ServedStore): Archive {
  return {
    numberOf: (id) => store.txblocks.archivedNumber(idKey(id)),
    blocks: (from, to) => store.txblocks.archived(from, to).map((block) => stored(store, block)),
    oldest: () => store.txblocks.archiveBounds()?.low,
    oldestTxPoW: () => store.txblocks.oldestArchived()?.txpow ?? chain.tree?.root.txpow ?? null,
    cascade: () => store.archiveCascade(),
    add: (block: TxBlock, number) => store.txblocks.addToArchive(block, number),
    trim: store.prune,
  };
}
