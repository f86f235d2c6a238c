import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { WorkerPool } from "../../core/pool.js";
import { runScript } from "../../kissvm/index.js";
import { miningMessage } from "../../node/mining/mining-message.js";
import { decode } from "../../protocol/reader.js";
import { EMPTY_TRANSACTION } from "../../protocol/transaction.js";
import { readTxHeader } from "../../protocol/txheader.js";
import { EMPTY_WITNESS } from "../../protocol/witness.js";
import { openDatabase } from "../../store/database.js";
import { contender, laterContender } from "./benny.js";
import { coreGroups } from "./core-groups.js";
import { HEADER } from "./header.js";
import type { Contender, Group, LaterGroup, Rate } from "./measure.js";
import { blockGroups } from "./mmr-block.js";
import { OURS } from "./peers.js";
import type { Field } from "./race.js";

const MAX_OPERATIONS = 1024;
const LOOP = "LET i=0 WHILE i LT 100 DO LET i=INC(i) ENDWHILE RETURN i EQ 100";
const CACHE_KIB = 256;
const ROW_BYTES = 1000;
/** So few that even a small board has done them in a round. */
const WORKER_ATTEMPTS = 2 ** 14;
const COUNTER_BYTES = 3;
/** Longer than the others take for their rounds. */
const WORKER_IDLE_MS = 600_000;

/** Everything that is measured, each group made when its turn comes. */
export function allGroups(field: Field, { miners = [], workers = workerCounts() }: Workers = {}): LaterGroup[] {
  return [
    ...coreGroups(field),
    ...blockGroups(),
    {
      name: "mining: nonce search on workers, in CPU time with a free core for each",
      make: (name) => searchesOnWorkers(name, workers, miners),
    },
    { name: "KISS VM script", make: scriptGroup },
    { name: "SQLite commits of a kilobyte", make: commitGroup },
  ];
}

export interface Workers {
  /** Others who mine, outside of this process. */
  readonly miners?: readonly Contender[];
  /** On how many workers it is tried. */
  readonly workers?: readonly number[];
}

/**
 * The same search on several workers and on one. In CPU time it is what as many free cores give; the clock on the wall shows what
 * there really was.
 */
export function searchesOnWorkers(name: string, counts: readonly number[], others: readonly Contender[]): Group {
  const { message, offset } = miningMessage(decode(readTxHeader, HEADER));
  const start = BigInt(2 ** (8 * COUNTER_BYTES) - WORKER_ATTEMPTS);
  const task = { message, offset, width: COUNTER_BYTES, start, target: new Uint8Array(32), duty: 1 };
  const pools: WorkerPool[] = [];
  const onWorkers = (count: number): Contender => {
    const pool = new WorkerPool({ size: count, idleMs: WORKER_IDLE_MS });
    pools.push(pool);
    const all = laterContender(
      `${OURS}, ${count} ${count === 1 ? "worker" : "workers"}`,
      () => Promise.allSettled(Array.from({ length: count }, () => pool.mine(task))),
      count * WORKER_ATTEMPTS,
    );
    return { ...all, rate: async (milliseconds) => onCores(await all.rate(milliseconds), count) };
  };
  return {
    name,
    unit: "attempts",
    contenders: [...counts.map(onWorkers), ...others],
    close: async () => {
      for (const pool of pools) await pool.close();
    },
  };
}

function onCores({ cpu, wall }: Rate, cores: number): Rate {
  return { cpu: cpu * cores, wall };
}

/** Two workers and one, as far as there are cores; then all cores. */
function workerCounts(): number[] {
  const cores = availableParallelism();
  return [...new Set([2, 1, cores])].filter((count) => count <= cores);
}

/** Instructions of a loop that counts. */
export function scriptGroup(name: string): Group {
  const environment = {
    transaction: EMPTY_TRANSACTION,
    witness: EMPTY_WITNESS,
    signatures: [],
    previousState: [],
    globals: new Map(),
    maxOperations: MAX_OPERATIONS,
  };
  const { success, instructions } = runScript(LOOP, environment);
  if (!success) throw new Error("the script of the benchmark fails");
  return {
    name,
    unit: "instructions",
    contenders: [contender(OURS, () => runScript(LOOP, environment), instructions)],
  };
}

/** Commits of one row of a kilobyte, in a temporary file: as the chain is stored, and as key uses are. */
export function commitGroup(name: string): Group {
  const folder = mkdtempSync(join(tmpdir(), "minimote-bench-"));
  const stores = (["NORMAL", "FULL"] as const).map((synchronous) => {
    const migrations = ["CREATE TABLE row (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL)"];
    const database = openDatabase({ path: join(folder, `${synchronous}.db`), synchronous, cacheKiB: CACHE_KIB, migrations });
    const add = database.prepare("INSERT INTO row (bytes) VALUES (?)");
    const bytes = Buffer.alloc(ROW_BYTES);
    return { database, contender: contender(synchronous === "NORMAL" ? "chain (NORMAL)" : "wallet (FULL)", () => add.run(bytes)) };
  });
  return {
    name,
    unit: "commits",
    contenders: stores.map(({ contender }) => contender),
    close: () => {
      for (const { database } of stores) database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
