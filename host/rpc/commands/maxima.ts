import { randomBytes } from "node:crypto";
import { isMaximaAddress } from "../../maxima/address.js";
import type { MinimoteNode } from "../../node/node.js";
import { type Bytes, parseHex, toHex0x } from "../../protocol/bytes.js";
import {
  decryptPackage,
  encryptFor,
  newRSAKeyPair,
  readCryptoPackage,
  rsaSign,
  rsaVerify,
  writeCryptoPackage,
} from "../../protocol/encryption.js";
import { isJsonArray, isJsonObject, jsonObject, printJson } from "../../protocol/json.js";
import { encodeMx } from "../../protocol/mx.js";
import { decode } from "../../protocol/reader.js";
import { encodeUtf8 } from "../../protocol/text.js";
import { encode } from "../../protocol/writer.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

const NOT_HERE = "Maxima is off: this node carries Maxima messages of others, but has no Maxima address of its own";

/** `maxima`: the own Maxima identity, which this node does not have (spec 09 §19). */
export const maxima: Command = {
  name: "maxima",
  summary: "Tell that Maxima is off",
  details: `maxima (action:info|setname|seticon|hosts|refresh|send|sendall|poll)

This node has no Maxima address of its own.

action: info shows the own address, the others change it or send messages. All are refused here.
name: a name for setname.
icon: an icon for seticon.
id: the number of a contact.
to: the address of the receiver.
publickey: the key of a contact.
application: which program the message is for.
data: the message.
poll: whether to try until it is delivered.
host: the host that keeps messages.
delay: milliseconds between messages.

maxima action:info`,
  params: ["action", "name", "icon", "id", "to", "publickey", "application", "data", "poll", "host", "delay"],
  write: false,
  run: (params) => {
    const action = params.optionalString("action") ?? "info";
    if (!["info", "setname", "seticon", "hosts", "refresh", "send", "sendall", "poll"].includes(action))
      throw new CommandError(`Unknown Action : ${action}`);
    if (action === "send") {
      const hasRecipient = ["to", "id", "publickey"].some((name) => params.has(name));
      if (!hasRecipient || !params.has("application") || !params.has("data"))
        throw new CommandError("MUST specify to|id|publickey, application and data for a send command");
      if (params.has("to") && !isMaximaAddress(params.string("to"))) throw new CommandError(`Invalid MX address : ${params.string("to")}`);
    }
    if (action === "sendall" && !(params.has("application") && params.has("data")))
      throw new CommandError("MUST specify application and data for a sendall command");
    throw new CommandError(NOT_HERE);
  },
};

/** `maxcontacts`: contacts of the Maxima identity; there are none (spec 09 §19). */
export const maxcontacts: Command = {
  name: "maxcontacts",
  summary: "Tell that there are no Maxima contacts",
  details: `maxcontacts (action:list)

This node has no Maxima address of its own, and so no contacts.

action: list shows the contacts, of which there are none. All others are refused here.
contact: the address of a new contact.
id: the number of a contact.
publickey: the key of a contact.
enable: taken for compatibility.
contactlist: contacts to take in.

maxcontacts`,
  params: ["action", "contact", "id", "publickey", "enable", "contactlist"],
  write: false,
  run: (params) => {
    const action = params.optionalString("action") ?? "list";
    if (action === "list") return response(jsonObject(["allowallcontacts", true], ["contacts", []]));
    if (!["add", "remove", "clear", "search", "export", "import"].includes(action)) throw new CommandError(`Unknown action : ${action}`);
    if (action === "add" && !isMaximaAddress(params.string("contact")))
      throw new CommandError(`Invalid MX address : ${params.string("contact")}`);
    throw new CommandError(NOT_HERE);
  },
};

const EXTRA_ACTIONS = [
  "staticmls",
  "addpermanent",
  "removepermanent",
  "listpermanent",
  "clearpermanent",
  "getaddress",
  "mlsinfo",
  "allowallcontacts",
  "addallowed",
  "listallowed",
  "clearallowed",
];

