import { equalBytes } from "../../protocol/bytes.js";
import { ProtocolError } from "../../protocol/errors.js";
import { foldProof, parentNode, rootInCore } from "../../protocol/mmr-node.js";
import { EMPTY_PROOF, type MMRData, type ProofChunk } from "../../protocol/mmr-objects.js";

/** The root over peaks from left to right, null over none (spec 03 §4). Throws `range` when a sum is out of range. */
export function bagRoot(peaks: readonly MMRData[]): MMRData | null {
  const [first, ...rest] = peaks;
  if (first === undefined || rest.length === 0) return first ?? null;
  return rootInCore([first, ...rest]) ?? rootByDefinition(peaks);
}

/** Only arithmetic without limits can do every root. */
function rootByDefinition(peaks: readonly MMRData[]): MMRData | null {
  let level = peaks;
  while (level.length > 1) level = bag(level).peaks;
  return level[0] ?? null;
}

/**
 * The path from a peak to the root over all peaks (spec 03 §5). The peak is found by its hash, the last one among equals.
 * Throws `malformed` when it is none of the peaks.
 */
export function bagPath(peaks: readonly MMRData[], peak: MMRData): ProofChunk[] {
  const path: ProofChunk[] = [];
  let level = peaks;
  let current = peak;
  while (level.length > 1) {
    const at = level.findLastIndex(({ hash }) => equalBytes(hash, current.hash));
    if (at < 0) throw new ProtocolError("malformed", "a path does not end at a known peak");
    const bagged = bag(level, at);
    path.push(...bagged.path);
    current = foldProof(current, { ...EMPTY_PROOF, chunks: bagged.path });
    level = bagged.peaks;
  }
  return path;
}

interface Mountain {
  readonly node: MMRData;
  readonly height: number;
  /** Whether the followed node is below. */
  readonly followed: boolean;
}

/** One step of bagging: the peaks of an MMR with these leaves, and the path of the leaf `follow` to its peak. */
function bag(leaves: readonly MMRData[], follow = -1): { readonly peaks: readonly MMRData[]; readonly path: readonly ProofChunk[] } {
  const mountains: Mountain[] = [];
  const path: ProofChunk[] = [];
  for (const [i, leaf] of leaves.entries()) {
    let right: Mountain = { node: leaf, height: 0, followed: i === follow };
    for (let left = mountains.at(-1); left?.height === right.height; left = mountains.at(-1)) {
      if (left.followed) path.push({ left: 0, data: right.node });
      if (right.followed) path.push({ left: 1, data: left.node });
      right = { node: parentNode(left.node, right.node), height: right.height + 1, followed: left.followed || right.followed };
      mountains.pop();
    }
    mountains.push(right);
  }
  return { peaks: mountains.map(({ node }) => node), path };
}
