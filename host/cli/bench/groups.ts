import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha3 } from "../../core/hash.js";
import { CoreInstance } from "../../core/instance.js";
import { bestCore } from "../../core/module.js";
import { winternitzPublicKey, winternitzRecover, winternitzSign } from "../../core/winternitz.js";
import { runScript } from "../../kissvm/index.js";
import { dataLeaf, foldProof } from "../../protocol/mmr-node.js";
import { EMPTY_PROOF, type ProofChunk } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";
import { EMPTY_TRANSACTION } from "../../protocol/transaction.js";
import { EMPTY_WITNESS } from "../../protocol/witness.js";
import { openDatabase } from "../../store/database.js";
import { contender, type Group } from "./measure.js";

const HEADER_BYTES = 400;
const ATTEMPTS = 4000;
const PROOF_CHUNKS = 24;
/** 340 bytes from the end: the counter lies in the last block of SHA3. */
const COUNTER_OFFSET = HEADER_BYTES - 44;
const MAX_OPERATIONS = 1024;
const LOOP = "LET i=0 WHILE i LT 100 DO LET i=INC(i) ENDWHILE RETURN i EQ 100";
const CACHE_KIB = 256;
const ROW_BYTES = 1000;

const OURS = "minimote";

type Hash = (data: Uint8Array) => Uint8Array | string;

/** Other SHA3-256s that are installed here: those that only development needs may be missing. */
async function otherHashes(): Promise<readonly (readonly [string, Hash])[]> {
  const found: (readonly [string, Hash])[] = [["node:crypto", (data) => createHash("sha3-256").update(data).digest()]];
  const load = async (name: string): Promise<Record<string, unknown>> => (await import(name)) as Record<string, unknown>;
  try {
    const { createSHA3 } = await load("hash-wasm");
    const hasher = await (
      createSHA3 as (bits: number) => Promise<{ init(): void; update(data: Uint8Array): void; digest(kind: "binary"): Uint8Array }>
    )(256);
    found.push([
      "hash-wasm",
      (data) => {
        hasher.init();
        hasher.update(data);
        return hasher.digest("binary");
      },
    ]);
    const { sha3_256 } = await load("@noble/hashes/sha3.js");
    found.push(["@noble/hashes", sha3_256 as Hash]);
  } catch {
    // Not installed: only those found are shown.
  }
  return found;
}

/** Hashes, searches, signatures and proofs: what the core does. */
export async function coreGroups(): Promise<Group[]> {
  const hashes = await otherHashes();
  const core = new CoreInstance(bestCore);
  const data = new Uint8Array(136).fill(7);
  const header = new Uint8Array(HEADER_BYTES).fill(7);
  const seed = sha3(data);
  const signature = winternitzSign(seed, data);
  const leaf = dataLeaf(data, MiniNumber.parse("12.5"));
  const chunks: ProofChunk[] = Array.from({ length: PROOF_CHUNKS }, (_, i) => ({
    left: i % 2,
    data: dataLeaf(Uint8Array.of(i), MiniNumber.of(i)),
  }));
  const proof = { ...EMPTY_PROOF, chunks };
  const view = new DataView(header.buffer);
  return [
    {
      name: "SHA3-256 of 136 bytes",
      unit: "hashes",
      contenders: [contender(OURS, () => sha3(data)), ...hashes.map(([name, hash]) => contender(name, () => hash(data)))],
    },
    {
      name: "mining: attempts on a header of 400 bytes",
      unit: "attempts",
      contenders: [
        contender(
          OURS,
          () => {
            core.searchBegin(header, COUNTER_OFFSET, 8, new Uint8Array(32));
            core.search(0n, ATTEMPTS);
          },
          ATTEMPTS,
        ),
        ...hashes.map(([name, hash]) =>
          contender(`loop over ${name}`, () => {
            view.setUint32(4, view.getUint32(4) + 1);
            return hash(header);
          }),
        ),
      ],
    },
    { name: "one-time keys (Winternitz)", unit: "keys", contenders: [contender(OURS, () => winternitzPublicKey(seed))] },
    { name: "one-time signatures", unit: "signatures", contenders: [contender(OURS, () => winternitzSign(seed, data))] },
    { name: "verified one-time signatures", unit: "signatures", contenders: [contender(OURS, () => winternitzRecover(data, signature))] },
    { name: `MMR proofs of ${PROOF_CHUNKS} chunks`, unit: "proofs", contenders: [contender(OURS, () => foldProof(leaf, proof))] },
  ];
}

/** Instructions of a loop that counts. */
export function scriptGroup(): Group {
  const environment = {
    transaction: EMPTY_TRANSACTION,
    witness: EMPTY_WITNESS,
    signatures: [],
    previousState: [],
    globals: new Map(),
    maxOperations: MAX_OPERATIONS,
  };
  const { success, instructions } = runScript(LOOP, environment);
  if (!success) throw new Error("the script of the benchmark fails");
  return {
    name: "script instructions",
    unit: "instructions",
    contenders: [contender(OURS, () => runScript(LOOP, environment), instructions)],
  };
}

/** Commits of one row of a kilobyte, in a temporary file: as the chain is stored, and as key uses are. Gives the file up at the end. */
export async function withCommits<Result>(work: (group: Group) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "minimote-bench-"));
  const stores = (["NORMAL", "FULL"] as const).map((synchronous) => {
    const migrations = ["CREATE TABLE row (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL)"];
    const database = openDatabase({ path: join(folder, `${synchronous}.db`), synchronous, cacheKiB: CACHE_KIB, migrations });
    const add = database.prepare("INSERT INTO row (bytes) VALUES (?)");
    const bytes = Buffer.alloc(ROW_BYTES);
    return { database, contender: contender(synchronous === "NORMAL" ? "chain (NORMAL)" : "wallet (FULL)", () => add.run(bytes)) };
  });
  try {
    return await work({ name: "SQLite commits", unit: "commits", contenders: stores.map(({ contender }) => contender) });
  } finally {
    for (const { database } of stores) database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
