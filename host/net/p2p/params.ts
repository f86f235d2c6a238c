import type { Endpoint } from "../endpoint.js";

const SECOND = 1000;

/** Sizes and times of the overlay (spec 07 §16.2). */
export interface P2PParams {
  /** Links to have in each direction. */
  readonly links: number;
  /** Clients to take. */
  readonly clients: number;
  /** Out-links of a node that cannot be connected to. */
  readonly clientLinks: number;
  /** Time between looks at the links, when there are enough of them; up to `loopSpreadMs` more. */
  readonly loopMs: number;
  readonly loopSpreadMs: number;
  /** The same, when out-links are missing. */
  readonly eagerLoopMs: number;
  readonly eagerSpreadMs: number;
  readonly selfCheckMs: number;
  readonly firstSaveMs: number;
  readonly saveMs: number;
}

export const MAIN_P2P: P2PParams = {
  links: 5,
  clients: 100,
  clientLinks: 2,
  loopMs: 600 * SECOND,
  loopSpreadMs: 30 * SECOND,
  eagerLoopMs: 10 * SECOND,
  eagerSpreadMs: 3 * SECOND,
  selfCheckMs: 3600 * SECOND,
  firstSaveMs: 300 * SECOND,
  saveMs: 600 * SECOND,
};

export const TEST_P2P: P2PParams = {
  ...MAIN_P2P,
  clients: 2,
  loopMs: 5 * SECOND,
  loopSpreadMs: 3 * SECOND,
  selfCheckMs: 60 * SECOND,
  saveMs: 60 * SECOND,
};

/** How a node takes part in the overlay. */
export interface P2PConfig {
  readonly params: P2PParams;
  /** False for a node that cannot be connected to: a client. */
  readonly acceptsInLinks: boolean;
  /** Does not dial before some peer has connected to it. */
  readonly noConnect: boolean;
  /** Also take addresses of local networks. */
  readonly allowAllIPs: boolean;
  /** Where to start: saved and configured peers. */
  readonly seeds: readonly Endpoint[];
  /** Keeps the list of good peers for the next start. */
  readonly save: (peers: readonly Endpoint[]) => void;
}
