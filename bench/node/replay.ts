import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Chain } from "../../host/chain/chain.js";
import { MAIN_PARAMS } from "../../host/chain/params.js";
import { WorkerPool } from "../../host/core/pool.js";
import { ChainDriver } from "../../host/node/chain-driver.js";
import { SignatureVerifier } from "../../host/node/signature-verifier.js";
import { decode } from "../../host/protocol/reader.js";
import { readTxPoW, type TxPoW } from "../../host/protocol/txpow.js";
import { ChainStore } from "../../host/store/chain-store.js";
import { readList } from "./feeder.js";

/** How a replay went. */
export interface ReplayResult {
  readonly blocks: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly worstStallMs: number;
  readonly rssMB: number;
}

const CACHE_KIB = 2048;
/** TxPoWs whose signatures are verified ahead. */
const AHEAD = 32;

/** Run in a process of its own: takes in a list of TxPoWs as a node does, signatures on workers, everything made durable. */
const [listFile = "txpows.bin"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "minimote-replay-"));
const pool = new WorkerPool();
const verifier = new SignatureVerifier(pool);
const store = new ChainStore({
  path: join(folder, "chain.db"),
  params: MAIN_PARAMS,
  cacheKiB: CACHE_KIB,
  now: Date.now,
  isRelevant: () => false,
});
try {
  const txpows = readList(listFile);
  const chain = new Chain(MAIN_PARAMS, {
    source: store.txpows,
    now: Date.now,
    isRelevant: () => false,
    hasValidSignatures: verifier.hasValidSignatures,
  });
  const driver = new ChainDriver({ persist: (effects) => store.apply(effects), publish: () => {}, monotonic: () => performance.now() });
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  const started = performance.now();
  const cpu = process.cpuUsage();
  const first = txpows.next().value;
  if (first !== undefined) store.apply(chain.begin(decode(readTxPoW, first)));
  const ahead: { readonly txpow: TxPoW; readonly ready: Promise<void> | undefined }[] = [];
  for (let more = true; more || ahead.length > 0; ) {
    while (more && ahead.length < AHEAD) {
      const next = txpows.next();
      if (next.done === true) more = false;
      else {
        const txpow = decode(readTxPoW, next.value);
        ahead.push({ txpow, ready: verifier.prepareAhead(txpow) });
      }
    }
    const next = ahead.shift();
    if (next === undefined) break;
    await next.ready;
    await driver.run(() => chain.receiveTxPoW(next.txpow, null));
  }
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  process.send?.({
    blocks: chain.tip?.number ?? 0,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    worstStallMs: delay.max / 1e6,
    rssMB: process.memoryUsage().rss / 1e6,
  } satisfies ReplayResult);
} finally {
  await pool.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
}