/** `maxextra`: settings of the Maxima identity (spec 09 §19). */
export const maxextra: Command = {
  name: "maxextra",
  summary: "Tell that Maxima is off",
  details: `maxextra action:${EXTRA_ACTIONS.join("|")}

This node has no Maxima address of its own.

action: which setting. All are refused here.
publickey: the key of somebody.
maxaddress: a permanent address.
host: the host that keeps messages.
enable: whether to allow.

maxextra action:mlsinfo`,
  params: ["action", "publickey", "maxaddress", "host", "enable"],
  write: false,
  run: (params) => {
    const action = params.string("action");
    throw new CommandError(EXTRA_ACTIONS.includes(action) ? NOT_HERE : `Unknown action : ${action}`);
  },
};

/** What is to be signed or encrypted: HEX, text as UTF-8, or JSON as it is printed. */
function message(params: Params): Bytes {
  const value = params.values.get("data");
  const text = isJsonObject(value) || isJsonArray(value) ? printJson(value) : params.string("data");
  return text.startsWith("0x") ? parseHex(text) : encodeUtf8(text);
}

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

/** `maxsign`: sign with an RSA key (spec 09 §19). */
export const maxsign: Command = {
  name: "maxsign",
  summary: "Sign with an RSA key of maxcreate",
  details: `maxsign data: privatekey:

data: HEX, text or JSON.
privatekey: as maxcreate gives it.

maxsign data:0xCD34 privatekey:0x30..`,
  params: ["data", "privatekey"],
  write: false,
  run: (params) => {
    const data = message(params);
    if (!params.has("privatekey")) throw new CommandError(NOT_HERE);
    return response(jsonObject(["signature", toHex0x(rsaSign(params.data("privatekey"), data))]));
  },
};

/** `maxverify`: check a signature of `maxsign` (spec 09 §19). */
export const maxverify: Command = {
  name: "maxverify",
  summary: "Check a signature of maxsign",
  details: `maxverify data: publickey: signature:

data: HEX, text or JSON.
publickey: as maxcreate gives it.
signature: as maxsign gives it.

maxverify data:0xCD34 publickey:0x30.. signature:0x4A..`,
  params: ["data", "publickey", "signature"],
  write: false,
  run: (params) => response(jsonObject(["valid", rsaVerify(params.data("publickey"), message(params), params.data("signature"))])),
};

/** `maxencrypt`: encrypt for the owner of an RSA key (spec 09 §19). */
export const maxencrypt: Command = {
  name: "maxencrypt",
  summary: "Encrypt for the owner of an RSA key",
  details: `maxencrypt data: publickey:

data: HEX, text or JSON.
publickey: as maxcreate gives it.

maxencrypt data:0xCD34 publickey:0x30..`,
  params: ["data", "publickey"],
  write: false,
  run: (params) => {
    const sealed = encryptFor(params.data("publickey"), message(params), (length) => randomBytes(length));
    return response(jsonObject(["encrypted", toHex0x(encode(writeCryptoPackage, sealed))]));
  },
};

/** `maxdecrypt`: open what `maxencrypt` made (spec 09 §19). */
export const maxdecrypt: Command = {
  name: "maxdecrypt",
  summary: "Decrypt what was encrypted with maxencrypt",
  details: `maxdecrypt data: privatekey:

data: as maxencrypt gives it.
privatekey: as maxcreate gives it.

maxdecrypt data:0x00.. privatekey:0x30..`,
  params: ["data", "privatekey"],
  write: false,
  run: (params) => {
    const data = params.data("data");
    if (!params.has("privatekey")) throw new CommandError(NOT_HERE);
    return response(jsonObject(["decrypted", toHex0x(decryptPackage(params.data("privatekey"), decode(readCryptoPackage, data)))]));
  },
};

/** The commands about Maxima. */
export const MAXIMA_COMMANDS: readonly Command[] = [maxima, maxcontacts, maxextra, maxcreate, maxsign, maxverify, maxencrypt, maxdecrypt];
