import { setTimeout as sleep } from "node:timers/promises";
import { blockNumber } from "../../chain/tree-node.js";
import type { IncomingIBD } from "../../net/chain-port.js";
import type { Endpoint } from "../../net/endpoint.js";
import { type OneShotClient, OneShotError } from "../../net/one-shot.js";
import type { TxBlock } from "../../protocol/txblock.js";
import type { Logger } from "../logger.js";
import type { ChainImport } from "./chain-import.js";
import { ResyncError } from "./errors.js";

/** How often a question is repeated, and when (spec 07 §11). */
const ATTEMPTS = 3;
const PAUSE_MS = 10_000;

export interface ArchiveSource {
  readonly oneShot: Pick<OneShotClient, "archive">;
  readonly endpoint: Endpoint;
  readonly log: Pick<Logger, "info">;
  readonly signal: AbortSignal;
  readonly pauseMs?: number;
}

/** Downloads a chain from a node that keeps an archive: from its first block on, or from the cascade it keeps (spec 07 §11). */
export async function importFromArchive(source: ArchiveSource, target: ChainImport): Promise<void> {
  let last = await take(await ask(source, 0), (ibd) => target.begin(ibd));
  if (last === undefined) throw new ResyncError("the host keeps no archive to begin a chain with");
  for (;;) {
    source.log.info("archive sync", { block: last });
    const next = await take(await ask(source, last + 1), ({ blocks }) => target.add(blocks));
    if (next === undefined) return;
    last = next;
  }
}

type Take = (ibd: IncomingIBD) => Promise<{ readonly refused: string | undefined }>;

/** The number of the last block, undefined when there is none. */
async function take(ibd: IncomingIBD, use: Take): Promise<number | undefined> {
  if (ibd.count === 0) return undefined;
  const seen: { last: TxBlock | undefined } = { last: undefined };
  const { refused } = await use({ ...ibd, blocks: noting(ibd.blocks, seen) });
  if (refused !== undefined) throw new ResyncError(`the host sends a block that is not valid: ${refused}`);
  return seen.last === undefined ? undefined : blockNumber(seen.last.txpow);
}

function noting(blocks: Iterable<TxBlock>, seen: { last: TxBlock | undefined }): Iterable<TxBlock> {
  return {
    *[Symbol.iterator]() {
      for (const block of blocks) {
        seen.last = block;
        yield block;
      }
    },
  };
}

async function ask({ oneShot, endpoint, signal, pauseMs = PAUSE_MS }: ArchiveSource, first: number): Promise<IncomingIBD> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await oneShot.archive(endpoint, first);
    } catch (error) {
      if (!(error instanceof OneShotError) || attempt === ATTEMPTS) throw error;
      await sleep(pauseMs, undefined, { signal });
    }
  }
}
