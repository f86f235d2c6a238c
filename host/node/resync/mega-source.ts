import { setImmediate as nextTurn } from "node:timers/promises";
import type { Endpoint } from "../../net/endpoint.js";
import type { OneShotClient } from "../../net/one-shot.js";
import { toHex0x } from "../../protocol/bytes.js";
import type { MegaMMRSyncData } from "../../protocol/messages/mega-mmr.js";
import type { Wallet } from "../../wallet/wallet.js";
import type { Logger } from "../logger.js";
import type { ChainImport } from "./chain-import.js";
import { ResyncError } from "./errors.js";

const BLOCKS_PER_STEP = 16;

/** What a host with a MegaMMR gave. */
export interface MegaImport {
  readonly coins: number;
  /** `host:port`, separated by commas. */
  readonly peers: string;
}

/** What a wallet watches for: the host gets to see it. */
export function watchedBy(wallet: Wallet): MegaMMRSyncData {
  return {
    addresses: wallet
      .scripts()
      .filter(({ track }) => track)
      .map(({ address }) => address),
    publicKeys: wallet.keys().map(({ publicKey }) => publicKey),
  };
}

/** Gets the newest blocks and a wallet's coins, with proofs, from a node that keeps a MegaMMR (spec 07 §13). */
export async function importFromMega(
  oneShot: Pick<OneShotClient, "megaMMR">,
  endpoint: Endpoint,
  wallet: Wallet,
  target: ChainImport,
  log: Pick<Logger, "info" | "warn">,
  signal: AbortSignal,
): Promise<MegaImport> {
  const answer = await oneShot.megaMMR(endpoint, watchedBy(wallet));
  log.info("MegaMMR sync", { blocks: answer.ibd.count });
  const { refused } = await target.begin(answer.ibd);
  if (refused !== undefined) throw new ResyncError(`the host sends a chain that is not valid: ${refused}`);
  const rest = answer.rest();
  let step = rest.next();
  for (let i = 1; step.done !== true; i++) {
    if (i % BLOCKS_PER_STEP === 0) await nextTurn();
    step = rest.next();
  }
  let coins = 0;
  for (const coinProof of step.value.coinProofs) {
    signal.throwIfAborted();
    const result = await target.importCoin(coinProof);
    if (result === "imported" || result === "known") coins++;
    else log.warn("a coin of the host is not taken", { coin: toHex0x(coinProof.coin.coinid), reason: result });
  }
  log.info("MegaMMR sync: coins taken in", { coins });
  return { coins, peers: step.value.peers };
}
