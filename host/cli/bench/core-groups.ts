import { sha3 } from "../../core/hash.js";
import { CoreInstance } from "../../core/instance.js";
import { bestCore } from "../../core/module.js";
import { keysRoot, treeKeys, treeSeed } from "../../core/tree-key.js";
import { winternitzPublicKey, winternitzRecover, winternitzSign } from "../../core/winternitz.js";
import { miningMessage } from "../../node/mining-message.js";
import { foldProof } from "../../protocol/mmr-node.js";
import { type MMRProof, writeMMRData } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";
import { decode } from "../../protocol/reader.js";
import { readTxHeader } from "../../protocol/txheader.js";
import { Writer } from "../../protocol/writer.js";
import { contender } from "./benny.js";
import { fold, publicKey, recover, search, sign, treeLevel } from "./by-hash.js";
import { coreAddresses } from "./engines.js";
import { HEADER } from "./header.js";
import type { Kernel, KernelCall } from "./kernel.js";
import type { Group } from "./measure.js";
import { type Field, groupOf } from "./race.js";

/** Where the reference's miner counts (spec 02 §12.2). */
const REFERENCE_OFFSET = 4;
const COUNTER_BYTES = 8;
const CORE_ATTEMPTS = 4000;
const LOOP_ATTEMPTS = 100;
const PROOF_CHUNKS = 24;
const LEVEL_KEYS = 64;
/** So often an engine is to do what is short, so that the calls do not count. */
const SHORT_TIMES = 200;

const { input, output, seed: seedAddress } = coreAddresses();
const seed = sha3(new Uint8Array(0));
const message = sha3(seed);

/** Work on what lies at the input of the core. */
function kernel(bytes: Uint8Array, calls: readonly KernelCall[], { times = 1, isKeyed = false } = {}): Kernel {
  const memory = [{ address: input, bytes }, ...(isKeyed ? [{ address: seedAddress, bytes: seed }] : [])];
  return { memory, calls, times, result: output };
}

/** Hashes, searches, signatures and proofs: what the core does, each group made when its turn comes. */
export function coreGroups(field: Field): (() => Promise<Group>)[] {
  const { message: header, offset } = miningMessage(decode(readTxHeader, HEADER));
  return [
    ...[32, 136, 400].map((length) => () => hashing(length, field)),
    () => searching("in the first block", REFERENCE_OFFSET, header, field),
    () => searching("in the last block", offset, header, field),
    () => keys(field),
    () => signing(field),
    () => verifying(field),
    () => level(field),
    () => folding(field),
  ];
}

function hashing(length: number, field: Field): Promise<Group> {
  const data = new Uint8Array(length).fill(7);
  return groupOf(
    {
      name: `SHA3-256 of ${length} bytes`,
      unit: "hashes",
      ours: () => sha3(data),
      kernel: kernel(data, [{ name: "sha3", args: [length] }], { times: SHORT_TIMES }),
      byHash: (hash) => hash(data),
      label: (name) => name,
      work: { kind: "hash", parts: [data] },
    },
    field,
  );
}

/** No counter fits, so that all do the same number of attempts. */
function searching(where: string, offset: number, bytes: Uint8Array, field: Field): Promise<Group> {
  const core = new CoreInstance(bestCore);
  const target = new Uint8Array(32);
  const hits = (count: number): Uint8Array => Uint8Array.of(count, 0, 0, 0);
  return groupOf(
    {
      name: `mining: nonce search in a header of ${bytes.length} bytes, counter ${where}`,
      unit: "attempts",
      ours: () => {
        core.searchBegin(bytes, offset, COUNTER_BYTES, target);
        return hits(core.search(0n, CORE_ATTEMPTS) < 0 ? 1 : 0);
      },
      perRun: CORE_ATTEMPTS,
      kernel: kernel(bytes, [
        { name: "searchBegin", args: [bytes.length, offset, COUNTER_BYTES] },
        { name: "search", args: [0n, CORE_ATTEMPTS] },
      ]),
      byHash: (hash) => hits(search(hash, bytes, offset, target, LOOP_ATTEMPTS)),
      othersPerRun: LOOP_ATTEMPTS,
      work: { kind: "search", parts: [bytes, Uint8Array.of(offset >> 8, offset & 255), target, Uint8Array.of(LOOP_ATTEMPTS)] },
    },
    field,
  );
}

