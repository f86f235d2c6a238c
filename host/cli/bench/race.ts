import { deepStrictEqual } from "node:assert";
import { contender } from "./benny.js";
import { coreKernel, type Engine } from "./engines.js";
import type { Kernel } from "./kernel.js";
import type { Contender, Group } from "./measure.js";
import { type Hash, OURS, type Peers } from "./peers.js";

/** Work that a program in another process can do as well, and what it must give. */
export interface Work {
  readonly kind: "hash" | "search" | "key" | "sign" | "recover";
  readonly parts: readonly Uint8Array[];
  readonly expected: Uint8Array;
  readonly perRun: number;
}

/** Somebody else who does the work, outside of this process. */
export type Rival = (work: Work) => Promise<Contender>;

/** Who takes part. */
export interface Field {
  readonly peers: Peers;
  readonly engines: readonly Engine[];
  readonly rivals: readonly Rival[];
}

/** The ways to do the same work. */
export interface Race {
  readonly name: string;
  readonly unit: string;
  /** As minimote does it; what it gives is what all must give. */
  readonly ours: () => Uint8Array;
  /** Units of a run of ours, and of the others. */
  readonly perRun?: number;
  readonly othersPerRun?: number;
  /** What the core does, alone in an engine; `result` is where it puts what ours gives. */
  readonly kernel?: Kernel;
  /** With nothing but a SHA3-256. */
  readonly byHash?: (hash: Hash) => Uint8Array;
  /** What that is called with a library's name. */
  readonly label?: (name: string) => string;
  readonly work?: Pick<Work, "kind" | "parts">;
}

const RESULT_BYTES = 4;
/** New code was compiled in a hurry: after so long the optimising compilers have replaced it. */
const WARM_UP_MS = 100;

/** The contenders of a race, ours first. Throws when two of them do not give the same. */
export async function groupOf(race: Race, { peers, engines, rivals }: Field): Promise<Group> {
  const { name, unit, ours, kernel, byHash, work, perRun = 1, othersPerRun = 1, label = (name) => `loop over ${name}` } = race;
  const expected = ours();
  const agree = (who: string, result: Uint8Array, wanted = expected): void =>
    deepStrictEqual(Buffer.from(result), Buffer.from(wanted), `${who} differs: ${name}`);
  warmUp(ours);
  const contenders = [contender(OURS, ours, perRun)];
  if (kernel !== undefined) {
    const module = coreKernel(kernel);
    for (const engine of engines) {
      const run = engine.start(module);
      const first = Buffer.alloc(RESULT_BYTES);
      first.writeInt32LE(run());
      agree(engine.name, first, expected.subarray(0, RESULT_BYTES));
      warmUp(run);
      contenders.push(contender(`the core in ${engine.name}`, run, perRun * kernel.times));
    }
  }
  if (byHash !== undefined)
    for (const peer of peers.hashes) {
      agree(peer.name, byHash(peer.hash));
      warmUp(() => byHash(peer.hash));
      contenders.push(contender(label(peer.name), () => byHash(peer.hash), othersPerRun));
    }
  if (work !== undefined) for (const rival of rivals) contenders.push(await rival({ ...work, expected, perRun: othersPerRun }));
  return { name, unit, contenders };
}

export function warmUp(run: () => unknown): void {
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end; ) run();
}
