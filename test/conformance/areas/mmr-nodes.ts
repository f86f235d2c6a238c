import { MMR } from "../../../host/chain/mmr/mmr.js";
import { readCoin } from "../../../host/protocol/coin.js";
import { entryNumberText, readEntryNumber, writeEntryNumber } from "../../../host/protocol/entry-number.js";
import {
  coinLeaf,
  dataLeaf,
  equalNodes,
  foldProof,
  parentNode,
  scriptProofAddress,
  spentCoinLeaf,
  textLeaf,
} from "../../../host/protocol/mmr-node.js";
import type { MMRData } from "../../../host/protocol/mmr-objects.js";
import { encodeMx } from "../../../host/protocol/mx.js";
import { decode } from "../../../host/protocol/reader.js";
import { decodeUtf8 } from "../../../host/protocol/text.js";
import { readScriptProof, writeScriptProof } from "../../../host/protocol/witness.js";
import { encode } from "../../../host/protocol/writer.js";
import type { Case } from "../area.js";
import { each, refused, same } from "../checks.js";
import { fromHex, lowerHex } from "./base-bytes.js";
import { type Node, number, numberHex, type Peak, proofHex, sameNode, toNode, toPeak, toProof } from "./mmr-values.js";

interface LeafCase {
  readonly kind: "string" | "data" | "coin";
  readonly objectEnc: string;
  readonly value: string;
  readonly valueEnc: string;
  readonly hash: string;
}

export function checkLeaf({ kind, objectEnc, valueEnc, hash }: LeafCase): void {
  const object = fromHex(objectEnc);
  if (kind === "coin") {
    const coin = decode(readCoin, object);
    const leaf = coin.spent === 0 ? coinLeaf(coin) : spentCoinLeaf(coin);
    same([lowerHex(leaf.hash), numberHex(leaf.value)], [hash, valueEnc]);
    return;
  }
  const payload = decode((reader) => reader.data(), object);
  const leaf = kind === "data" ? dataLeaf(payload, number(valueEnc)) : textLeaf(decodeUtf8(payload), number(valueEnc));
  same(lowerHex(leaf.hash), hash);
}

interface ParentCase {
  readonly left: Node;
  readonly right: Node;
  readonly sumEnc: string;
  readonly hash: string;
  readonly error?: boolean;
}

export function checkParent(item: ParentCase): void {
  const make = (): MMRData => parentNode(toNode(item.left), toNode(item.right));
  if (item.error === true) {
    refused(make, "sum out of range");
    return;
  }
  const parent = make();
  same([lowerHex(parent.hash), numberHex(parent.value)], [item.hash, item.sumEnc]);
}

interface ProofCheck {
  readonly name: string;
  readonly leaf: Node;
  readonly proof: string;
  readonly calculated?: Node;
  readonly valid: boolean;
}

export function* checkProofs(data: unknown): Iterable<Case> {
  const { mmrs } = data as {
    mmrs: readonly { leaves: number; blocktime: string; peaks: readonly Peak[]; checks: readonly ProofCheck[] }[];
  };
  for (const { leaves, peaks, checks } of mmrs) {
    const mmr = MMR.fromPeaks(0, peaks.map(toPeak));
    yield* each(`${leaves} leaves`, checks, ({ leaf, proof, calculated, valid }) => {
      if (calculated !== undefined) sameNode(foldProof(toNode(leaf), toProof(proof)), calculated, "fold");
      same(mmr.proves(toNode(leaf), toProof(proof)), valid, "valid");
    });
  }
}

interface EntryNumberCase {
  readonly number: string;
  readonly enc: string;
  readonly isLeft: boolean;
  readonly sibling: string;
  readonly parent: string;
  readonly leftChild: string;
  readonly rightChild: string;
}

interface EntryNumberDecode {
  readonly input: string;
  readonly scale?: number;
  readonly unscaled?: string;
  readonly text?: string;
  readonly reencoded?: string;
}

