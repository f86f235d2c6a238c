import type { TxBlock } from "../protocol/txblock.js";
import type { TxPoW } from "../protocol/txpow.js";

/** Blocks whose signatures are verified elsewhere before their turn: enough to keep some workers busy. */
const AHEAD = 32;

/** A block whose turn it is, and the end of what is still done for it elsewhere. */
export interface ReadyBlock {
  readonly block: TxBlock;
  readonly ready: Promise<void> | undefined;
}

/**
 * The same blocks in the same order, decoded some blocks ahead of their turn so that `prepare` can begin with them. A block that cannot
 * be decoded throws when its turn comes: those before it are good. Whoever stops early leaves at most those ahead prepared in vain.
 */
export function* preparedBlocks(
  blocks: Iterable<TxBlock>,
  prepare: (txpow: TxPoW) => Promise<void> | undefined,
): Generator<ReadyBlock, void, void> {
  const rest = blocks[Symbol.iterator]();
  const ahead: (() => ReadyBlock)[] = [];
  let more = true;
  const decodeNext = (): void => {
    try {
      const next = rest.next();
      more = next.done !== true;
      if (next.done === true) return;
      const entry = { block: next.value, ready: prepare(next.value.txpow) };
      ahead.push(() => entry);
    } catch (error) {
      more = false;
      ahead.push(() => {
        throw error;
      });
    }
  };
  for (;;) {
    // Two for one that leaves: the first blocks do not wait until all places are taken.
    for (let i = 0; i < 2 && more && ahead.length < AHEAD; i++) decodeNext();
    const next = ahead.shift();
    if (next === undefined) return;
    yield next();
  }
}
