/** How many peers a crowd (crowd.ts) is to have from now on, and has. */
export interface CrowdSize {
  readonly peers: number;
}

/** So much faster than on the network, where a block takes 50 seconds, does time go by where a block takes one. */
export const HASTE = 50;
