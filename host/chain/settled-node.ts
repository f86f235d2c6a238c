import type { Bytes } from "../protocol/bytes.js";
import { fromUnsigned, toUnsigned } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { readMMRData, writeMMRData } from "../protocol/mmr-objects.js";
import { Reader } from "../protocol/reader.js";
import { Writer } from "../protocol/writer.js";
import { type IdKey, idBytes, idKey } from "./id-key.js";
import { MMR } from "./mmr/mmr.js";
import { PackedNodes } from "./mmr/packed-nodes.js";
import { SettledBlock } from "./settled-block.js";
import { TreeNode } from "./tree.js";

/** To be changed with anything below: what another version saved is worked out again. */
const FORMAT = 1;
/** Bytes of an id with its length. */
const MIN_ID_BYTES = 4;

/** A settled block as a node of the tree that is to be linked to its parent. */
export class SettledNode {
  constructor(
    readonly node: TreeNode,
    readonly parent: IdKey,
  ) {}
}

/**
 * All that the tree will hold of a block once it is settled: what a restart would have to work out from its TxBlock again. Undefined for
 * the root, and for a block that has no short form. Numbers are in the byte order of the machine.
 */
export function encodeSettled(node: TreeNode): Bytes | undefined {
  const { parent } = node;
  const mmr = node.mmr.sealed;
  if (parent === null || mmr === undefined) return undefined;
  const settled = node.settled ?? SettledBlock.of(node.txpow, node);
  const writer = new Writer(mmr.nodes.bytes.length + settled.bytes.length + 512);
  // First, because they are used where they lie.
  writer.raw(mmr.nodes.bytes);
  writer.byte(FORMAT);
  writer.integer(mmr.next);
  writer.list(mmr.peaks, (w, peak) => w.integer(peak));
  writer.list(mmr.root === null ? [] : [mmr.root], writeMMRData);
  writer.hash(idBytes(parent.key));
  writer.integer(node.number);
  writer.number(node.time);
  writer.data(fromUnsigned(node.target));
  writer.byte(node.superLevel);
  writer.list(node.listed, (w, key) => w.hash(idBytes(key)));
  writer.integer(node.weight.unscaled);
  writer.int32(node.weight.scale);
  writer.int32(settled.coinsAt);
  writer.data(settled.bytes);
  return writer.toBytes();
}

/** `bytes` are kept. Throws `ProtocolError`. */
export function decodeSettled(key: IdKey, bytes: Bytes): SettledNode {
  const nodes = new PackedNodes(bytes);
  const { buffer, byteOffset, length } = bytes;
  const reader = new Reader(Buffer.from(buffer, byteOffset + nodes.bytes.length, length - nodes.bytes.length));
  if (reader.byte() !== FORMAT) throw new ProtocolError("malformed", "a settled block was saved by another version");
  const next = reader.number().toBigInt();
  const peaks = reader.list(3, (r) => r.number().toNumber());
  const [root = null] = reader.list(7, readMMRData);
  const parent = idKey(reader.hash());
  const facts = {
    key,
    number: reader.number().toNumber(),
    time: reader.number(),
    target: toUnsigned(reader.data()),
    superLevel: reader.byte(),
    listed: reader.list(MIN_ID_BYTES, (r) => idKey(r.hash())),
    weight: { unscaled: reader.number().toBigInt(), scale: reader.int32() },
  };
  const coinsAt = reader.int32();
  const block = reader.data();
  if (!(coinsAt >= 0 && coinsAt <= block.length)) throw new ProtocolError("malformed", "a settled block has no coins");
  const mmr = MMR.restored(facts.number, { next, peaks, root, nodes });
  return new SettledNode(new TreeNode(facts, new SettledBlock(block, coinsAt), mmr), parent);
}
