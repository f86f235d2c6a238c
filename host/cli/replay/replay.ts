import { hasRightBody } from "../../chain/arrival.js";
import { Chain } from "../../chain/chain.js";
import { chainWeight } from "../../chain/compare.js";
import { type IdKey, idKey, listedKeys, parentKey, txpowKey } from "../../chain/id-key.js";
import { MemoryStore } from "../../chain/memory-store.js";
import type { NetworkParams } from "../../chain/params.js";
import { runSteps } from "../../chain/steps.js";
import type { BlockTree } from "../../chain/tree.js";
import type { Effect } from "../../chain/types.js";
import { parseHex, toHex, toHex0x } from "../../protocol/bytes.js";
import { ProtocolError } from "../../protocol/errors.js";
import { writeMMREntry } from "../../protocol/mmr-objects.js";
import { decode } from "../../protocol/reader.js";
import { readTxBlock, type TxBlock } from "../../protocol/txblock.js";
import { carriesTransaction, isBlock, readTxPoW, type TxPoW, txpowId } from "../../protocol/txpow.js";
import { encode } from "../../protocol/writer.js";
import { paramsNamed, type RecordedEnd, type RecordedEvent, type Recording, type SyncRecording } from "./recording.js";

/** Something in a recording that a node must not accept, or an end that is not the recorded one. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
}

/** Where a replay ended. */
export interface ReplaySummary {
  readonly tip: string;
  readonly height: number;
  /** Weight of the whole chain, cascade included. */
  readonly weight: bigint;
  readonly mmrRoot: string;
  readonly total: string;
  /** Blocks validated, side branches included. */
  readonly blocks: number;
  readonly transactions: number;
  /** What the recording says of its end, and that it agrees. */
  readonly compared: readonly string[];
}

/** Called after each recorded item. */
export type OnProgress = (done: number, total: number, height: number) => void;

/** Validates every TxPoW and block of a recorded chain as if it came from a peer. Throws ReplayError at the first that is wrong. */
export function replayRecording(recording: Recording, onProgress: OnProgress): ReplaySummary {
  const replay = new Replay(paramsNamed(recording.params), recording.genesis);
  for (const [i, event] of recording.events.entries()) {
    replay.receive(event, i);
    onProgress(i + 1, recording.events.length, replay.tree.tip.number);
  }
  replay.requireAllAdded(recording);
  return replay.summary(recording.final);
}

/** Syncs a fresh node with the TxBlocks of a recorded chain. Throws ReplayError at the first block that is refused. */
export function replaySync(sync: SyncRecording, recording: Recording, onProgress: OnProgress): ReplaySummary {
  const replay = new Replay(paramsNamed(recording.params), recording.genesis);
  const txblocks = new Map((recording.blocks ?? []).map(({ txpowid, txblock }) => [txpowid, txblock]));
  const total = sync.ibdblocks.length;
  function* blocks(): Iterable<TxBlock> {
    for (const [i, id] of sync.ibdblocks.entries()) {
      const hex = txblocks.get(id);
      if (hex === undefined) throw new ReplayError(`${sync.chain} has no TxBlock of ${id}`);
      yield wire(hex, readTxBlock, `block ${id}`);
      onProgress(i + 1, total, replay.tree.tip.number);
    }
  }
  replay.sync(blocks());
  return replay.summary(sync.final);
}

class Replay {
  readonly #store = new MemoryStore();
  readonly #chain: Chain;
  readonly #added = new Set<IdKey>();
  readonly #blocks: TxPoW[] = [];
  #transactions = 0;

  constructor(params: NetworkParams, genesis: string) {
    this.#chain = new Chain(params, { source: this.#store, now: Date.now, isRelevant: () => false });
    const txpow = wire(genesis, readTxPoW, "the first block");
    try {
      this.#apply(this.#chain.begin(txpow));
    } catch (error) {
      if (error instanceof ProtocolError) throw new ReplayError(`the first block ${toHex0x(txpowId(txpow))}: ${error.message}`);
      throw error;
    }
  }

