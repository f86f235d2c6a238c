import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WatchedNode } from "./processes.js";
import { type Figure, figure } from "./scenarios.js";

const CALLS_PER_SECOND = 1000;
/** Who ask at the same time. */
const CLIENTS = 32;
const SECONDS = 15;

/** A node that mines a block a second answers a thousand `status` calls a second, each on a connection of its own. */
export async function asking(folder: string): Promise<Figure[]> {
  const node = await WatchedNode.start(join(folder, "asked"), "--network", "solo", "--block-time", "1", "--mining-duty", "50%");
  try {
    await node.reaches(3);
    await node.settles().catch(() => {});
    const quiet = await blocksDuring(node, () => sleep(SECONDS * 1000));
    const before = await node.sample();
    let answers = 0;
    const delays: number[] = [];
    const asked = await blocksDuring(node, async () => {
      const started = performance.now();
      const due = (): number => Math.min(SECONDS, (performance.now() - started) / 1000) * CALLS_PER_SECOND;
      let sent = 0;
      const client = async (): Promise<void> => {
        while (performance.now() - started < SECONDS * 1000) {
          if (sent >= due()) await sleep(1);
          else {
            sent++;
            const at = performance.now();
            if (await status(node.rpcPort)) answers++;
            delays.push(performance.now() - at);
          }
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
    });
    const after = await node.sample();
    delays.sort((a, b) => a - b);
    return [
      figure("status calls answered a second", answers / SECONDS, "calls/s"),
      figure("status: median delay", delays[Math.floor(delays.length / 2)] ?? 0, "ms"),
      figure("status: delay of the slowest hundredth", delays[Math.floor(delays.length * 0.99)] ?? 0, "ms"),
      figure("status: CPU time a call", ((after.cpuSeconds - before.cpuSeconds) / answers) * 1000, "ms"),
      figure("blocks while asked, to those while not", asked / quiet, "times"),
      figure("longest stall while asked", after.worstStallMs, "ms", 50),
    ];
  } finally {
    await node.stop();
  }
}

async function blocksDuring(node: WatchedNode, work: () => Promise<unknown>): Promise<number> {
  const before = (await node.height()) ?? 0;
  await work();
  return ((await node.height()) ?? 0) - before;
}

/** Whether the node answered as it should. */
function status(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.end("GET /status HTTP/1.1\r\n\r\n"));
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer.includes('"status":true')));
  });
}
