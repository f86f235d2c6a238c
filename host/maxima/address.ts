import { addressText, type Endpoint } from "../net/endpoint.js";
import { type Bytes, parseHex, toHex0x } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { decodeMx, encodeMx } from "../protocol/mx.js";

/** A key, and the host that has a way to its owner (spec 08 §2). */
export interface MaximaAddress {
  readonly key: Bytes;
  readonly endpoint: Endpoint;
}

/** Somebody's Maxima key, and the location service that knows the current address (spec 08 §2). */
export interface PermanentAddress {
  readonly publicKey: Bytes;
  /** An address of its own. */
  readonly mls: string;
}

const PERMANENT = "MAX#";
const HIGHEST_PORT = 65_535;

/** `Mx..@host:port`. */
export function maximaAddressText(key: Bytes, endpoint: Endpoint): string {
  return `${encodeMx(key)}@${addressText(endpoint)}`;
}

/** Reads `key@host:port`; the host ends at the first colon of the whole text. Throws `ProtocolError` when it is none. */
export function parseMaximaAddress(text: string): MaximaAddress {
  const at = text.indexOf("@");
  const colon = text.indexOf(":");
  const host = text.slice(at + 1, colon);
  const digits = text.slice(colon + 1);
  const port = Number(digits);
  if (at < 1 || host === "" || colon < at || !/^\d{1,5}$/.test(digits) || port < 1 || port > HIGHEST_PORT || /[\s/@]/.test(host))
    throw new ProtocolError("malformed", "not a Maxima address");
  const key = text.slice(0, at);
  return { key: key.startsWith("Mx") ? decodeMx(key) : parseHex(key), endpoint: { host, port } };
}

/** `MAX#0x..#Mx..@host:port`. */
export function permanentAddressText({ publicKey, mls }: PermanentAddress): string {
  return `${PERMANENT}${toHex0x(publicKey)}#${mls}`;
}

export function isPermanentAddress(text: string): boolean {
  return text.startsWith(PERMANENT) && text.split("#").length === 3;
}

/** Reads `MAX#key#address`. Throws `ProtocolError` when it is none. */
export function parsePermanentAddress(text: string): PermanentAddress {
  const [, key = "", mls = ""] = text.split("#");
  if (!isPermanentAddress(text)) throw new ProtocolError("malformed", "not a permanent Maxima address");
  parseMaximaAddress(mls);
  return { publicKey: parseHex(key), mls };
}

/** Whether a user may name a recipient so: `Mx..@host:port`, or a permanent address (spec 09 §19). */
export function isMaximaAddress(text: string): boolean {
  if (isPermanentAddress(text)) return true;
  try {
    parseMaximaAddress(text);
    return text.startsWith("Mx");
  } catch {
    return false;
  }
}

/** Whether a text that others sent names somebody to send to. */
export function isSendable(text: string): boolean {
  try {
    parseMaximaAddress(text);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