/** The seed of the keys of the other scheme. */
const PEER_SEED = new Uint8Array(48).fill(1);

/** One-time keys, beside the standard's stateless ones: another scheme, made of the same hash. */
async function keys(field: Field): Promise<Group> {
  const group = await groupOf(
    {
      name: "keygen: Winternitz one-time public key",
      unit: "keys",
      ours: () => winternitzPublicKey(seed),
      kernel: kernel(new Uint8Array(0), [{ name: "winternitzPublicKey", args: [] }], { isKeyed: true }),
      byHash: (hash) => publicKey(hash, seed),
      work: { kind: "key", parts: [seed] },
    },
    field,
  );
  const { scheme } = field.peers;
  return scheme === undefined ? group : beside(group, scheme.name, () => scheme.keygen(PEER_SEED));
}

async function signing(field: Field): Promise<Group> {
  const group = await groupOf(
    {
      name: "sign: Winternitz one-time signature",
      unit: "signatures",
      ours: () => winternitzSign(seed, message),
      kernel: kernel(sha3(message), [{ name: "winternitzSign", args: [] }], { isKeyed: true }),
      byHash: (hash) => sign(hash, seed, message),
      work: { kind: "sign", parts: [seed, message] },
    },
    field,
  );
  const { scheme } = field.peers;
  if (scheme === undefined) return group;
  const { secretKey } = scheme.keygen(PEER_SEED);
  return beside(group, scheme.name, () => scheme.sign(message, secretKey));
}

async function verifying(field: Field): Promise<Group> {
  const signature = winternitzSign(seed, message);
  const group = await groupOf(
    {
      name: "verify: Winternitz one-time signature",
      unit: "signatures",
      ours: () => winternitzRecover(message, signature),
      kernel: kernel(Buffer.concat([signature, sha3(message)]), [{ name: "winternitzRecover", args: [] }]),
      byHash: (hash) => recover(hash, message, signature),
      work: { kind: "recover", parts: [message, signature] },
    },
    field,
  );
  const { scheme } = field.peers;
  if (scheme === undefined) return group;
  const { publicKey, secretKey } = scheme.keygen(PEER_SEED);
  const signed = scheme.sign(message, secretKey);
  return beside(group, scheme.name, () => scheme.verify(signed, message, publicKey));
}

function beside(group: Group, name: string, run: () => unknown): Group {
  return { ...group, contenders: [...group.contenders, contender(name, run)] };
}

function level(field: Field): Promise<Group> {
  const seeds = Array.from({ length: LEVEL_KEYS }, (_, i) => treeSeed(seed, i));
  return groupOf(
    {
      name: `keygen: key tree level of ${LEVEL_KEYS} one-time keys`,
      unit: "levels",
      ours: () => keysRoot(treeKeys(seed, 0, LEVEL_KEYS)),
      byHash: (hash) => treeLevel(hash, seeds),
    },
    // With the slowest it takes a second and more, and the ratio is that of one key.
    { ...field, peers: { ...field.peers, hashes: field.peers.hashes.filter(({ name }) => name === "hash-wasm") } },
  );
}

function folding(field: Field): Promise<Group> {
  const leaf = { hash: message, value: MiniNumber.parse("12.5") };
  const chunks = Array.from({ length: PROOF_CHUNKS }, (_, i) => ({
    left: i % 2,
    data: { hash: sha3(Uint8Array.of(i)), value: MiniNumber.parse(`${2 ** i}.25`) },
  }));
  const proof: MMRProof = { blocktime: MiniNumber.ZERO, chunks };
  const nodes = new Writer();
  nodes.raw(leaf.hash);
  nodes.number(leaf.value);
  for (const { left, data } of chunks) {
    nodes.byte(left);
    writeMMRData(nodes, data);
  }
  const bytes = nodes.toBytes();
  return groupOf(
    {
      name: `MMR proof of ${PROOF_CHUNKS} chunks`,
      unit: "proofs",
      ours: () => foldProof(leaf, proof).hash,
      kernel: kernel(bytes, [{ name: "fold", args: [bytes.length] }], { times: SHORT_TIMES }),
      byHash: (hash) => fold(hash, leaf, proof),
      label: (name) => `bigint sums, ${name}`,
    },
    field,
  );
}