  get tree(): BlockTree {
    if (this.#chain.tree === null) throw new ReplayError("there is no chain");
    return this.#chain.tree;
  }

  receive(event: RecordedEvent, index: number): void {
    const txpow = wire(event.hex, readTxPoW, `event ${index}`);
    const name = describe(txpow, index);
    if (event.isblock === true && !isBlock(txpow)) throw broken(name, "work");
    if (!isBlock(txpow) && !carriesTransaction(txpow)) throw broken(name, "work");
    if (event.txpowid !== undefined && event.txpowid !== toHex0x(txpowId(txpow))) throw broken(name, "txpowid");
    if (!hasRightBody(txpow)) throw broken(name, "body-hash");
    const { result, effects } = runSteps(this.#chain.receiveTxPoW(txpow, null));
    if (result.verdict === "dropped") throw broken(name, result.rule);
    this.#apply(effects);
    if (carriesTransaction(txpow) && result.verdict === "stored") this.#transactions++;
    if (isBlock(txpow)) this.#blocks.push(txpow);
  }

  sync(blocks: Iterable<TxBlock>): void {
    let last: TxBlock | undefined;
    function* watched(): Iterable<TxBlock> {
      for (const block of blocks) {
        last = block;
        yield block;
      }
    }
    const { result, effects } = runSteps(this.#chain.syncBlocks(watched(), null));
    if (result.refused !== undefined) throw broken(last === undefined ? "the sync" : describe(last.txpow), result.refused);
    this.#apply(effects);
  }

  #apply(effects: readonly Effect[]): void {
    this.#store.apply(effects);
    for (const effect of effects) {
      if (effect.type === "block-added") this.#added.add(effect.node.key);
      if (effect.type === "block-invalid") throw broken(`block ${effect.number} ${toHex0x(effect.id)}`, effect.rule);
    }
  }

  /** Every block must have made it into the tree at some time: all that the recording had there, or else all that came. */
  requireAllAdded({ blocks }: Recording): void {
    const recorded = blocks === undefined ? undefined : new Set(blocks.map(({ txpowid }) => idKey(parseHex(txpowid))));
    for (const block of this.#blocks) {
      const key = txpowKey(block);
      if (this.#added.has(key) || recorded?.has(key) === false) continue;
      throw broken(describe(block), this.#whyNotAdded(block));
    }
    const missing = recorded === undefined ? undefined : [...recorded].find((key) => !this.#added.has(key));
    if (missing !== undefined) throw new ReplayError(`block 0x${missing} is in the recorded tree but does not arrive`);
  }

  #whyNotAdded(block: TxPoW): string {
    if (!this.#added.has(parentKey(block))) return `parent (0x${parentKey(block)} is not in the tree)`;
    const missing = listedKeys(block).find((key) => this.#chain.get(key) === undefined);
    return missing === undefined ? "range" : `listed-missing (0x${missing} did not arrive)`;
  }

  summary(end: RecordedEnd | undefined): ReplaySummary {
    const { tip } = this.tree;
    const root = tip.mmr.root();
    const facts = {
      tip: toHex0x(txpowId(tip.txpow)),
      height: tip.number,
      weight: chainWeight({ cascade: this.#chain.cascade, blocks: this.tree.mainBranch() }),
      mmrRoot: root === null ? "" : toHex0x(root.hash),
      total: root === null ? "0" : root.value.toString(),
      blocks: this.#added.size,
      transactions: this.#transactions,
    };
    const peaks = tip.mmr.peaks().map((peak) => toHex(encode(writeMMREntry, peak)).toLowerCase());
    const compared = [...agree("tip", facts.tip, end?.tip), ...agree("MMR peaks", peaks.join(" "), end?.tippeaks?.join(" ").toLowerCase())];
    return { ...facts, compared };
  }
}

/** What was compared, if it was recorded. */
function agree(what: string, replayed: string, recorded: string | undefined): string[] {
  if (recorded === undefined) return [];
  if (replayed !== recorded) throw new ReplayError(`the recording ends with another ${what}: ${recorded}, not ${replayed}`);
  return [what];
}

function describe(txpow: TxPoW, index?: number): string {
  const kind = isBlock(txpow) ? `block ${txpow.header.block}` : "TxPoW";
  return `${index === undefined ? "" : `event ${index}: `}${kind} ${toHex0x(txpowId(txpow))}`;
}

function broken(name: string, rule: string): ReplayError {
  return new ReplayError(`${name} breaks the rule: ${rule}`);
}

function wire<T>(hex: string, read: Parameters<typeof decode<T>>[0], name: string): T {
  try {
    return decode(read, parseHex(hex));
  } catch (error) {
    if (error instanceof ProtocolError) throw new ReplayError(`${name} cannot be decoded: ${error.message}`);
    throw error;
  }
}
