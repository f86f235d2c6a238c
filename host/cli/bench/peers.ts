import { createHash } from "node:crypto";

/** Any SHA3-256. */
export type Hash = (data: Uint8Array) => Uint8Array;

/** An implementation of SHA3-256. */
export interface Implementation {
  readonly name: string;
  readonly hash: Hash;
}

/** A signature scheme made of the same hash. */
export interface SignatureScheme {
  readonly name: string;
  keygen(seed: Uint8Array): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
  sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array;
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

/** A package that could not take part, and why. */
export interface Absentee {
  readonly name: string;
  readonly reason: string;
}

/** Who ours is compared with, as far as they are installed: those packages only development needs. */
export interface Peers {
  readonly hashes: readonly Implementation[];
  readonly scheme: SignatureScheme | undefined;
  readonly absent: readonly Absentee[];
}

/** Gives what a package exports. Throws when it is not there or does not run here. */
export type Load = (specifier: string) => Promise<unknown>;

export const OURS = "minimote";

interface HashWasm {
  createSHA3(bits: number): Promise<{ init(): { update(data: Uint8Array): { digest(kind: "binary"): Uint8Array } } }>;
}

/** What loads packages in earnest. Bundlers leave names alone that they do not know. */
export const loadPackage: Load = (specifier) => import(specifier);

/** Whether a package was used, or why not. */
export async function attempt<Result>(name: string, absent: Absentee[], use: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await use();
  } catch (error) {
    absent.push({ name, reason: reasonOf(error, name) });
    return undefined;
  }
}

/** Loads those that are installed. */
export async function loadPeers(load: Load): Promise<Peers> {
  const absent: Absentee[] = [];
  const hashWasm = await attempt("hash-wasm", absent, async () => {
    const { createSHA3 } = (await load("hash-wasm")) as HashWasm;
    const hasher = await createSHA3(256);
    return (data: Uint8Array) => hasher.init().update(data).digest("binary");
  });
  const noble = await attempt("@noble/hashes", absent, async () => {
    const { sha3_256 } = (await load("@noble/hashes/sha3.js")) as { readonly sha3_256: Hash };
    return (data: Uint8Array) => sha3_256(data);
  });
  const scheme = await attempt("@noble/post-quantum", absent, async () => {
    const { slh_dsa_shake_128f: slh } = (await load("@noble/post-quantum/slh-dsa.js")) as {
      readonly slh_dsa_shake_128f: Omit<SignatureScheme, "name">;
    };
    return {
      name: "SLH-DSA-SHAKE-128f of @noble/post-quantum",
      keygen: (seed: Uint8Array) => slh.keygen(seed),
      sign: (message: Uint8Array, secretKey: Uint8Array) => slh.sign(message, secretKey),
      verify: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => slh.verify(signature, message, publicKey),
    };
  });
  const hashes = [
    { name: "node:crypto", hash: (data: Uint8Array) => createHash("sha3-256").update(data).digest() },
    ...(hashWasm === undefined ? [] : [{ name: "hash-wasm", hash: hashWasm }]),
    ...(noble === undefined ? [] : [{ name: "@noble/hashes", hash: noble }]),
  ];
  return { hashes, scheme, absent };
}

function reasonOf(error: unknown, name: string): string {
  const { code = "", message = String(error) } = error as { readonly code?: string; readonly message?: string };
  const [line = ""] = message.split("\n");
  const isMissing = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"].includes(code) && line.includes(`'${name}'`);
  return isMissing ? `not installed: npm i ${name}` : `does not run here: ${line}`;
}
