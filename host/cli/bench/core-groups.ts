import { sha3 } from "../../core/hash.js";
import { CoreInstance } from "../../core/instance.js";
import { bestCore } from "../../core/module.js";
import { keysRoot, treeKeys, treeSeed } from "../../core/tree-key.js";
import { winternitzPublicKey, winternitzRecover, winternitzSign } from "../../core/winternitz.js";
import { miningMessage } from "../../node/mining/mining-message.js";
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
import type { Group, LaterGroup } from "./measure.js";
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
export function coreGroups(field: Field): LaterGroup[] {
  const { message: header, offset } = miningMessage(decode(readTxHeader, HEADER));
  const search = `mining: nonce search in a header of ${header.length} bytes, counter in the`;
  return [
    ...[32, 136, 400].map((length) => ({
      name: `SHA3-256 of ${length} bytes`,
      make: (name: string) => hashing(name, length, field),
    })),
    { name: `${search} first block`, make: (name) => searching(name, REFERENCE_OFFSET, header, field) },
    { name: `${search} last block`, make: (name) => searching(name, offset, header, field) },
    { name: "keygen: Winternitz one-time public key", make: (name) => keys(name, field) },
    { name: "sign: Winternitz one-time signature", make: (name) => signing(name, field) },
    { name: "verify: Winternitz one-time signature", make: (name) => verifying(name, field) },
    { name: `keygen: key tree level of ${LEVEL_KEYS} one-time keys`, make: (name) => level(name, field) },
    { name: `MMR proof of ${PROOF_CHUNKS} chunks`, make: (name) => folding(name, field) },
  ];
}

function hashing(name: string, length: number, field: Field): Promise<Group> {
  const data = new Uint8Array(length).fill(7);
  return groupOf(
    {
      name,
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
function searching(name: string, offset: number, bytes: Uint8Array, field: Field): Promise<Group> {
  const core = new CoreInstance(bestCore);
  const target = new Uint8Array(32);
  const hits = (count: number): Uint8Array => Uint8Array.of(count, 0, 0, 0);
  return groupOf(
    {
      name,
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
async function keys(name: string, field: Field): Promise<Group> {
  const group = await groupOf(
    {
      name,
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

async function signing(name: string, field: Field): Promise<Group> {
  const group = await groupOf(
    {
      name,
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

async function verifying(name: string, field: Field): Promise<Group> {
  const signature = winternitzSign(seed, message);
  const group = await groupOf(
    {
      name,
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

function level(name: string, field: Field): Promise<Group> {
  const seeds = Array.from({ length: LEVEL_KEYS }, (_, i) => treeSeed(seed, i));
  return groupOf(
    {
      name,
      unit: "levels",
      ours: () => keysRoot(treeKeys(seed, 0, LEVEL_KEYS)),
      byHash: (hash) => treeLevel(hash, seeds),
    },
    // With the slowest it takes a second and more, and the ratio is that of one key.
    { ...field, peers: { ...field.peers, hashes: field.peers.hashes.filter(({ name }) => name === "hash-wasm") } },
  );
}

function folding(name: string, field: Field): Promise<Group> {
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
      name,
      unit: "proofs",
      ours: () => foldProof(leaf, proof).hash,
      kernel: kernel(bytes, [{ name: "fold", args: [bytes.length] }], { times: SHORT_TIMES }),
      byHash: (hash) => fold(hash, leaf, proof),
      label: (name) => `bigint sums, ${name}`,
    },
    field,
  );
}
