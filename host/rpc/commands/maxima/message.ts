import { randomBytes } from "node:crypto";
import type { MinimoteNode } from "../../../node/node.js";
import { type Bytes, concatBytes, toHex0x } from "../../../protocol/bytes.js";
import { decryptPackage, encryptFor, readCryptoPackage, rsaVerify, writeCryptoPackage } from "../../../protocol/encryption.js";
import { ProtocolError } from "../../../protocol/errors.js";
import { type JsonObject, jsonObject } from "../../../protocol/json.js";
import { encodeMx } from "../../../protocol/mx.js";
import { MiniNumber } from "../../../protocol/number.js";
import { decode, type Reader } from "../../../protocol/reader.js";
import { encode, type Writer } from "../../../protocol/writer.js";
import { forWriters, response } from "../../command.js";
import { CommandError, type Params } from "../../params.js";
import type { Command } from "./common.js";

/** Data and the signature of its author, to be passed on by any way. */
interface SignedMessage {
  readonly data: Bytes;
  readonly publicKey: Bytes;
  readonly signature: Bytes;
}

/** What stands before a message that is not encrypted. */
const PLAIN = Uint8Array.of(0xff, 0xff, 0xff, 0xff);

function readSignedMessage(reader: Reader): SignedMessage {
  reader.number();
  return { data: reader.data(), publicKey: reader.data(), signature: reader.data() };
}

function writeSignedMessage(writer: Writer, { data, publicKey, signature }: SignedMessage): void {
  writer.number(MiniNumber.ONE);
  writer.data(data);
  writer.data(publicKey);
  writer.data(signature);
}

function messageToJSON({ data, publicKey, signature }: SignedMessage): JsonObject {
  return jsonObject(
    ["data", toHex0x(data)],
    ["publickey", toHex0x(publicKey)],
    ["mxpublickey", encodeMx(publicKey)],
    ["signature", toHex0x(signature)],
    ["valid", rsaVerify(publicKey, data, signature)],
  );
}

function encrypt(params: Params, { maxima }: MinimoteNode): JsonObject {
  const data = params.data("data");
  const message = { data, publicKey: maxima.publicKey, signature: maxima.sign(data) };
  const bytes = encode(writeSignedMessage, message);
  const isEncrypted = params.has("publickey");
  const sealed = isEncrypted ? encryptTo(params.data("publickey"), bytes) : concatBytes(PLAIN, bytes);
  return jsonObject(["message", messageToJSON(message)], ["encrypted", isEncrypted], ["data", toHex0x(sealed)]);
}

function encryptTo(publicKey: Bytes, bytes: Bytes): Bytes {
  try {
    return encode(
      writeCryptoPackage,
      encryptFor(publicKey, bytes, (length) => randomBytes(length)),
    );
  } catch (error) {
    if (error instanceof ProtocolError) throw new CommandError("Invalid Publickey..cannot encrypt");
    throw error;
  }
}

function decrypt(params: Params, node: MinimoteNode): JsonObject {
  const data = params.data("data");
  const isEncrypted = !PLAIN.every((byte, i) => data[i] === byte);
  try {
    const message = decode(readSignedMessage, isEncrypted ? opened(params, data, node) : data.subarray(PLAIN.length));
    return jsonObject(["encrypted", isEncrypted], ["message", messageToJSON(message)]);
  } catch (error) {
    if (error instanceof ProtocolError) throw new CommandError("Invalid message..cannot decrypt");
    throw error;
  }
}

function opened(params: Params, data: Bytes, { maxima }: MinimoteNode): Bytes {
  const sealed = decode(readCryptoPackage, data);
  return params.has("privatekey") ? decryptPackage(params.secret("privatekey"), sealed) : maxima.decrypt(sealed);
}

/** `maxmessage`: data signed as the Maxima identity, to be passed on by any way (spec 09 §19). */
export const maxmessage: Command = {
  name: "maxmessage",
  summary: "Sign and encrypt a message to pass on by other ways",
  details: `maxmessage action:encrypt|decrypt data: (publickey:) (privatekey:)

action: encrypt signs data with the own Maxima key, and encrypts it if there is a publickey. decrypt opens what encrypt made, and checks the signature.
data: HEX: what to sign, or what encrypt made.
publickey: the Maxima key of who may read it, or as maxcreate gives it.
privatekey: as maxcreate gives it; without it, the own Maxima key decrypts.

maxmessage action:encrypt data:0xFFEEDD
maxmessage action:encrypt data:0xFFEEDD publickey:0x3081..
maxmessage action:decrypt data:0x0000..`,
  params: ["action", "data", "publickey", "privatekey"],
  write: false,
  run: (params, node, mode) => {
    const action = params.string("action");
    if (action !== "encrypt" && action !== "decrypt") throw new CommandError(`Invalid action : ${action}`);
    forWriters(mode);
    return response(action === "encrypt" ? encrypt(params, node) : decrypt(params, node));
  },
};
