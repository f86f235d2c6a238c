import { type Bytes, fromUnsigned, toUnsigned } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { readMMRData, writeMMRData } from "../protocol/mmr-objects.js";
import { packBytes, unpackBytes } from "../protocol/packed-bytes.js";
import { decode, Reader } from "../protocol/reader.js";
import { Writer } from "../protocol/writer.js";
import { type IdKey, idBytes, idKey } from "./id-key.js";
import { packKeys } from "./mmr/key-set.js";
import { MMR } from "./mmr/mmr.js";
import { PackedNodes } from "./mmr/packed-nodes.js";
import { type KeptPart, SavedBlock, type SettledBody, type SettledSource } from "./saved-block.js";
import { SettledBlock } from "./settled-block.js";
import { TreeNode } from "./tree-node.js";

/** To be changed with anything below: what another version saved is worked out again. */
const FORMAT = 2;
/** Bytes of an id with its length. */
const MIN_ID_BYTES = 4;
/** More bytes of coins than this, such as those with long states, are not kept in memory. */
const MAX_KEPT_COINS = 1024;

const NONE_LISTED: readonly IdKey[] = [];

/** A settled block as a node of the tree that is to be linked to its parent. */
export class SettledNode {
  constructor(
    readonly node: TreeNode,
    readonly parent: IdKey,
  ) {}
}

/** All that the tree holds of a settled block: what a restart would have to work out from its TxBlock again. */
export interface SettledRow {
  /** What a start reads, and stays in memory. */
  readonly facts: Bytes;
  /** What is read when somebody asks. */
  readonly body: Bytes;
  readonly kept: KeptPart;
}

/** Undefined for the root, and for a block that has no short form or is saved. Numbers are in the byte order of the machine. */
export function encodeSettled(node: TreeNode): SettledRow | undefined {
  const { parent } = node;
  const mmr = node.mmr.sealed;
  if (parent === null || mmr === undefined) return undefined;
  const block = node.settled ?? SettledBlock.of(node.txpow, node);
  const { coinBytes } = block;
  const kept = {
    next: mmr.next,
    keys: packKeys(mmr.nodes.keys()),
    coins: coinBytes.length > MAX_KEPT_COINS ? undefined : packBytes(coinBytes),
  };
  return { facts: encodeFacts(node, parent.key, kept), body: encodeBody({ ...mmr, block }), kept };
}

function encodeFacts(node: TreeNode, parent: IdKey, { next, keys, coins }: KeptPart): Bytes {
  const writer = new Writer(1024);
  writer.byte(FORMAT);
  writer.hash(idBytes(parent));
  writer.integer(node.number);
  writer.number(node.time);
  writer.data(fromUnsigned(node.target));
  writer.byte(node.superLevel);
  writer.list(node.listed, (w, key) => w.hash(idBytes(key)));
  writer.integer(node.weight.unscaled);
  writer.int32(node.weight.scale);
  writer.integer(next);
  writer.data(unpackBytes(keys));
  writer.list(coins === undefined ? [] : [unpackBytes(coins)], (w, bytes) => w.data(bytes));
  return writer.toBytes();
}

function encodeBody({ nodes, peaks, root, block }: SettledBody): Bytes {
  const writer = new Writer(nodes.bytes.length + block.bytes.length + 512);
  // First, because they are used where they lie.
  writer.raw(nodes.bytes);
  writer.byte(FORMAT);
  writer.list(peaks, (w, peak) => w.integer(peak));
  writer.list(root === null ? [] : [root], writeMMRData);
  writer.int32(block.coinsAt);
  writer.data(block.bytes);
  return writer.toBytes();
}

/** A block whose body `source` has. Throws `ProtocolError`. */
export function decodeFacts(key: IdKey, bytes: Bytes, source: SettledSource): SettledNode {
  const reader = new Reader(bytes);
  readFormat(reader);
  const parent = idKey(reader.hash());
  const facts = {
    key,
    number: reader.number().toNumber(),
    time: reader.number(),
    target: toUnsigned(reader.data()),
    superLevel: reader.byte(),
    listed: compact(reader.list(MIN_ID_BYTES, (r) => idKey(r.hash()))),
    weight: { unscaled: reader.number().toBigInt(), scale: reader.int32() },
  };
  const next = reader.number().toBigInt();
  const keys = packBytes(reader.data());
  const [coins] = reader.list(4, (r) => packBytes(r.data()));
  const block = new SavedBlock(key, source, { next, keys, coins });
  return new SettledNode(new TreeNode(facts, block, MMR.restored(facts.number, block.mmr)), parent);
}

/** `bytes` are kept, and must lie where arrays of doubles may. Throws `ProtocolError`. */
export function decodeBody(bytes: Bytes): SettledBody {
  const nodes = new PackedNodes(bytes);
  return decode((reader) => {
    readFormat(reader);
    const peaks = reader.list(3, (r) => r.number().toNumber());
    const [root = null] = reader.list(7, readMMRData);
    const coinsAt = reader.int32();
    const block = reader.data();
    if (!(coinsAt >= 0 && coinsAt <= block.length)) throw new ProtocolError("malformed", "a settled block has no coins");
    return { block: new SettledBlock(block, coinsAt), peaks, root, nodes };
  }, bytes.subarray(nodes.bytes.length));
}

/** Without room for more; most blocks share the one without any. */
function compact(listed: readonly IdKey[]): readonly IdKey[] {
  return listed.length === 0 ? NONE_LISTED : listed.slice();
}

function readFormat(reader: Reader): void {
  if (reader.byte() !== FORMAT) throw new ProtocolError("malformed", "a settled block was saved by another version");
}
