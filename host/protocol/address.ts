import type { Bytes } from "./bytes.js";
import { toHex0x } from "./bytes.js";
import { type JsonObject, jsonObject } from "./json.js";
import { encodeMx } from "./mx.js";
import type { Reader } from "./reader.js";
import { scriptAddress } from "./script-address.js";
import type { Writer } from "./writer.js";

/** An address with its script; the script is empty when only the hash is known (spec 01 §7.1). */
export interface Address {
  readonly address: Bytes;
  readonly script: string;
}

/** The address of a script, which is taken exactly as given. */
export function addressOf(script: string): Address {
  return { address: scriptAddress(script), script };
}

export function readAddress(reader: Reader): Address {
  return { address: reader.hash(), script: reader.string() };
}

export function writeAddress(writer: Writer, address: Address): void {
  writer.hash(address.address);
  writer.string(address.script);
}

export function addressToJSON(address: Address): JsonObject {
  return jsonObject(["script", address.script], ["hexaddress", toHex0x(address.address)], ["miniaddress", encodeMx(address.address)]);
}