export function* checkEntryNumbers(data: unknown): Iterable<Case> {
  const { numbers, decode: decodes } = data as { numbers: readonly EntryNumberCase[]; decode: readonly EntryNumberDecode[] };
  yield* each("number", numbers, (item) => {
    const entry = BigInt(item.number);
    same(lowerHex(encode(writeEntryNumber, { scale: 0, unscaled: entry })), item.enc);
    same(
      [(entry & 1n) === 0n, entry ^ 1n, entry >> 1n, entry << 1n, (entry << 1n) | 1n].map(String),
      [item.isLeft, item.sibling, item.parent, item.leftChild, item.rightChild].map(String),
    );
  });
  yield* each("decode", decodes, (item) => {
    const read = (): ReturnType<typeof readEntryNumber> => decode(readEntryNumber, fromHex(item.input));
    if (item.reencoded === undefined) return refused(read, "not decodable");
    const entry = read();
    same(lowerHex(encode(writeEntryNumber, entry)), item.reencoded);
    same([entry.scale, entry.unscaled.toString()], [item.scale, item.unscaled]);
    if (item.text !== undefined) same(entryNumberText(entry), item.text);
  });
}

interface TreesFile {
  readonly singleScripts: readonly { script: string; address: string; scriptProof: string; mx: string }[];
  readonly scriptTrees: readonly {
    root: Node;
    leaves: readonly { script: string; proof: string; scriptProof: string; address: string }[];
  }[];
  readonly sumTrees: readonly { root: Node; leaves: readonly { data: string; value: string; valueEnc: string; proof: string }[] }[];
  readonly equalLeaves: readonly {
    leaf: Node;
    leaves: number;
    root: Node;
    proofs: readonly { entry: string; proof: string; calculated: Node; valid: boolean }[];
  }[];
}

export function* checkTrees(data: unknown): Iterable<Case> {
  const { singleScripts, scriptTrees, sumTrees, equalLeaves } = data as TreesFile;
  yield* each("single script", singleScripts, ({ script, address, scriptProof, mx }) => {
    same([lowerHex(textLeaf(script).hash), encodeMx(textLeaf(script).hash)], [address, mx]);
    same(lowerHex(scriptProofAddress(decode(readScriptProof, fromHex(scriptProof)))), address);
  });
  yield* each("script tree", scriptTrees, ({ root, leaves }) => {
    const tree = MMR.of(leaves.map(({ script }) => textLeaf(script)));
    sameNode(tree.root(), root, "root");
    same(
      leaves
        .map(({ script }, i) => ({ script, proof: tree.proofToRoot(BigInt(i)) }))
        .map((item) => [proofHex(item.proof), lowerHex(encode(writeScriptProof, item)), lowerHex(scriptProofAddress(item))]),
      leaves.map(({ proof, scriptProof, address }) => [proof, scriptProof, address]),
      "script proofs",
    );
    for (const { scriptProof, address } of leaves)
      same(lowerHex(scriptProofAddress(decode(readScriptProof, fromHex(scriptProof)))), address, "address");
  });
  yield* each("sum tree", sumTrees, ({ root, leaves }) => {
    const tree = MMR.of(leaves.map(({ data: bytes, valueEnc }) => dataLeaf(fromHex(bytes), number(valueEnc))));
    sameNode(tree.root(), root, "root");
    same(
      leaves.map((_, i) => proofHex(tree.proofToRoot(BigInt(i)))),
      leaves.map(({ proof }) => proof),
      "proofs",
    );
  });
  yield* each("equal leaves", equalLeaves, ({ leaf, leaves, root, proofs }) => {
    const tree = MMR.of(Array.from({ length: leaves }, () => toNode(leaf)));
    sameNode(tree.root(), root, "root");
    for (const { entry, proof, calculated, valid } of proofs) {
      same(proofHex(tree.proofToRoot(BigInt(entry))), proof, "proof");
      const end = foldProof(toNode(leaf), toProof(proof));
      sameNode(end, calculated, "fold");
      same(equalNodes(end, toNode(root)), valid, "valid");
    }
  });
}
