import { cascadeOf, EMPTY_CASCADE, isConsistentCascade, isWellFormedChain } from "../../../host/chain/cascade.js";
import { chainWeight, weighed } from "../../../host/chain/compare.js";
import { GENESIS_PEAK, makeGenesis } from "../../../host/chain/genesis.js";
import { brokenBasicRule } from "../../../host/chain/validation/basic-check.js";
import { hasValidSignatures } from "../../../host/chain/validation/signature-check.js";
import { stateStoreSize } from "../../../host/chain/validation/state-size.js";
import { weightText } from "../../../host/chain/weight.js";
import { addressOf } from "../../../host/protocol/address.js";
import { equalBytes, toHex0x } from "../../../host/protocol/bytes.js";
import { readCascadeNodes, writeCascadeNodes } from "../../../host/protocol/cascade.js";
import { ProtocolError } from "../../../host/protocol/errors.js";
import type { IBD } from "../../../host/protocol/ibd.js";
import { printJson } from "../../../host/protocol/json.js";
import { mmrDataToJSON, mmrEntryToJSON } from "../../../host/protocol/json-views/proof-json.js";
import { isForPackage, type MaximaPackage, type MaxTxPoW, maximaPackageHash } from "../../../host/protocol/messages/maxima.js";
import { outputCoinId } from "../../../host/protocol/mmr-node.js";
import { EMPTY_PROOF, writeMMREntry } from "../../../host/protocol/mmr-objects.js";
import { decodeMx, encodeMx } from "../../../host/protocol/mx.js";
import { decode } from "../../../host/protocol/reader.js";
import type { Signature } from "../../../host/protocol/signature.js";
import { stateVariableFromText, writeStateVariable } from "../../../host/protocol/state-variable.js";
import { writeTxBlock } from "../../../host/protocol/txblock.js";
import { bodyHash } from "../../../host/protocol/txbody.js";
import { readTxPoW, superLevel, txpowId, writeTxPoW } from "../../../host/protocol/txpow.js";
import { verifySignature } from "../../../host/protocol/verify-signature.js";
import { writeScriptProof } from "../../../host/protocol/witness.js";
import { encode } from "../../../host/protocol/writer.js";
import type { Case } from "../area.js";
import { refused, same } from "../checks.js";
import { fromHex } from "./base-bytes.js";
import { checkBlock } from "./objects-blocks.js";
import { type Derived, trimZeros } from "./objects-derived.js";
import { checkObject, type ObjectVector, objectOf } from "./objects-vectors.js";

/** The form empty data has in the vectors. */
const hex = (bytes: Uint8Array): string => (bytes.length === 0 ? "0x" : toHex0x(bytes));

/** Cases of one file whose entries have one form. */
export function casesOf<T extends { readonly name: string }>(check: (vector: T) => void): (data: unknown) => Iterable<Case> {
  return function* (data) {
    for (const [i, vector] of (data as readonly T[]).entries()) yield { name: `${vector.name} [${i}]`, run: () => check(vector) };
  };
}

/** Objects, and coin ids of outputs. */
export function checkCoin(vector: ObjectVector & { readonly base?: string; readonly index?: number; readonly coinid?: string }): void {
  if (vector.base === undefined) checkObject(vector);
  else same(hex(outputCoinId(fromHex(vector.base), vector.index ?? 0)), vector.coinid);
}

/** Objects, and state variables made from text. */
export function checkStateVariable(vector: ObjectVector & { readonly port?: number; readonly text?: string }): void {
  if (vector.hex !== undefined) checkObject(vector);
  const { port, text } = vector;
  if (port === undefined || text === undefined) return;
  if (vector.expect === "reject") refused(() => stateVariableFromText(port, text), vector.error ?? "");
  else same(hex(encode(writeStateVariable, stateVariableFromText(port, text))), vector.hex, text);
}

interface AddressVector extends ObjectVector {
  readonly script?: string;
  readonly address?: string;
  readonly scriptproof?: string;
  readonly data?: string;
  readonly mx?: string;
  readonly decoded?: string;
}

/** Addresses of scripts, and the Mx form. */
export function checkAddress(vector: AddressVector): void {
  const { script, data, mx = "" } = vector;
  if (vector.hex !== undefined) checkObject(vector);
  if (script !== undefined) {
    const { address } = addressOf(script);
    same([hex(address), encodeMx(address)], [vector.address, mx], script);
    const proof = { script, proof: EMPTY_PROOF };
    if (vector.scriptproof !== undefined) same(hex(encode(writeScriptProof, proof)), vector.scriptproof, "script proof");
  }
  if (data !== undefined) same(encodeMx(fromHex(data)), mx, data);
  if (vector.expect === "reject") refused(() => decodeMx(mx), vector.error ?? mx);
  else if (vector.decoded !== undefined) same(hex(decodeMx(mx)), vector.decoded, mx);
}

/** Messages between nodes; cascades in them have `levelNodes` nodes a level. */
export function checkPayload(
  vector: ObjectVector & { readonly hash?: string; readonly checkvalid?: boolean; readonly results?: unknown },
): void {
  const levelNodes = Number(/levelnodes-(\d+)/.exec(vector.name)?.[1] ?? 256);
  if (vector.results !== undefined) checkCascade(vector as CascadeVector);
  else if (vector.object === "IBD") checkObject(vector, (ibd: IBD) => ibdDerived(ibd, levelNodes));
  else checkBlock(vector);
  if (vector.hash !== undefined) same(toHex0x(maximaPackageHash(objectOf<MaximaPackage>(vector))), vector.hash, "package hash");
  if (vector.checkvalid !== undefined) same(isForPackage(objectOf<MaxTxPoW>(vector)), vector.checkvalid, "customhash");
}

