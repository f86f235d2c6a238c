import { MMR } from "../../../host/chain/mmr/mmr.js";
import type { MMREntry } from "../../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import type { Area, Case } from "../area.js";
import { each, same } from "../checks.js";
import { fromHex } from "./base-bytes.js";
import { checkEntryNumbers, checkLeaf, checkParent, checkProofs, checkTrees } from "./mmr-nodes.js";
import { checkOverlay } from "./mmr-overlay.js";
import { checkMalformed, checkPrune, checkSerialized } from "./mmr-sets.js";
import { type Node, type Peak, proofHex, type State, sameState, toNode, toPeak, toProof } from "./mmr-values.js";

interface Step extends State {
  readonly op: "add" | "update";
  readonly entry?: string;
  readonly leaf: Node;
}

interface Build {
  readonly runs: readonly {
    readonly name: string;
    readonly steps: readonly Step[];
    readonly entryCount: number;
    readonly finalProofs: readonly { readonly entry: string; readonly leaf: Node; readonly toPeak: string; readonly toRoot: string }[];
  }[];
  readonly bagging: readonly State[];
  readonly large: { readonly peaks: readonly Peak[]; readonly start: State; readonly steps: readonly Step[] };
}

function takeStep(mmr: MMR, step: Step): void {
  if (step.op === "add") mmr.add(toNode(step.leaf));
  else mmr.update(BigInt(step.entry ?? ""), mmr.proofToPeak(BigInt(step.entry ?? "")), toNode(step.leaf));
  sameState(mmr, step);
}

function* checkBuild(data: unknown): Iterable<Case> {
  const { runs, bagging, large } = data as Build;
  for (const run of runs) {
    yield {
      name: run.name,
      run: () => {
        const mmr = new MMR(0);
        for (const step of run.steps) takeStep(mmr, step);
        same(mmr.size, run.entryCount, "entries");
        const blocktime = run.finalProofs[0] === undefined ? mmr.proofToPeak(0n).blocktime : toProof(run.finalProofs[0].toPeak).blocktime;
        for (const { entry, toPeak: peak, toRoot } of run.finalProofs) {
          same(proofHex({ ...mmr.proofToPeak(BigInt(entry)), blocktime }), peak, `proof of ${entry} to its peak`);
          same(proofHex({ ...mmr.proofToRoot(BigInt(entry)), blocktime }), toRoot, `proof of ${entry} to the root`);
        }
      },
    };
  }
  yield* each("bagging", bagging, (state) => sameState(MMR.fromPeaks(0, (state.peaks as readonly Peak[]).map(withEncoding)), state));
  yield {
    name: "large",
    run: () => {
      const mmr = MMR.fromPeaks(0, large.peaks.map(toPeak));
      sameState(mmr, large.start);
      for (const step of large.steps) takeStep(mmr, step);
    },
  };
}

/** Peaks that are given with their value's text only. */
function withEncoding(peak: Peak): MMREntry {
  return peak.valueEnc === undefined
    ? {
        row: peak.row,
        entry: { scale: 0, unscaled: BigInt(peak.entry) },
        data: { hash: fromHex(peak.hash), value: MiniNumber.parse(peak.value) },
      }
    : toPeak(peak);
}

const list =
  <T>(check: (item: T) => void) =>
  (data: unknown): Iterable<Case> =>
    each("case", (data as { cases: readonly T[] }).cases, check);

/** Vectors of spec 03. */
export const mmr: Area = {
  leaves: list(checkLeaf),
  parents: list(checkParent),
  build: checkBuild,
  proofs: checkProofs,
  entrynumber: checkEntryNumbers,
  overlay: checkOverlay,
  serialized: checkSerialized,
  malformed: checkMalformed,
  prune: checkPrune,
  trees: checkTrees,
};
