import { generateKeyPairSync, sign } from "node:crypto";
import { isIP } from "node:net";
import type { Bytes } from "../../protocol/bytes.js";

/** A certificate with its private key, both as PEM text. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

export interface SelfSignedOptions {
  /** Host names and addresses that the certificate is for. */
  readonly hosts: readonly string[];
  /** 16 random bytes. */
  readonly serial: Bytes;
}

/** Tags of X.690. */
const TAG = { integer: 2, bits: 3, octets: 4, oid: 6, utf8: 12, utcTime: 23, time: 24, sequence: 0x30, set: 0x31 } as const;
const context = (tag: number, constructed: boolean): number => (constructed ? 0xa0 : 0x80) | tag;

const COMMON_NAME = [2, 5, 4, 3];
const SUBJECT_ALT_NAME = [2, 5, 29, 17];
const ECDSA_SHA256 = [1, 2, 840, 10045, 4, 3, 2];
const VERSION_3 = 2;
/** Kinds of names of RFC 5280 §4.2.1.6. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/** Boards without a battery start with a clock far in the past, and nobody renews the certificate of a thing in a cupboard. */
const NOT_BEFORE = "200101000000Z";
const NOT_AFTER = "20991231235959Z";

/**
 * Makes a key on P-256 and a certificate that it signs itself (RFC 5280): who connects must know it, as nobody else vouches for it.
 */
export function makeSelfSigned({ hosts, serial }: SelfSignedOptions): CertificatePair {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(der(TAG.set, sequence(oid(COMMON_NAME), der(TAG.utf8, Buffer.from("minimote")))));
  const algorithm = sequence(oid(ECDSA_SHA256));
  const content = sequence(
    der(context(0, true), der(TAG.integer, Buffer.of(VERSION_3))),
    der(TAG.integer, positive(serial)),
    algorithm,
    name,
    sequence(der(TAG.utcTime, Buffer.from(NOT_BEFORE)), der(TAG.time, Buffer.from(NOT_AFTER))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(context(3, true), sequence(sequence(oid(SUBJECT_ALT_NAME), der(TAG.octets, sequence(...hosts.map(altName)))))),
  );
  const signature = sign("sha256", content, privateKey);
  const certificate = sequence(content, algorithm, der(TAG.bits, Buffer.of(0), signature));
  return { cert: pem("CERTIFICATE", certificate), key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

function altName(host: string): Buffer {
  if (isIP(host) === 0) return der(context(DNS_NAME, false), Buffer.from(host, "latin1"));
  return der(context(IP_ADDRESS, false), isIP(host) === 4 ? Buffer.from(host.split(".").map(Number)) : ipv6Bytes(host));
}

function ipv6Bytes(host: string): Buffer {
  const { hostname } = new URL(`http://[${host}]/`);
  const [head = "", tail] = hostname.slice(1, -1).split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const behind = groups(tail ?? "");
  const zeros = new Array<string>(8 - groups(head).length - behind.length).fill("0");
  return Buffer.from([...groups(head), ...zeros, ...behind].map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** A whole number above zero, in as many bytes as it needs. */
function positive(bytes: Bytes): Buffer {
  return Buffer.concat([Buffer.of(1), bytes]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(TAG.sequence, ...parts);

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), derLength(content.length), content]);
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes]);
}

function oid([first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  return der(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
