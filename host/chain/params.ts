import { MiniNumber } from "../protocol/number.js";

/** What differs between networks (spec 06 §1.1). */
export interface NetworkParams {
  readonly name: "main" | "test";
  /** Blocks per second. */
  readonly blockSpeed: MiniNumber;
  /** Milliseconds between blocks, and between pulses of one node. */
  readonly blockInterval: number;
  /** How many blocks back the speed is measured (SPEEDCALC). */
  readonly speedWindow: number;
  /** Blocks a median is taken of (MEDIAN); the time rule uses twice as many. */
  readonly medianWindow: number;
  /** Blocks that stay on the main branch at a cut (START). */
  readonly treeLength: number;
  /** Blocks beyond `treeLength` that make the tree be cut (FREQ). */
  readonly cutFrequency: number;
  /** Nodes per level of a cascade (NODES). */
  readonly cascadeNodes: number;
  /** A new block must be more than this above the root, once the tip is at 1000 (spec 06b §8). */
  readonly rootDistance: number;
  /** Age in blocks of the MMR that a sender makes proofs against (spec 03 §10). */
  readonly proofAge: number;
  /** Blocks on top of a coin's block before the wallet uses it (spec 06 §11). */
  readonly confirmationDepth: number;
  /** A tip whose time is closer to the clock than this needs no TxBlocks from others, in milliseconds (spec 06b §14.1 b). */
  readonly freshTip: number;
  /** Version text of the greeting: the only thing on the wire that tells the networks apart. */
  readonly version: string;
}

export const MAIN_PARAMS: NetworkParams = {
  name: "main",
  blockSpeed: MiniNumber.parse("0.02"),
  blockInterval: 50_000,
  speedWindow: 256,
  medianWindow: 64,
  treeLength: 2048,
  cutFrequency: 100,
  cascadeNodes: 256,
  rootDistance: 256,
  proofAge: 256,
  confirmationDepth: 3,
  freshTip: 3 * 3600 * 1000,
  version: "1.0.45",
};

/** Test and solo networks. */
export const TEST_PARAMS: NetworkParams = {
  name: "test",
  blockSpeed: MiniNumber.parse("0.05"),
  blockInterval: 20_000,
  speedWindow: 16,
  medianWindow: 8,
  treeLength: 32,
  cutFrequency: 3,
  cascadeNodes: 4,
  rootDistance: 0,
  proofAge: 8,
  confirmationDepth: 3,
  freshTip: 5 * 60 * 1000,
  version: "1.0.45-TEST",
};

/** The easiest block target, also the default minimum transaction work (spec 06 §1.2). */
export const EASIEST_TARGET: bigint = ((1n << 256n) - 1n) / 10_000n;
