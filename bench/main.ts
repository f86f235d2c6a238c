import { deepStrictEqual } from "node:assert";
import { add, complete, configure, suite } from "benny";
import { sha3 } from "../host/core/hash.js";
import { CoreInstance } from "../host/core/instance.js";
import { bestCore } from "../host/core/module.js";
import { winternitzPublicKey, winternitzRecover, winternitzSign } from "../host/core/winternitz.js";
import { foldProof } from "../host/protocol/mmr-node.js";
import type { MMRProof } from "../host/protocol/mmr-objects.js";
import { MiniNumber } from "../host/protocol/number.js";
import { contenders, OURS } from "./contenders.js";
import { HEADER } from "./header.js";
import { fold, type Hash, publicKey, recover, search } from "./work.js";

/** Times the core beside other SHA3 implementations, one after the other in one process: only the ratios mean anything. */

/** Bytes made, or hits of a search. */
type Result = Uint8Array | number;

interface Group {
  readonly name: string;
  /** What is counted; `...PerRun` is how many of it one run does. */
  readonly unit: string;
  readonly ours: () => Result;
  readonly oursPerRun: number;
  /** The same with another hash; must give the same result. */
  readonly theirs: (hash: Hash) => Result;
  readonly theirsPerRun: number;
}

const ROUNDS = 2;
const SECONDS_PER_CASE = 0.3;
const LEAST_SAMPLES = 5;
const REFERENCE_OFFSET = 4;
const CORE_ATTEMPTS = 4000;
const HASH_ATTEMPTS = 100;
const PROOF_CHUNKS = 24;

const core = new CoreInstance(bestCore);
const hardest = new Uint8Array(32);
const seed = sha3(new Uint8Array(0));
const message = sha3(seed);
const signature = winternitzSign(seed, message);
const leaf = { hash: message, value: MiniNumber.parse("12.5") };
const proof: MMRProof = {
  blocktime: MiniNumber.ZERO,
  chunks: Array.from({ length: PROOF_CHUNKS }, (_, i) => ({
    left: i % 2,
    data: { hash: sha3(Uint8Array.of(i)), value: MiniNumber.parse(`${1 << i}.25`) },
  })),
};

function hashing(length: number): Group {
  const data = new Uint8Array(length).fill(7);
  return {
    name: `SHA3-256 of ${length} bytes`,
    unit: "hashes",
    ours: () => sha3(data),
    oursPerRun: 1,
    theirs: (hash) => hash(data),
    theirsPerRun: 1,
  };
}

function searching(name: string, offset: number): Group {
  return {
    name,
    unit: "nonces",
    ours: () => {
      core.searchBegin(HEADER, offset, 8, hardest);
      return core.search(0n, CORE_ATTEMPTS) < 0 ? 1 : 0;
    },
    oursPerRun: CORE_ATTEMPTS,
    theirs: (hash) => search(hash, HEADER, offset, hardest, HASH_ATTEMPTS),
    theirsPerRun: HASH_ATTEMPTS,
  };
}

const single = { oursPerRun: 1, theirsPerRun: 1 };
const groups: readonly Group[] = [
  hashing(32),
  hashing(136),
  hashing(400),
  searching("nonce search, reference's nonce", REFERENCE_OFFSET),
  searching("nonce search, last block", HEADER.length - 44),
  {
    ...single,
    name: "Winternitz public key",
    unit: "keys",
    ours: () => winternitzPublicKey(seed),
    theirs: (hash) => publicKey(hash, seed),
  },
  {
    ...single,
    name: "Winternitz recover",
    unit: "signatures",
    ours: () => winternitzRecover(message, signature),
    theirs: (hash) => recover(hash, message, signature),
  },
  {
    ...single,
    name: `MMR proof of ${PROOF_CHUNKS} chunks`,
    unit: "folds",
    ours: () => foldProof(leaf, proof).hash,
    theirs: (hash) => fold(hash, leaf, proof),
  },
];

const plain = (result: Result): unknown => (typeof result === "number" ? result : Buffer.from(result).toString("hex"));

const everybody = await contenders();

/** The rates of one group, by contender. */
async function ratesOf({ name, ours, oursPerRun, theirs, theirsPerRun }: Group): Promise<Map<string, number>> {
  for (const { hash } of everybody) deepStrictEqual(plain(theirs(hash)), plain(ours()));
  const summary = await suite(
    name,
    configure({ cases: { minTime: SECONDS_PER_CASE / LEAST_SAMPLES, maxTime: SECONDS_PER_CASE, minSamples: LEAST_SAMPLES, delay: 0 } }),
    ...everybody.map((contender) => add(contender.name, contender.name === OURS ? () => void ours() : () => void theirs(contender.hash))),
    complete(() => undefined),
  );
  return new Map(summary.results.map((result) => [result.name, result.ops * (result.name === OURS ? oursPerRun : theirsPerRun)]));
}

/** The best of some rounds: a machine that others use too only ever makes a rate worse. */
async function bestRates(group: Group): Promise<Map<string, number>> {
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, rate] of await ratesOf(group)) best.set(name, Math.max(best.get(name) ?? 0, rate));
  return best;
}

const number = (value: number): string => value.toLocaleString("en", { maximumSignificantDigits: 3 });
const row = (cells: readonly string[]): string => cells.map((cell, i) => (i === 0 ? cell.padEnd(34) : cell.padStart(24))).join("");

const table = [row(["per second; x = how much faster", ...everybody.map(({ name }) => name)])];
for (const group of groups) {
  const rates = await bestRates(group);
  const mine = rates.get(OURS) ?? 0;
  const cells = [...rates].map(([name, rate]) =>
    name === OURS ? `${number(rate)} ${group.unit}` : `${number(rate)} (x ${(mine / rate).toFixed(1)})`,
  );
  table.push(row([group.name, ...cells]));
}
console.log(`\n${table.join("\n")}`);
