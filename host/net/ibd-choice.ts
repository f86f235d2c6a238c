import type { Bytes } from "../protocol/bytes.js";
import { type Greeting, greetingRootBlock } from "../protocol/messages/greeting.js";
import { MiniNumber } from "../protocol/number.js";
import type { Archive, BlockMark, ChainPort, ChainView, StoredBlock } from "./chain-port.js";
import type { IBDContent } from "./outgoing-ibd.js";

/** Of a peer's chain only every so-manieth id is looked up in the archive (spec 07 §5.3). */
const ARCHIVE_STRIDE = 20;
/** A peer this far behind the tree gets the whole chain instead (spec 07 §5.3). */
const MOST_ARCHIVED = 34_000;
/** Blocks in one IBD_RESP and one ARCHIVE_DATA (spec 07 §15). */
const BATCH = 256;

/** What a peer gets for its greeting. */
export interface IBDChoice {
  readonly content: IBDContent;
  /** Both have chains of the same height and they never meet. */
  readonly noCrossover: boolean;
}

/** Chooses the blocks that answer a greeting (spec 07 §5). Throws `range` for a greeting with numbers nobody can have. */
export function chooseIBD({ view, archive }: ChainPort, greeting: Greeting): IBDChoice {
  const tip = view.tip();
  const root = view.root();
  if (tip === null || root === null) return choice({ cascade: null, blocks: [] });
  if (greeting.topBlock.equals(MiniNumber.of(-1))) return choice(complete(view, root));
  if (greeting.topBlock.lessThan(MiniNumber.of(root.number))) {
    const from = archivedCrossing(archive, greeting.chain);
    if (from === undefined || root.number - from > MOST_ARCHIVED) return choice(complete(view, root));
    return choice({ cascade: null, blocks: [...archive.blocks(from + 1, root.number), ...view.mainBlocks(root.number)] });
  }
  if (greetingRootBlock(greeting).moreThan(MiniNumber.of(tip.number))) return choice(complete(view, root));
  for (const id of greeting.chain) {
    const number = view.mainNumber(id);
    if (number !== undefined) return choice({ cascade: null, blocks: view.mainBlocks(number + 1) });
  }
  return { content: complete(view, root), noCrossover: true };
}

const choice = (content: IBDContent): IBDChoice => ({ content, noCrossover: false });

/** Cascade and tree; nothing without a chain. */
export function completeIBD(view: ChainView): IBDContent {
  const root = view.root();
  return root === null ? { cascade: null, blocks: [] } : complete(view, root);
}

function complete(view: ChainView, root: BlockMark): IBDContent {
  return { cascade: view.cascade(), blocks: view.mainBlocks(root.number) };
}

/** The number of the first tried id that is archived; the oldest id is always tried. */
function archivedCrossing(archive: Archive, chain: readonly Bytes[]): number | undefined {
  for (let i = 0; i < chain.length; i += ARCHIVE_STRIDE) {
    const number = archive.numberOf(chain[i] as Bytes);
    if (number !== undefined) return number;
  }
  const last = chain.at(-1);
  return last === undefined ? undefined : archive.numberOf(last);
}

/** The blocks below one that the peer holds, newest first (spec 07 §7). */
export function archiveBefore(archive: Archive, last: MiniNumber): StoredBlock[] {
  const number = whole(last);
  return [...archive.blocks(Math.max(1, number - BATCH), number)].reverse();
}

/** The answer to an ARCHIVE_REQ (spec 07 §11). */
export function archiveFrom({ view, archive }: ChainPort, first: MiniNumber): IBDContent {
  if (first.equals(MiniNumber.of(-1))) return { cascade: null, blocks: [] };
  const number = whole(first);
  const root = view.root();
  const kept = number === 0 && archive.oldest() !== 1 && archive.oldest() !== undefined ? archive.cascade() : undefined;
  const start = kept === undefined ? number : kept.tip + 1;
  const withTree = root !== null && (number === root.number || (number === 0 && root.number === 1));
  const blocks = [...archive.blocks(start, start + BATCH), ...(withTree ? view.mainBlocks(root.number) : [])];
  return { cascade: kept?.bytes ?? null, blocks };
}

/** A block number of a request as the archive knows it: far-fetched ones are beyond everything. */
function whole(number: MiniNumber): number {
  const value = Math.trunc(number.toNumber());
  return Number.isSafeInteger(value) ? value : Number.MAX_SAFE_INTEGER - BATCH;
}
