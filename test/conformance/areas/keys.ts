import { sha3 } from "../../../host/core/hash.js";
import { winternitzPublicKey, winternitzRecover, winternitzSign } from "../../../host/core/winternitz.js";
import { addressOf } from "../../../host/protocol/address.js";
import { type Bytes, equalBytes } from "../../../host/protocol/bytes.js";
import { ProtocolError } from "../../../host/protocol/errors.js";
import { signatureProofRoot, signatureRootKey } from "../../../host/protocol/mmr-node.js";
import { writeMMRProof } from "../../../host/protocol/mmr-objects.js";
import { encodeMx } from "../../../host/protocol/mx.js";
import { decode, Reader } from "../../../host/protocol/reader.js";
import { readSignature, writeSignature } from "../../../host/protocol/signature.js";
import { encodeUtf8 } from "../../../host/protocol/text.js";
import { verifySignature } from "../../../host/protocol/verify-signature.js";
import { encode } from "../../../host/protocol/writer.js";
import { WalletError } from "../../../host/wallet/errors.js";
import { simpleScript } from "../../../host/wallet/scripts.js";
import { cleanPhrase, keyModifier, keySeed, phraseSeed } from "../../../host/wallet/seedphrase.js";
import { DEFAULT_SHAPE, maxUses, TreeKey, type TreeShape, treePublicKey } from "../../../host/wallet/treekey.js";
import type { Area, Case } from "../area.js";
import { each, refused, same } from "../checks.js";
import { fromHex, lowerHex } from "./base-bytes.js";

/** `true`, `false`, or `error` where the reference cannot tell. */
function verdict(check: () => boolean): string {
  try {
    return String(check());
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof RangeError) return "error";
    throw error;
  }
}

function rejectsSeed(make: () => unknown): void {
  try {
    make();
  } catch (error) {
    if (error instanceof RangeError) return;
    throw error;
  }
  throw new Error("a short seed was accepted");
}

interface OneTimeCase {
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
}

interface WinternitzFile {
  readonly full: OneTimeCase & { readonly seed: string; readonly messageHash: string };
  readonly publicKeys: readonly { seed: string; publicKey?: string; error?: string }[];
  readonly signatures: readonly (OneTimeCase & { seed: string; verify: string })[];
  readonly verify: readonly (OneTimeCase & { what: string; result: string })[];
}

const verifies = ({ publicKey, message, signature }: OneTimeCase): string =>
  verdict(() => equalBytes(winternitzRecover(fromHex(message), fromHex(signature)), fromHex(publicKey)));

function* checkWinternitz(data: unknown): Iterable<Case> {
  const { full, publicKeys, signatures, verify } = data as WinternitzFile;
  yield {
    name: "full",
    run: () => {
      same(lowerHex(sha3(fromHex(full.message))), full.messageHash, "hash");
      same(lowerHex(winternitzPublicKey(fromHex(full.seed))), full.publicKey, "public key");
      same(lowerHex(winternitzSign(fromHex(full.seed), fromHex(full.message))), full.signature, "signature");
      same(verifies(full), "true", "verification");
    },
  };
  yield* each("public key", publicKeys, ({ seed, publicKey }) => {
    if (publicKey === undefined) rejectsSeed(() => winternitzPublicKey(fromHex(seed)));
    else same(lowerHex(winternitzPublicKey(fromHex(seed))), publicKey);
  });
  yield* each("signature", signatures, (item) => {
    same(lowerHex(winternitzPublicKey(fromHex(item.seed))), item.publicKey, "public key");
    same(lowerHex(winternitzSign(fromHex(item.seed), fromHex(item.message))), item.signature, "signature");
    same(verifies(item), item.verify, "verification");
  });
  for (const item of verify) yield { name: item.what, run: () => same(verifies(item), item.result) };
}

interface TreeSignature {
  readonly uses: number;
  readonly message: string;
  readonly verify: string;
  readonly levels: readonly { publicKey: string; rootKey: string; signatureSha3: string; signatureLength: number; proof: string }[];
  readonly encLength: number;
  readonly encSha3: string;
  readonly enc?: string;
}

interface TreeCase {
  readonly keysPerLevel: number;
  readonly levels: number;
  readonly seed: string;
  readonly publicKey: string;
  readonly maxUses: number;
  readonly signatures: readonly TreeSignature[];
}

const shapeOf = ({ keysPerLevel, levels }: Pick<TreeCase, "keysPerLevel" | "levels">): TreeShape => ({ keys: keysPerLevel, levels });

/** The cases of a tree share its nodes, as a wallet does. */
function* checkTree(name: string, tree: TreeCase): Iterable<Case> {
  let opened: Promise<TreeKey> | undefined;
  const open = (): Promise<TreeKey> => {
    opened ??= TreeKey.open(fromHex(tree.seed), shapeOf(tree));
    return opened;
  };
  yield {
    name: `${name} public key`,
    run: async () => {
      const key = await open();
      same([lowerHex(key.publicKey), key.maxUses], [tree.publicKey, tree.maxUses]);
    },
  };
  yield* each(`${name} signature`, tree.signatures, async (expected) => checkTreeSignature(await open(), expected));
  yield {
    name: `${name} exhausted`,
    run: async () => {
      const key = await open();
      try {
        await key.sign(tree.maxUses, new Uint8Array(32));
      } catch (error) {
        same(error instanceof WalletError && error.code, "keys-exhausted");
        return;
      }
      throw new Error("the key started over");
    },
  };
}

