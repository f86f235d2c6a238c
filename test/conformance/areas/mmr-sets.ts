import { readMegaMMR, writeMegaMMR } from "../../../host/chain/mmr/mega.js";
import type { MMR } from "../../../host/chain/mmr/mmr.js";
import { readMMRSet, writeMMRSet } from "../../../host/chain/mmr/mmr-set.js";
import { pruneUnspendable, pruneZeros } from "../../../host/chain/mmr/prune.js";
import type { Bytes } from "../../../host/protocol/bytes.js";
import { writeCoin } from "../../../host/protocol/coin.js";
import { readMMRData, readMMREntry, readMMRProof, writeMMRData, writeMMREntry, writeMMRProof } from "../../../host/protocol/mmr-objects.js";
import { decode } from "../../../host/protocol/reader.js";
import { encode } from "../../../host/protocol/writer.js";
import type { Case } from "../area.js";
import { each, refused, same } from "../checks.js";
import { fromHex, lowerHex } from "./base-bytes.js";
import { type Node, numberHex, type Peak, places, proofHex, type State, sameNode, sameState, toPeak, toProof } from "./mmr-values.js";

interface SerializedFile {
  readonly mmrs: readonly (State & { enc: string; blocktime: string; entries: readonly Peak[] })[];
  readonly entries: readonly { entry: Peak; enc: string; dataEnc: string }[];
  readonly proofs: readonly { blocktime: string; chunks: readonly unknown[]; enc: string }[];
}

function sameSet(mmr: MMR, entries: readonly Peak[]): void {
  same(
    Array.from(mmr.entries(), ({ row, entry, data }) => `${row}:${entry.unscaled}:${lowerHex(data.hash)}:${numberHex(data.value)}`).sort(),
    entries.map(({ row, entry, hash, valueEnc }) => `${row}:${entry}:${hash}:${valueEnc}`).sort(),
    "entries",
  );
}

export function* checkSerialized(data: unknown): Iterable<Case> {
  const { mmrs, entries, proofs } = data as SerializedFile;
  yield* each("mmr", mmrs, (item) => {
    const mmr = decode(readMMRSet, fromHex(item.enc));
    same(String(mmr.blocktime), item.blocktime, "blocktime");
    sameSet(mmr, item.entries);
    sameState(mmr, item);
    sameSet(decode(readMMRSet, encode(writeMMRSet, mmr)), item.entries);
  });
  yield* each("entry", entries, ({ entry, enc, dataEnc }) => {
    same(lowerHex(encode(writeMMREntry, decode(readMMREntry, fromHex(enc)))), enc);
    same(lowerHex(encode(writeMMREntry, toPeak(entry))), enc);
    same(lowerHex(encode(writeMMRData, decode(readMMRData, fromHex(dataEnc)))), dataEnc);
  });
  yield* each("proof", proofs, ({ blocktime, chunks, enc }) => {
    const proof = toProof(enc);
    same([proof.blocktime.toString(), proof.chunks.length], [blocktime, chunks.length]);
    same(proofHex(proof), enc);
  });
}

interface MalformedCase extends Partial<State> {
  readonly type: "proof" | "entry" | "mmr";
  readonly input: string;
  readonly ok: boolean;
  readonly reencoded?: string;
}

export function* checkMalformed(data: unknown): Iterable<Case> {
  const { cases } = data as { cases: readonly (MalformedCase & { name: string })[] };
  const recode = (type: MalformedCase["type"], bytes: Bytes): Bytes => {
    if (type === "proof") return encode(writeMMRProof, decode(readMMRProof, bytes));
    return type === "entry" ? encode(writeMMREntry, decode(readMMREntry, bytes)) : encode(writeMMRSet, decode(readMMRSet, bytes));
  };
  for (const item of cases) {
    yield {
      name: item.name,
      run: () => {
        if (!item.ok) return refused(() => recode(item.type, fromHex(item.input)), item.name);
        same(lowerHex(recode(item.type, fromHex(item.input))), item.reencoded);
        if (item.type === "mmr") sameState(decode(readMMRSet, fromHex(item.input)), item as MalformedCase & State);
      },
    };
  }
}

interface PruneFile {
  readonly zeroPrune: readonly {
    mmr: string;
    zeroEntries: readonly string[];
    root: Node;
    rootAfter: Node;
    keptRowEntry: readonly string[];
  }[];
  readonly unspendableScan: readonly {
    mmr: string;
    unspendable: readonly string[];
    root: Node;
    kept: readonly { at: string; unspendable: boolean }[];
    prunedCoins: readonly string[];
  }[];
  readonly megaMMR: readonly (State & { coins: readonly string[]; blocktime: string; enc: string })[];
}

function runPlain<T>(steps: Generator<unknown, T, void>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export function* checkPrune(data: unknown): Iterable<Case> {
  const { zeroPrune, unspendableScan, megaMMR } = data as PruneFile;
  yield* each("zero prune", zeroPrune, (item) => {
    const mmr = decode(readMMRSet, fromHex(item.mmr));
    sameNode(mmr.root(), item.root, "root");
    const zeros = Array.from(mmr.entries()).filter(({ row, data }) => row === 0 && data.value.isZero());
    pruneZeros(
      mmr,
      zeros.map(({ entry }) => entry.unscaled),
    );
    sameNode(mmr.root(), item.rootAfter, "root after");
    same(places(mmr), [...item.keptRowEntry].sort(), "kept");
  });
  yield* each("unspendable scan", unspendableScan, (item) => {
    const mmr = decode(readMMRSet, fromHex(item.mmr));
    const removed = runPlain(pruneUnspendable(mmr, (entry) => item.unspendable.includes(entry.toString())));
    same(removed.map(String).sort(), [...item.prunedCoins].sort(), "pruned coins");
    sameNode(mmr.root(), item.root, "root");
    same(places(mmr), item.kept.map(({ at }) => at).sort(), "kept");
  });
  yield* each("mega", megaMMR, (item) => {
    const mega = decode(readMegaMMR, fromHex(item.enc));
    same(String(mega.mmr.blocktime), item.blocktime, "blocktime");
    sameState(mega.mmr, item);
    const coins = Array.from(mega.coins(), (coin) => lowerHex(encode(writeCoin, coin)));
    same(coins.sort(), [...item.coins].sort(), "coins");
    const again = decode(readMegaMMR, encode(writeMegaMMR, mega));
    same([places(again.mmr), again.size], [places(mega.mmr), mega.size], "written and read again");
  });
}