export function ibdDerived(ibd: IBD, levelNodes: number): Derived {
  const cascade = ibd.cascade === null ? EMPTY_CASCADE : cascadeOf(ibd.cascade, levelNodes);
  return {
    hascascade: () => ibd.cascade !== null,
    cascadelength: () => cascade.nodes.length,
    blocks: () => ibd.blocks.map(({ txpow }) => `${txpow.header.block}:${toHex0x(txpowId(txpow))}`),
    totalweight: () => chainWeight({ cascade, blocks: ibd.blocks.map(({ txpow }) => weighed(txpow)) }).toString(),
    checkvaliddata: () => isWellFormedChain(cascade, ibd.blocks[0]?.txpow),
  };
}

interface CascadeVector extends ObjectVector {
  readonly results: readonly {
    readonly levelnodes: number;
    readonly length: number;
    readonly nodes_block_level_superlevel: readonly string[];
    readonly totalweight: string;
    readonly checkcorrect: boolean;
    readonly canonical_same: boolean;
    readonly canonical?: string;
  }[];
}

/** A cascade decoded by nodes with different numbers of nodes a level. */
export function checkCascade(vector: CascadeVector): void {
  for (const result of vector.results) {
    const cascade = cascadeOf(decode(readCascadeNodes, fromHex(vector.hex ?? "")), result.levelnodes);
    const rows = cascade.nodes.map(({ txpow, level }) => `${txpow.header.block}:${level}:${superLevel(txpow)}`);
    same(cascade.nodes.length, result.length, "length");
    same(rows, result.nodes_block_level_superlevel, "nodes");
    same(trimZeros(weightText(cascade.weight)), trimZeros(result.totalweight), "weight");
    same(isConsistentCascade(cascade), result.checkcorrect, "consistent");
    const encoded = hex(encode(writeCascadeNodes, cascade.nodes));
    same(encoded === vector.hex, result.canonical_same, "unchanged");
    same(encoded, result.canonical ?? vector.hex, "encoding");
  }
}

interface GenesisInputs {
  readonly name: string;
  readonly founderscript?: string;
  readonly founderaddress?: string;
  readonly prng?: string;
  readonly timemilli?: string;
  readonly peakhex?: string;
  readonly peak?: unknown;
  readonly root?: unknown;
  readonly object?: string;
  readonly hex?: string;
}

/** The genesis coin, the MMR before the first block, and a first block made from its inputs. */
export function* genesis(data: unknown): Iterable<Case> {
  const vectors = data as readonly GenesisInputs[];
  const made = (object: string): string | undefined => vectors.find((vector) => vector.object === object)?.hex;
  for (const vector of vectors)
    yield {
      name: vector.name,
      run() {
        if (vector.object !== undefined) checkBlock(vector as ObjectVector);
        if (vector.peak !== undefined) {
          same(JSON.parse(printJson(mmrEntryToJSON(GENESIS_PEAK))), vector.peak, "peak");
          same(hex(encode(writeMMREntry, GENESIS_PEAK)), vector.peakhex, "peak");
          same(JSON.parse(printJson(mmrDataToJSON(GENESIS_PEAK.data))), vector.root, "root");
        }
        if (vector.founderscript !== undefined) {
          const { address } = addressOf(vector.founderscript);
          same(toHex0x(address), vector.founderaddress, "address");
          const { txpow, block } = makeGenesis({ address, prng: fromHex(vector.prng ?? ""), time: Number(vector.timemilli) });
          same(hex(encode(writeTxPoW, txpow)), made("TxPoW"), "TxPoW");
          same(hex(encode(writeTxBlock, block)), made("TxBlock"), "TxBlock");
        }
      },
    };
}

interface ValidityVector {
  readonly name: string;
  readonly hex: string;
  readonly basic: boolean;
  readonly signatures: boolean;
  readonly bodyhash_matches: boolean;
  readonly [statestore: `statestore_${number}`]: boolean;
}

/** The checks of a single TxPoW. */
export function checkValidity(vector: ValidityVector): void {
  const txpow = decode(readTxPoW, fromHex(vector.hex));
  same(
    orFalse(() => brokenBasicRule(txpow) === undefined),
    vector.basic,
    "basic check",
  );
  same(
    orFalse(() => hasValidSignatures(txpow)),
    vector.signatures,
    "signatures",
  );
  for (const [key, expected] of Object.entries(vector)) {
    const limit = /^statestore_(\d+)$/.exec(key)?.[1];
    if (limit !== undefined) same(stateStoreSize(txpow) <= Number(limit), expected, key);
  }
  same(txpow.body !== null && equalBytes(bodyHash(txpow.body), txpow.header.bodyhash), vector.bodyhash_matches, "body hash");
}

/** An exception means a bad verdict. */
function orFalse(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

/** Objects, and signatures with what they sign. */
export function checkSigned(
  vector: ObjectVector & { readonly message?: string; readonly publickey?: string; readonly verify?: boolean },
): void {
  checkObject(vector);
  const { message, publickey, verify } = vector;
  if (message === undefined || publickey === undefined) return;
  same(verifySignature(fromHex(publickey), fromHex(message), objectOf<Signature>(vector)), verify, "signature");
}
