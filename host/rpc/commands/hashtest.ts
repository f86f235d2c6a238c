import { WorkerPool } from "../../core/pool.js";
import { SearchExhaustedError } from "../../core/tasks.js";
import { miningMessage } from "../../node/mining/mining-message.js";
import type { MinimoteNode } from "../../node/node.js";
import { jsonObject, RawJson } from "../../protocol/json.js";
import { MiniNumber } from "../../protocol/number.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

const MOST = 100_000_000;
const IMPOSSIBLE = new Uint8Array(32);

/** `hashtest`: how fast this machine searches (spec 09 §5). */
export const hashtest: RpcCommand<MinimoteNode> = {
  name: "hashtest",
  summary: "Measure how fast this machine hashes",
  details: `hashtest (amount:)

amount: how many hashes, 1000000 if not given. Of zero and less none is made, and the speed is told as if they took a millisecond.

hashtest
hashtest amount:5000000`,
  params: ["amount"],
  write: false,
  run: async (params, { chain }) => {
    const amount = params.numberOr("amount", MiniNumber.of(1_000_000));
    const hashes = amount.toInt32();
    if (hashes > MOST) throw new CommandError(`amount must be at most ${MOST}`);
    if (chain.tip === null) throw new CommandError("NO Blocks yet..");
    const milliseconds = hashes < 1 ? 1 : Math.max(await timed(chain.tip.txpow.header, hashes), 1);
    const megahashes = amount.div(MiniNumber.of(milliseconds)).div(MiniNumber.of(1000)).significantDigits(4);
    return response(
      jsonObject(["hashes", new RawJson(amount.toString())], ["millitime", milliseconds], ["speed", `${megahashes.toString()} MH/s`]),
    );
  },
};

/** Searches for what cannot be found, with that many counters left to try. */
async function timed(header: Parameters<typeof miningMessage>[0], hashes: number): Promise<number> {
  const search = miningMessage(header);
  const pool = new WorkerPool({ size: 1 });
  try {
    const warm = { ...search, target: IMPOSSIBLE, duty: 1 };
    await exhausted(pool.mine({ ...warm, start: lastCounters(search.width, 1) }));
    const started = performance.now();
    await exhausted(pool.mine({ ...warm, start: lastCounters(search.width, hashes) }));
    return Math.round(performance.now() - started);
  } finally {
    await pool.close();
  }
}

const lastCounters = (width: number, count: number): bigint => (1n << BigInt(8 * width)) - BigInt(count);

async function exhausted(search: Promise<unknown>): Promise<void> {
  await search.catch((error: unknown) => {
    if (!(error instanceof SearchExhaustedError)) throw error;
  });
}
