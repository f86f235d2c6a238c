import { strictEqual } from "node:assert";
import { slh_dsa_shake_128f } from "@noble/post-quantum/slh-dsa.js";
import { sha3 } from "../host/core/hash.js";
import { CoreInstance } from "../host/core/instance.js";
import { bestCore } from "../host/core/module.js";
import { keysRoot, treeKeys, treeSeed } from "../host/core/tree-key.js";
import { winternitzPublicKey, winternitzRecover, winternitzSign } from "../host/core/winternitz.js";
import { miningMessage } from "../host/node/mining-message.js";
import { foldProof } from "../host/protocol/mmr-node.js";
import type { MMRProof } from "../host/protocol/mmr-objects.js";
import { MiniNumber } from "../host/protocol/number.js";
import { decode } from "../host/protocol/reader.js";
import { readTxHeader } from "../host/protocol/txheader.js";
import { hashWasm, others, ours } from "./contenders.js";
import { HEADER } from "./header.js";
import { fold, publicKey, recover, search, sign, treeLevel } from "./work.js";

/** One way to do the work of a group. */
export interface Entry {
  readonly name: string;
  /** How much of it one run does. */
  readonly perRun: number;
  readonly run: () => unknown;
}

/** The same work done in several ways: ours first. */
export interface Group {
  readonly name: string;
  /** What is counted. */
  readonly unit: string;
  readonly entries: readonly Entry[];
}

const REFERENCE_OFFSET = 4;
const CORE_ATTEMPTS = 4000;
const LOOP_ATTEMPTS = 100;
const PROOF_CHUNKS = 24;
const LEVEL_KEYS = 64;

const core = new CoreInstance(bestCore);
const seed = sha3(new Uint8Array(0));
const message = sha3(seed);

const entry = (name: string, run: () => unknown, perRun = 1): Entry => ({ name, run, perRun });

/** A group whose entries must give the same bytes. */
function agreeing(name: string, unit: string, entries: readonly Entry[]): Group {
  const [first, ...rest] = entries.map(({ run }) => Buffer.from(run() as Uint8Array).toString("hex"));
  for (const result of rest) strictEqual(result, first, name);
  return { name, unit, entries };
}

function hashing(length: number): Group {
  const data = new Uint8Array(length).fill(7);
  return agreeing(
    `SHA3-256 of ${length} bytes`,
    "hashes",
    [ours, ...others].map(({ name, hash }) => entry(name, () => hash(data))),
  );
}

/** No counter fits, so that all do the same number of attempts. */
function searching(where: string, offset: number, bytes: Uint8Array): Group {
  const target = new Uint8Array(32);
  return {
    name: `nonce search in ${bytes.length} bytes, counter ${where}`,
    unit: "attempts",
    entries: [
      entry(
        ours.name,
        () => {
          core.searchBegin(bytes, offset, 8, target);
          core.search(0n, CORE_ATTEMPTS);
        },
        CORE_ATTEMPTS,
      ),
      ...others.map(({ name, hash }) =>
        entry(`loop over ${name}`, () => search(hash, bytes, offset, target, LOOP_ATTEMPTS), LOOP_ATTEMPTS),
      ),
    ],
  };
}

function searches(): Group[] {
  const { message: bytes, offset } = miningMessage(decode(readTxHeader, HEADER));
  return [searching("in the first block", REFERENCE_OFFSET, bytes), searching("in the last block", offset, bytes)];
}

/** One-time signatures, beside the standard's stateless ones: another scheme, made of the same hash. */
function signatures(): Group[] {
  const peer = "SLH-DSA-SHAKE-128f of @noble/post-quantum";
  const peerSeed = new Uint8Array(48).fill(1);
  const peerKeys = slh_dsa_shake_128f.keygen(peerSeed);
  const peerSignature = slh_dsa_shake_128f.sign(message, peerKeys.secretKey);
  const signature = winternitzSign(seed, message);
  const groups = [
    agreeing("Winternitz public key", "keys", [
      entry(ours.name, () => winternitzPublicKey(seed)),
      ...others.map(({ name, hash }) => entry(`loop over ${name}`, () => publicKey(hash, seed))),
    ]),
    agreeing("Winternitz signature", "signatures", [
      entry(ours.name, () => winternitzSign(seed, message)),
      ...others.map(({ name, hash }) => entry(`loop over ${name}`, () => sign(hash, seed, message))),
    ]),
    agreeing("Winternitz verification", "signatures", [
      entry(ours.name, () => winternitzRecover(message, signature)),
      ...others.map(({ name, hash }) => entry(`loop over ${name}`, () => recover(hash, message, signature))),
    ]),
  ];
  const peers = [
    entry(peer, () => slh_dsa_shake_128f.keygen(peerSeed)),
    entry(peer, () => slh_dsa_shake_128f.sign(message, peerKeys.secretKey)),
    entry(peer, () => slh_dsa_shake_128f.verify(peerSignature, message, peerKeys.publicKey)),
  ];
  return groups.map((group, i) => ({ ...group, entries: [...group.entries, ...peers.slice(i, i + 1)] }));
}

function level(): Group {
  const seeds = Array.from({ length: LEVEL_KEYS }, (_, i) => treeSeed(seed, i));
  return agreeing(`key tree level of ${LEVEL_KEYS} one-time keys`, "levels", [
    entry(ours.name, () => keysRoot(treeKeys(seed, 0, LEVEL_KEYS))),
    entry(`loop over ${hashWasm.name}`, () => treeLevel(hashWasm.hash, seeds)),
  ]);
}

function folding(): Group {
  const leaf = { hash: message, value: MiniNumber.parse("12.5") };
  const chunks = Array.from({ length: PROOF_CHUNKS }, (_, i) => ({
    left: i % 2,
    data: { hash: sha3(Uint8Array.of(i)), value: MiniNumber.parse(`${2 ** i}.25`) },
  }));
  const proof: MMRProof = { blocktime: MiniNumber.ZERO, chunks };
  return agreeing(`MMR proof of ${PROOF_CHUNKS} chunks`, "folds", [
    entry(ours.name, () => foldProof(leaf, proof).hash),
    entry("bigint sums, our hash", () => fold(sha3, leaf, proof)),
    ...others.map(({ name, hash }) => entry(`bigint sums, ${name}`, () => fold(hash, leaf, proof))),
  ]);
}

/** Everything that is measured. Throws when two ways to do the same differ. */
export function allGroups(): Group[] {
  return [...[32, 136, 400].map(hashing), ...searches(), ...signatures(), level(), folding()];
}
