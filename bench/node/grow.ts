import { closeSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { MAIN_PARAMS } from "../../host/chain/params.js";
import { writeTxBlock } from "../../host/protocol/txblock.js";
import { txpowBytes } from "../../host/protocol/txpow.js";
import { encode } from "../../host/protocol/writer.js";
import { ChainStore } from "../../host/store/chain-store.js";
import { ChainMaker } from "./chain-maker.js";
import { FIRST_BLOCK, TXPOWS } from "./feeder.js";

/** What is known when so many blocks were made. */
export interface GrowthMark {
  readonly blocks: number;
  readonly rssMB: number;
  readonly heapMB: number;
  readonly diskMB: number;
  readonly worstStepMs: number;
}

const CACHE_KIB = 1024;
const MARKS = 4;
const SAVED_TOGETHER = 64;

/** Run in a process of its own: makes a chain in a folder, as a node stores it and as a list of TxPoWs (feeder.ts). */
const [folder = ".", count = "2000"] = process.argv.slice(2);
const blocks = Number(count);
const file = join(folder, "chain.db");
const start = Date.now() - (blocks + 10) * MAIN_PARAMS.blockInterval;
let now = start;
const store = new ChainStore({ path: file, params: MAIN_PARAMS, cacheKiB: CACHE_KIB, now: () => now, isRelevant: () => false });
const list = openSync(join(folder, TXPOWS), "w");
const maker = await ChainMaker.begin(
  {
    source: store.txpows,
    apply: (effects) => store.apply(effects),
    began: (block) => writeFileSync(join(folder, FIRST_BLOCK), encode(writeTxBlock, block)),
    made: (txpow) => {
      const bytes = txpowBytes(txpow);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      writeSync(list, Buffer.concat([length, bytes]));
    },
  },
  start,
);
const marks: GrowthMark[] = [];
for (let made = 1; made <= blocks; made++) {
  await maker.extend();
  now = maker.now;
  // As a node does from time to time.
  if (made % SAVED_TOGETHER === 0) while (store.saveSettled(maker.chain.tree?.nodes() ?? [], "settled")) {}
  if (made % Math.ceil(blocks / MARKS) !== 0 && made !== blocks) continue;
  const { rss, heapUsed } = process.memoryUsage();
  const disk = ["", "-wal"].reduce((sum, end) => sum + (statSync(file + end, { throwIfNoEntry: false })?.size ?? 0), 0);
  marks.push({ blocks: made, rssMB: rss / 1e6, heapMB: heapUsed / 1e6, diskMB: disk / 1e6, worstStepMs: maker.worstStep });
}
store.close();
closeSync(list);
process.send?.(marks);
