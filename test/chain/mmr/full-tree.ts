import { parentNode } from "../../../host/protocol/mmr-node.js";
import type { MMRData, ProofChunk } from "../../../host/protocol/mmr-objects.js";

/** The slow, obvious MMR: all leaves in a list, everything else computed from them when asked (spec 03 §2, §4). */
export function fullTree(leaves: readonly MMRData[]) {
  const node = (row: number, entry: number): MMRData =>
    row === 0 ? (leaves[entry] as MMRData) : parentNode(node(row - 1, 2 * entry), node(row - 1, 2 * entry + 1));

  /** Positions of the peaks: one for each binary digit of the number of leaves. */
  const peaks: { row: number; entry: number }[] = [];
  for (let row = 52, covered = 0; row >= 0; row--) {
    const size = 2 ** row;
    if (leaves.length - covered < size) continue;
    peaks.push({ row, entry: covered / size });
    covered += size;
  }

  const pathToPeak = (leaf: number): ProofChunk[] => {
    const chunks: ProofChunk[] = [];
    for (let row = 0, entry = leaf; !peaks.some((peak) => peak.row === row && peak.entry === entry); row++, entry = Math.floor(entry / 2))
      chunks.push(entry % 2 === 1 ? { left: 1, data: node(row, entry - 1) } : { left: 0, data: node(row, entry + 1) });
    return chunks;
  };

  return { node, peaks, peakNodes: peaks.map(({ row, entry }) => node(row, entry)), pathToPeak };
}

/** The root over nodes: they are leaves of an MMR, whose peaks are leaves of an MMR, and so on. */
export function rootOver(nodes: readonly MMRData[]): MMRData | null {
  return nodes.length < 2 ? (nodes[0] ?? null) : rootOver(fullTree(nodes).peakNodes);
}
