import type { Reader } from "../reader.js";
import type { Writer } from "../writer.js";

/** Tells a location service where its sender is and who may know (spec 08 §11). */
export interface MLSPacketSET {
  /** The current contact address. */
  readonly identity: string;
  /** Maxima keys of the contacts, upper-case hex. */
  readonly publicKeys: readonly string[];
}

export function readMLSPacketSET(reader: Reader): MLSPacketSET {
  return { identity: reader.string(), publicKeys: reader.list(4, (r) => r.string()) };
}

export function writeMLSPacketSET(writer: Writer, packet: MLSPacketSET): void {
  writer.string(packet.identity);
  writer.list(packet.publicKeys, (w, key) => w.string(key));
}

/** Asks a location service for an address (spec 08 §11). */
export interface MLSPacketGETReq {
  /** Whose address. */
  readonly publicKey: string;
  readonly randomUid: string;
}

export function readMLSPacketGETReq(reader: Reader): MLSPacketGETReq {
  return { publicKey: reader.string(), randomUid: reader.string() };
}

export function writeMLSPacketGETReq(writer: Writer, packet: MLSPacketGETReq): void {
  writer.string(packet.publicKey);
  writer.string(packet.randomUid);
}

/** The answer of a location service (spec 08 §11). */
export interface MLSPacketGETResp {
  readonly publicKey: string;
  readonly address: string;
  /** As in the request. */
  readonly randomUid: string;
}

export function readMLSPacketGETResp(reader: Reader): MLSPacketGETResp {
  return { publicKey: reader.string(), address: reader.string(), randomUid: reader.string() };
}

export function writeMLSPacketGETResp(writer: Writer, packet: MLSPacketGETResp): void {
  writer.string(packet.publicKey);
  writer.string(packet.address);
  writer.string(packet.randomUid);
}
