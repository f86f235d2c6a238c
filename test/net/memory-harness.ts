import type { Clock } from "../../host/net/clock.js";
import type { NetLogger } from "../../host/net/log.js";
import { NetworkService } from "../../host/net/service.js";
import { FakeChain } from "./fake-chain.js";
import { configOf, type NodeChanges, silentLog } from "./harness.js";
import { MemoryNetwork } from "./memory/memory-network.js";
import { SimulatedClock } from "./memory/simulated-clock.js";
import type { Way } from "./memory/ways.js";

export const PORT = 9001;

/** Repeatable random bytes. */
export function seededRandom(seed: number): (length: number) => Uint8Array {
  let state = seed >>> 0 || 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      state >>>= 0;
      return state & 0xff;
    });
}

export interface MemoryNode {
  readonly host: string;
  readonly chain: FakeChain;
  readonly service: NetworkService;
}

/** Nodes on a simulated clock and network. Hosts in `cut` reach nobody and are reached by nobody. */
export class MemoryWorld {
  readonly clock: Clock & SimulatedClock = new SimulatedClock(1_700_000_000_000);
  readonly cut = new Set<string>();
  readonly nodes: MemoryNode[] = [];
  way: Way = { latencyMs: 40, bytesPerSecond: 1_000_000 };
  readonly network = new MemoryNetwork(this.clock, (from, to) => (this.cut.has(from) !== this.cut.has(to) ? undefined : this.way));

  async start(host: string, chain = new FakeChain(), changes: NodeChanges = {}, log: NetLogger = silentLog): Promise<MemoryNode> {
    const transport = this.network.host({ host, port: PORT });
    const random = seededRandom(this.nodes.length + 1);
    const service = new NetworkService({ config: configOf(changes), clock: this.clock, log, random, transport, chain });
    chain.service = service;
    const node = { host, chain, service };
    this.nodes.push(node);
    await service.start();
    return node;
  }
}
