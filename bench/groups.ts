import { deepStrictEqual } from "node:assert";
import { slh_dsa_shake_128f } from "@noble/post-quantum/slh-dsa.js";
import type { Contender, Group } from "../host/cli/bench/measure.js";
import { sha3 } from "../host/core/hash.js";
import { CoreInstance } from "../host/core/instance.js";
import { bestCore } from "../host/core/module.js";
import { WorkerPool } from "../host/core/pool.js";
import { keysRoot, treeKeys, treeSeed } from "../host/core/tree-key.js";
import { winternitzPublicKey, winternitzRecover, winternitzSign } from "../host/core/winternitz.js";
import { miningMessage } from "../host/node/mining-message.js";
import { foldProof } from "../host/protocol/mmr-node.js";
import type { MMRProof } from "../host/protocol/mmr-objects.js";
import { MiniNumber } from "../host/protocol/number.js";
import { decode } from "../host/protocol/reader.js";
import { readTxHeader } from "../host/protocol/txheader.js";
import type { BouncyCastle, JavaWork } from "./bouncycastle.js";
import { hashWasm, others, ours } from "./contenders.js";
import { HEADER } from "./header.js";
import { contender } from "./measure.js";
import { fold, type Hash, publicKey, recover, search, sign, treeLevel } from "./work.js";

const REFERENCE_OFFSET = 4;
const CORE_ATTEMPTS = 4000;
const LOOP_ATTEMPTS = 100;
const PROOF_CHUNKS = 24;
const LEVEL_KEYS = 64;
const JAVA = "BouncyCastle (Java)";

const core = new CoreInstance(bestCore);
const seed = sha3(new Uint8Array(0));
const message = sha3(seed);

/** A way to do the work of a group, in this process. */
interface Way {
  readonly name: string;
  readonly run: () => Uint8Array;
}

/** The same work in Java. */
interface JavaWay {
  readonly work: JavaWork;
  readonly parts: readonly Uint8Array[];
}

/** A group whose contenders must give the same bytes. */
async function agreeing(name: string, unit: string, ways: readonly Way[], java: BouncyCastle | null, inJava?: JavaWay): Promise<Group> {
  const [expected = new Uint8Array(), ...rest] = ways.map(({ run }) => run());
  for (const result of rest) deepStrictEqual(Buffer.from(result), Buffer.from(expected), name);
  const contenders = ways.map(({ name, run }) => contender(name, run));
  if (java === null || inJava === undefined) return { name, unit, contenders };
  return {
    name,
    unit,
    contenders: [...contenders, { name: JAVA, perRun: 1, rate: await java.prepare(inJava.work, inJava.parts, expected) }],
  };
}

function hashing(length: number, java: BouncyCastle | null): Promise<Group> {
  const data = new Uint8Array(length).fill(7);
  const ways = [ours, ...others].map(({ name, hash }) => ({ name, run: () => hash(data) }));
  return agreeing(`SHA3-256 of ${length} bytes`, "hashes", ways, java, { work: "hash", parts: [data] });
}

/** No counter fits, so that all do the same number of attempts. */
async function searching(where: string, offset: number, bytes: Uint8Array, java: BouncyCastle | null): Promise<Group> {
  const target = new Uint8Array(32);
  const inJava = [bytes, Uint8Array.of(REFERENCE_OFFSET), target, Uint8Array.of(LOOP_ATTEMPTS)];
  return {
    name: `nonce search in ${bytes.length} bytes, counter ${where}`,
    unit: "attempts",
    contenders: [
      contender(
        ours.name,
        () => {
          core.searchBegin(bytes, offset, 8, target);
          core.search(0n, CORE_ATTEMPTS);
        },
        CORE_ATTEMPTS,
      ),
      ...others.map(({ name, hash }) =>
        contender(`loop over ${name}`, () => search(hash, bytes, offset, target, LOOP_ATTEMPTS), LOOP_ATTEMPTS),
      ),
      ...(java === null
        ? []
        : [{ name: `loop over ${JAVA}`, perRun: LOOP_ATTEMPTS, rate: await java.prepare("search", inJava, Uint8Array.of(0)) }]),
    ],
  };
}

async function searches(java: BouncyCastle | null): Promise<Group[]> {
  const { message: bytes, offset } = miningMessage(decode(readTxHeader, HEADER));
  return [
    await searching("in the first block", REFERENCE_OFFSET, bytes, java),
    await searching("in the last block", offset, bytes, java),
    searchesOnWorkers(bytes, offset),
  ];
}

