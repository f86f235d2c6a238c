import { randomBytes } from "node:crypto";
import { toHex0x } from "../../../protocol/bytes.js";
import {
  decryptPackage,
  encryptFor,
  newRSAKeyPair,
  readCryptoPackage,
  rsaSign,
  rsaVerify,
  writeCryptoPackage,
} from "../../../protocol/encryption.js";
import { jsonObject } from "../../../protocol/json.js";
import { encodeMx } from "../../../protocol/mx.js";
import { decode } from "../../../protocol/reader.js";
import { encode } from "../../../protocol/writer.js";
import { forWriters, response } from "../../command.js";
import { type Command, messageData } from "./common.js";

/** `maxcreate`: a new RSA key pair (spec 09 §19). */
export const maxcreate: Command = {
  name: "maxcreate",
  summary: "Make an RSA key pair for maxsign and maxencrypt",
  details: "maxcreate\n\nThe keys are shown and not kept.\n\nmaxcreate",
  params: [],
  write: false,
  run: async () => {
    const { publicKey, privateKey } = await newRSAKeyPair();
    return response(
      jsonObject(
        ["publickey", toHex0x(publicKey)],
        ["mxpublickey", encodeMx(publicKey)],
        ["privatekey", toHex0x(privateKey)],
        ["mxprivatekey", encodeMx(privateKey)],
      ),
    );
  },
};

/** `maxsign`: sign with an RSA key, or as the Maxima identity (spec 09 §19). */
export const maxsign: Command = {
  name: "maxsign",
  summary: "Sign with the own Maxima key, or one of maxcreate",
  details: `maxsign data: (privatekey:)

data: HEX, text or JSON.
privatekey: as maxcreate gives it; without it, the own Maxima key signs.

maxsign data:0xCD34
maxsign data:0xCD34 privatekey:0x30..`,
  params: ["data", "privatekey"],
  write: false,
  run: (params, node, mode) => {
    const data = messageData(params);
    if (!params.has("privatekey")) forWriters(mode);
    const signature = params.has("privatekey") ? rsaSign(params.secret("privatekey"), data) : node.maxima.sign(data);
    return response(jsonObject(["signature", toHex0x(signature)]));
  },
};

/** `maxverify`: check a signature of `maxsign` (spec 09 §19). */
export const maxverify: Command = {
  name: "maxverify",
  summary: "Check a signature of maxsign",
  details: `maxverify data: publickey: signature:

data: HEX, text or JSON.
publickey: the Maxima key of who signed, or as maxcreate gives it.
signature: as maxsign gives it.

maxverify data:0xCD34 publickey:0x30.. signature:0x4A..`,
  params: ["data", "publickey", "signature"],
  write: false,
  run: (params) => {
    const data = messageData(params);
    return response(jsonObject(["valid", rsaVerify(params.data("publickey"), data, params.data("signature"))]));
  },
};

/** `maxencrypt`: encrypt for the owner of an RSA key (spec 09 §19). */
export const maxencrypt: Command = {
  name: "maxencrypt",
  summary: "Encrypt for the owner of an RSA key",
  details: `maxencrypt data: publickey:

data: HEX, text or JSON.
publickey: the Maxima key of somebody, or as maxcreate gives it.

maxencrypt data:0xCD34 publickey:0x30..`,
  params: ["data", "publickey"],
  write: false,
  run: (params) => {
    const sealed = encryptFor(params.data("publickey"), messageData(params), (length) => randomBytes(length));
    return response(jsonObject(["encrypted", toHex0x(encode(writeCryptoPackage, sealed))]));
  },
};

/** `maxdecrypt`: open what `maxencrypt` made (spec 09 §19). */
export const maxdecrypt: Command = {
  name: "maxdecrypt",
  summary: "Decrypt what was encrypted with maxencrypt",
  details: `maxdecrypt data: (privatekey:)

data: as maxencrypt gives it.
privatekey: as maxcreate gives it; without it, the own Maxima key decrypts.

maxdecrypt data:0x00..
maxdecrypt data:0x00.. privatekey:0x30..`,
  params: ["data", "privatekey"],
  write: false,
  run: (params, node, mode) => {
    const sealed = decode(readCryptoPackage, params.data("data"));
    if (!params.has("privatekey")) forWriters(mode);
    const plain = params.has("privatekey") ? decryptPackage(params.secret("privatekey"), sealed) : node.maxima.decrypt(sealed);
    return response(jsonObject(["decrypted", toHex0x(plain)]));
  },
};