async function checkTreeSignature(key: TreeKey, expected: TreeSignature): Promise<void> {
  const message = fromHex(expected.message);
  const signature = await key.sign(expected.uses, message);
  const levels = signature.proofs.map((level) => ({
    publicKey: lowerHex(level.publickey),
    rootKey: lowerHex(signatureProofRoot(level)),
    signatureSha3: lowerHex(sha3(level.signature)),
    signatureLength: level.signature.length,
    proof: lowerHex(encode(writeMMRProof, level.proof)),
  }));
  same(levels, expected.levels, "levels");
  const bytes = encode(writeSignature, signature);
  same([bytes.length, lowerHex(sha3(bytes))], [expected.encLength, expected.encSha3], "encoding");
  if (expected.enc !== undefined) same(lowerHex(bytes), expected.enc, "encoding");
  same(
    verdict(() => verifySignature(key.publicKey, message, signature)),
    expected.verify,
    "verification",
  );
}

interface TreeFile {
  readonly keys: readonly TreeCase[];
  readonly otherSeedLengths: readonly (Pick<TreeCase, "keysPerLevel" | "levels"> & { seed: string; publicKey: string })[];
}

function* checkTrees(data: unknown): Iterable<Case> {
  const { keys, otherSeedLengths } = data as TreeFile;
  for (const tree of keys) yield* checkTree(`${tree.keysPerLevel}x${tree.levels}`, tree);
  yield* each("seed of another length", otherSeedLengths, async ({ seed, publicKey, ...shape }) => {
    same(lowerHex((await TreeKey.open(fromHex(seed), shapeOf(shape))).publicKey), publicKey);
  });
}

interface VerifyCase {
  readonly what: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly result: string;
}

function* checkVerify(data: unknown): Iterable<Case> {
  for (const { what, publicKey, message, signature, result } of (data as { cases: readonly VerifyCase[] }).cases) {
    const check = (): boolean => verifySignature(fromHex(publicKey), fromHex(message), decode(readSignature, fromHex(signature)));
    yield { name: what, run: () => same(verdict(check), result) };
  }
}

interface DecodeCase {
  readonly what: string;
  readonly input: string;
  readonly ok: boolean;
  readonly levels?: number;
  readonly reencoded?: string;
  readonly rootPublicKey?: string;
}

function checkDecode({ what, input, ok, levels, reencoded, rootPublicKey }: DecodeCase): void {
  const read = (): ReturnType<typeof readSignature> => readSignature(new Reader(fromHex(input)));
  if (!ok) {
    refused(read, what);
    return;
  }
  const signature = read();
  same([signature.proofs.length, lowerHex(encode(writeSignature, signature))], [levels, reencoded]);
  if (rootPublicKey === undefined || rootPublicKey === "error") refused(() => signatureRootKey(signature), "root key of no levels");
  else same(lowerHex(signatureRootKey(signature)), rootPublicKey, "root key");
}

function* checkDecodes(data: unknown): Iterable<Case> {
  for (const item of (data as { cases: readonly DecodeCase[] }).cases) yield { name: item.what, run: () => checkDecode(item) };
}

interface WalletKey {
  readonly index: number;
  readonly modifier: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly maxUses: number;
  readonly script: string;
  readonly address: string;
  readonly mx: string;
}

interface WalletFile {
  readonly wallets: readonly { phrase: string; baseSeed: string; keys: readonly WalletKey[] }[];
  readonly clean: readonly { input: string; cleaned?: string; seed?: string; error?: string }[];
  readonly anyPhrase: readonly { phrase: string; utf8: string; seed: string }[];
}

async function checkWalletKey(baseSeed: Bytes, key: WalletKey): Promise<void> {
  const seed = keySeed(baseSeed, key.index);
  same([lowerHex(keyModifier(key.index)), lowerHex(seed)], [key.modifier, key.privateKey], "seed");
  const publicKey = await treePublicKey(seed, DEFAULT_SHAPE.keys);
  const { script, address } = addressOf(simpleScript(publicKey));
  same(
    [lowerHex(publicKey), maxUses(DEFAULT_SHAPE), script, lowerHex(address), encodeMx(address)],
    [key.publicKey, key.maxUses, key.script, key.address, key.mx],
  );
}

function* checkWallet(data: unknown): Iterable<Case> {
  const { wallets, clean, anyPhrase } = data as WalletFile;
  for (const { phrase, baseSeed, keys } of wallets) {
    yield { name: "base seed", run: () => same(lowerHex(phraseSeed(phrase)), baseSeed) };
    yield* each("key", keys, (key) => checkWalletKey(fromHex(baseSeed), key));
  }
  yield* each("clean", clean, ({ input, cleaned, seed }) => {
    if (cleaned === undefined) refused(() => cleanPhrase(input), "not a phrase");
    else same([cleanPhrase(input), lowerHex(phraseSeed(cleanPhrase(input)))], [cleaned, seed]);
  });
  yield* each("any phrase", anyPhrase, ({ phrase, utf8, seed }) =>
    same([lowerHex(encodeUtf8(phrase)), lowerHex(phraseSeed(phrase))], [utf8, seed]),
  );
}

/** Vectors of spec 04. */
export const keys: Area = {
  winternitz: checkWinternitz,
  treekey: checkTrees,
  treekey_default: (data) => checkTree("default", data as TreeCase),
  treekey_verify: checkVerify,
  signature_decode: checkDecodes,
  wallet: checkWallet,
};
