import { randomBytes, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import type { TlsFiles } from "../../node/config.js";
import { StoreError } from "../../store/database.js";
import { writeSecretFile } from "../../store/secret-file.js";
import { type CertificatePair, makeSelfSigned } from "./self-signed.js";

/** Names of the files with the certificate a node made for itself, in the data folder. */
export const CERTIFICATE_FILE = "rpc-cert.pem";
export const KEY_FILE = "rpc-key.pem";

/** What an RPC server shows to prove who it is. */
export interface TlsIdentity extends CertificatePair {
  /** SHA-256 of the certificate, as everybody writes it: `AB:CD:…`. */
  readonly fingerprint: string;
  /** DER of the public key. */
  readonly publicKey: Buffer;
}

/** The identity in the files the owner names; else the one in the data folder, which is made when there is none. Throws `StoreError`. */
export function openIdentity(dataDir: string, files: TlsFiles | null, host: string): TlsIdentity {
  return identityOf(files === null ? ownPair(dataDir, host) : pairIn(files));
}

/** The certificate that a node of this data folder shows, as PEM text, if it can be read: for clients on the same machine. */
export function usedCertificate(dataDir: string, files: Pick<TlsFiles, "cert"> | null): { readonly ca?: string } {
  const path = files?.cert ?? join(dataDir, CERTIFICATE_FILE);
  return existsSync(path) ? { ca: readFileSync(path, "utf8") } : {};
}

function ownPair(dataDir: string, host: string): CertificatePair {
  const files = { cert: join(dataDir, CERTIFICATE_FILE), key: join(dataDir, KEY_FILE) };
  if (existsSync(files.cert) && existsSync(files.key)) return pairIn(files);
  const hosts = Array.from(new Set(["localhost", "127.0.0.1", "::1", host])).filter((name) => name !== "0.0.0.0" && name !== "::");
  const pair = makeSelfSigned({ hosts, serial: randomBytes(16) });
  writeSecretFile(files.key, pair.key);
  writeSecretFile(files.cert, pair.cert);
  return pair;
}

function pairIn({ cert, key }: TlsFiles): CertificatePair {
  const read = (path: string): string => {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      throw new StoreError(`${path} cannot be read (${error instanceof Error ? error.message : String(error)})`);
    }
  };
  return { cert: read(cert), key: read(key) };
}

/** Throws for what no server could start with. */
function identityOf(pair: CertificatePair): TlsIdentity {
  try {
    createSecureContext(pair);
    const { fingerprint256, publicKey } = new X509Certificate(pair.cert);
    return { ...pair, fingerprint: fingerprint256, publicKey: publicKey.export({ type: "spki", format: "der" }) };
  } catch (error) {
    throw new StoreError(`the RPC certificate or its key is no good (${error instanceof Error ? error.message : String(error)})`);
  }
}
