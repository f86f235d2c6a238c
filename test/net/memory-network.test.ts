import { describe, expect, test } from "vitest";
import { type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import { FakeChain, fakeBlocks } from "./fake-chain.js";
import { SimulatedClock } from "./memory/simulated-clock.js";
import { MemoryWorld, PORT } from "./memory-harness.js";

const host = (i: number): string => `20.0.0.${i + 1}`;

describe("the simulated clock", () => {
  test("fires in order of time, then of setting", () => {
    const clock = new SimulatedClock(100);
    const fired: string[] = [];
    clock.setTimeout(20, () => fired.push(`c${clock.now()}`));
    clock.setTimeout(10, () => fired.push(`a${clock.now()}`));
    clock.setTimeout(10, () => {
      fired.push("b");
      clock.setTimeout(0, () => fired.push("b2"));
    });
    clock.setTimeout(15, () => fired.push("never"))();
    clock.advance(15);
    expect(fired).toEqual(["a110", "b", "b2"]);
    expect(clock.now()).toBe(115);
    clock.advance(100);
    expect(fired).toEqual(["a110", "b", "b2", "c120"]);
    expect(clock.pending).toBe(0);
  });

  test("keeps many timers in order", () => {
    const clock = new SimulatedClock();
    const fired: number[] = [];
    for (let i = 0; i < 1000; i++) {
      const at = (i * 7919) % 1000;
      clock.setTimeout(at, () => fired.push(at));
    }
    clock.advance(1000);
    expect(fired).toEqual([...fired].sort((a, b) => a - b));
    expect(fired.length).toBe(1000);
  });
});

/** A ring of nodes where each has dialled the next. */
async function ring(size: number, blocks: readonly TxPoW[]): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  for (let i = 0; i < size; i++) await world.start(host(i), new FakeChain(blocks));
  for (const [i, node] of world.nodes.entries()) node.service.connect({ host: host((i + 1) % size), port: PORT });
  await world.clock.run(5000);
  return world;
}

describe("a network in the process", () => {
  test("floods blocks, the same way every time", async () => {
    const blocks = fakeBlocks(1, 3);
    const tip = txpowId(blocks[2] as TxPoW);
    const outcome = async (): Promise<unknown> => {
      const world = await ring(12, blocks);
      expect(world.nodes.map((node) => node.service.metrics().validPeers)).toEqual(new Array(12).fill(2));
      for (const block of fakeBlocks(4, 20, tip)) {
        world.nodes[3]?.chain.submitTxPoW(block, null);
        await world.clock.run(2000);
      }
      expect(world.nodes.map((node) => node.chain.tipNumber)).toEqual(new Array(12).fill(20));
      return world.nodes.map((node) => node.service.peers().map((peer) => [peer.uid, peer.bytesRead, peer.bytesWritten]));
    };
    expect(await outcome()).toEqual(await outcome());
  });

  test("notices a broken way, and heals", async () => {
    const blocks = fakeBlocks(1, 3);
    const world = await ring(4, blocks);
    const [apart] = world.nodes;
    world.cut.add(host(0));
    for (const block of fakeBlocks(4, 9, txpowId(blocks[2] as TxPoW))) world.nodes[2]?.chain.submitTxPoW(block, null);
    await world.clock.run(300_000);
    expect(world.nodes.map((node) => node.chain.tipNumber)).toEqual([3, 9, 9, 9]);
    expect(apart?.service.metrics().validPeers).toBe(0);
    world.cut.clear();
    await world.clock.run(1_000_000);
    expect(apart?.service.metrics().validPeers).toBe(2);
    expect(apart?.chain.tipNumber).toBe(9);
  });

  test("catches up on a slow way", async () => {
    const world = new MemoryWorld();
    world.way = { latencyMs: 500, bytesPerSecond: 2000 };
    const full = await world.start(host(0), new FakeChain(fakeBlocks(1, 100)));
    const fresh = await world.start(host(1));
    fresh.service.connect({ host: full.host, port: PORT });
    await world.clock.run(60_000);
    expect(fresh.chain.tipNumber).toBe(100);
  });
});