/** The same search on one worker and on two, by the clock on the wall: what a board with more cores gains. */
function searchesOnWorkers(bytes: Uint8Array, offset: number): Group {
  const width = 3;
  const attempts = 2 ** 20;
  const task = { message: bytes, offset, width, start: BigInt(2 ** (8 * width) - attempts), target: new Uint8Array(32), duty: 1 };
  const onWorkers = (count: number): Contender => ({
    name: `minimote, ${count} ${count === 1 ? "worker" : "workers"}`,
    perRun: count * attempts,
    rate: async () => {
      const pool = new WorkerPool({ size: count });
      const searches = (): Promise<unknown> => Promise.allSettled(Array.from({ length: count }, () => pool.mine(task)));
      await searches();
      const started = performance.now();
      await searches();
      const seconds = (performance.now() - started) / 1000;
      await pool.close();
      return 1 / seconds;
    },
  });
  return { name: "nonce search on workers, wall clock", unit: "attempts", contenders: [1, 2].map(onWorkers) };
}

/** One-time signatures, beside the standard's stateless ones: another scheme, made of the same hash. */
async function signatures(java: BouncyCastle | null): Promise<Group[]> {
  const peer = "SLH-DSA-SHAKE-128f of @noble/post-quantum";
  const peerSeed = new Uint8Array(48).fill(1);
  const peerKeys = slh_dsa_shake_128f.keygen(peerSeed);
  const peerSignature = slh_dsa_shake_128f.sign(message, peerKeys.secretKey);
  const signature = winternitzSign(seed, message);
  const loops = (work: (hash: Hash) => Uint8Array): Way[] =>
    others.map(({ name, hash }) => ({ name: `loop over ${name}`, run: () => work(hash) }));
  const groups = [
    await agreeing(
      "Winternitz public key",
      "keys",
      [{ name: ours.name, run: () => winternitzPublicKey(seed) }, ...loops((hash) => publicKey(hash, seed))],
      java,
      { work: "key", parts: [seed] },
    ),
    await agreeing(
      "Winternitz signature",
      "signatures",
      [{ name: ours.name, run: () => winternitzSign(seed, message) }, ...loops((hash) => sign(hash, seed, message))],
      java,
      { work: "sign", parts: [seed, message] },
    ),
    await agreeing(
      "Winternitz verification",
      "signatures",
      [{ name: ours.name, run: () => winternitzRecover(message, signature) }, ...loops((hash) => recover(hash, message, signature))],
      java,
      { work: "recover", parts: [message, signature] },
    ),
  ];
  const peers = [
    contender(peer, () => slh_dsa_shake_128f.keygen(peerSeed)),
    contender(peer, () => slh_dsa_shake_128f.sign(message, peerKeys.secretKey)),
    contender(peer, () => slh_dsa_shake_128f.verify(peerSignature, message, peerKeys.publicKey)),
  ];
  return groups.map((group, i) => ({ ...group, contenders: [...group.contenders, ...peers.slice(i, i + 1)] }));
}

function level(): Promise<Group> {
  const seeds = Array.from({ length: LEVEL_KEYS }, (_, i) => treeSeed(seed, i));
  return agreeing(
    `key tree level of ${LEVEL_KEYS} one-time keys`,
    "levels",
    [
      { name: ours.name, run: () => keysRoot(treeKeys(seed, 0, LEVEL_KEYS)) },
      { name: `loop over ${hashWasm.name}`, run: () => treeLevel(hashWasm.hash, seeds) },
    ],
    null,
  );
}

function folding(): Promise<Group> {
  const leaf = { hash: message, value: MiniNumber.parse("12.5") };
  const chunks = Array.from({ length: PROOF_CHUNKS }, (_, i) => ({
    left: i % 2,
    data: { hash: sha3(Uint8Array.of(i)), value: MiniNumber.parse(`${2 ** i}.25`) },
  }));
  const proof: MMRProof = { blocktime: MiniNumber.ZERO, chunks };
  return agreeing(
    `MMR proof of ${PROOF_CHUNKS} chunks`,
    "folds",
    [
      { name: ours.name, run: () => foldProof(leaf, proof).hash },
      { name: "bigint sums, our hash", run: () => fold(sha3, leaf, proof) },
      ...others.map(({ name, hash }) => ({ name: `bigint sums, ${name}`, run: () => fold(hash, leaf, proof) })),
    ],
    null,
  );
}

/** Everything that is measured, beside Java if it is given. Throws when two ways to do the same differ. */
export async function allGroups(java: BouncyCastle | null): Promise<Group[]> {
  const hashings: Group[] = [];
  for (const length of [32, 136, 400]) hashings.push(await hashing(length, java));
  return [...hashings, ...(await searches(java)), ...(await signatures(java)), await level(), await folding()];
}
