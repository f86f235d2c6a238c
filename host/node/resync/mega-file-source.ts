import { setImmediate as nextTurn } from "node:timers/promises";
import { samePeaks } from "../../chain/txblock.js";
import { toHex0x } from "../../protocol/bytes.js";
import { entryPosition } from "../../protocol/entry-number.js";
import { ProtocolError } from "../../protocol/errors.js";
import { coinLeaf, equalNodes, type NodePair, nodePair, parentsOf } from "../../protocol/mmr-node.js";
import type { MMRData, MMREntry } from "../../protocol/mmr-objects.js";
import type { MegaStore } from "../../store/mega-store.js";
import type { Wallet } from "../../wallet/wallet.js";
import type { Logger } from "../logger.js";
import { readMegaFile } from "../mega/mega-file.js";
import { MegaKeeper } from "../mega/mega-keeper.js";
import { proveCoins } from "../mega/mega-search.js";
import type { ChainImport } from "./chain-import.js";
import { ResyncError } from "./errors.js";
import { watchedBy } from "./mega-source.js";

/** Nodes or coins checked in one step. */
const CHECKED_PER_STEP = 64;
const TELL_EVERY = 50_000;

/**
 * Takes in the image of a MegaMMR and the chain above it from a file. All of it is checked: the chain like every chain, the peaks of the image
 * against those that the chain's first block states, each node below by its parent, each coin by its proof. Gives the number of the wallet's coins.
 */
export async function importFromMegaFile(
  path: string,
  target: ChainImport,
  wallet: Wallet,
  log: Pick<Logger, "info" | "warn">,
  signal: AbortSignal,
): Promise<number> {
  const mega = target.store.openMega();
  const { mmr } = mega.mega;
  const file = await readMegaFile(path, {
    nodes: (page) => {
      signal.throwIfAborted();
      for (const { row, entry, data } of page) mmr.set(row, entry.unscaled, data);
      mega.commit(0);
    },
    coins: (page) => {
      signal.throwIfAborted();
      mega.put(page);
      mega.commit(0);
    },
  }).catch((error: unknown) => {
    throw error instanceof ProtocolError ? new ResyncError(`this is no file of a MegaMMR: ${error.message}`) : error;
  });
  const peaks = mmr.peaks();
  mmr.advance(file.block, peaks);
  const [first] = file.ibd.blocks;
  if (mmr.next !== file.next || first === undefined || !samePeaks(first.previousPeaks, peaks))
    throw new ResyncError("the image of the file does not fit its chain");
  mega.commit(file.block);
  await checkNodes(mega, signal);
  await checkCoins(mega, log, signal);
  const { refused } = await target.begin(file.ibd);
  if (refused !== undefined) throw new ResyncError(`the file holds a chain that is not valid: ${refused}`);
  const keeper = new MegaKeeper({ store: mega, blocks: target.store.txblocks, chain: target.chain, log });
  await keeper.catchUp();
  if (!keeper.isReady) throw new ResyncError("the image of the file does not reach up to its chain");
  const own = (await proveCoins(target.chain, keeper, target.params.proofAge, watchedBy(wallet))) ?? [];
  for (const coinProof of own) await target.importCoin(coinProof);
  return own.length;
}

/** Whether every node below a peak is one of a pair that makes the node above (spec 03 §12). */
async function checkNodes(mega: MegaStore, signal: AbortSignal): Promise<void> {
  const { mmr } = mega.mega;
  const isPeak = new Set(mmr.peaks().map(({ row, entry }) => `${row}:${entry.unscaled}`));
  const isFamily = (nodes: readonly MMREntry[]): boolean => {
    const pairs: NodePair[] = [];
    const parents: MMRData[] = [];
    for (const { row, entry, data } of nodes) {
      const at = entry.unscaled;
      if (isPeak.has(`${row}:${at}`)) continue;
      const sibling = mmr.get(row, at ^ 1n);
      const parent = mmr.get(row + 1, at >> 1n);
      if (sibling === undefined || parent === undefined) return false;
      // What is beside a node is no peak, and has its turn too: a pair is hashed with its left one.
      if ((at & 1n) === 1n) continue;
      pairs.push(nodePair(data, sibling));
      parents.push(parent);
    }
    for (const [i, made] of parentsOf(pairs).entries()) {
      const parent = parents[i];
      if (parent === undefined || !equalNodes(made, parent)) return false;
    }
    return true;
  };
  for (const page of mega.nodePages())
    for (let from = 0; from < page.length; from += CHECKED_PER_STEP) {
      signal.throwIfAborted();
      await nextTurn();
      if (!isFamily(page.slice(from, from + CHECKED_PER_STEP)))
        throw new ResyncError("the image of the file has a node that its peaks do not prove");
    }
}

/** Whether every coin of the image can be proved with it. */
async function checkCoins(mega: MegaStore, log: Pick<Logger, "info">, signal: AbortSignal): Promise<void> {
  const { mmr } = mega.mega;
  let checked = 0;
  for (const page of mega.coinPages())
    for (const coin of page) {
      const position = entryPosition(coin.mmrentry);
      if (position === undefined || coin.spent !== 0 || !mmr.proves(coinLeaf(coin), mmr.proofToPeak(BigInt(position))))
        throw new ResyncError(`the image of the file does not prove a coin: ${toHex0x(coin.coinid)}`);
      if (++checked % CHECKED_PER_STEP !== 0) continue;
      signal.throwIfAborted();
      await nextTurn();
      if (checked % TELL_EVERY === 0) log.info("MegaMMR file: coins checked", { coins: checked });
    }
  log.info("MegaMMR file: all coins checked", { coins: checked });
}
