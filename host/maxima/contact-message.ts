import { type Bytes, parseHex, toHex0x } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { isJsonObject, type JsonObject, type JsonValue, jsonObject, parseJson, printJson } from "../protocol/json.js";
import { MiniNumber } from "../protocol/number.js";
import { decodeUtf8, encodeUtf8 } from "../protocol/text.js";
import { isSendable } from "./address.js";
import { type ContactDetails, NO_ADDRESS } from "./contact.js";

/** What a contact says: here I am, or forget me (spec 08 §12). */
export type ContactMessage =
  | { readonly type: "delete"; readonly publicKey: string }
  | {
      readonly type: "update";
      readonly publicKey: string;
      /** Whether it asks for an answer. */
      readonly intro: boolean;
      /** Where its sender is reached. */
      readonly address: string;
      readonly details: ContactDetails;
    };

export const LONGEST_NAME = 255;
/** Characters; a larger icon is left out. */
export const LARGEST_ICON = 100_000;
const LONGEST_TEXT = 1024;

/** The data of a message of `**maxima_contact_ctrl**`, with the keys in the reference's order. */
export function encodeContactMessage(message: ContactMessage): Bytes {
  return encodeUtf8(printJson(message.type === "delete" ? deletion(message.publicKey) : update(message)));
}

/** What a contact tells of itself, in the reference's order. */
export function detailEntries(details: ContactDetails): readonly (readonly [string, JsonValue])[] {
  return [
    ["name", details.name],
    ["icon", details.icon],
    ["minimaaddress", details.minimaAddress],
    ["topblock", details.topBlock],
    ["checkblock", details.checkBlock],
    ["checkhash", details.checkHash],
    ["mls", details.mls],
  ];
}

function update({ intro, publicKey, address, details }: ContactMessage & { readonly type: "update" }): JsonObject {
  return jsonObject(["delete", false], ["intro", intro], ["publickey", publicKey], ["address", address], ...detailEntries(details));
}

function deletion(publicKey: string): JsonObject {
  return jsonObject(
    ["delete", true],
    ["intro", false],
    ["publickey", publicKey],
    ["address", ""],
    ["name", ""],
    ["minimaaddress", NO_ADDRESS],
    ["topblock", "0"],
    ["checkblock", "0"],
    ["checkhash", "0x00"],
    ["mls", ""],
  );
}

/** Reads what somebody sent. Throws `ProtocolError` when it is none, or not about its sender. */
export function decodeContactMessage(data: Bytes, from: Bytes): ContactMessage {
  const json = parseJson(decodeUtf8(data));
  if (!isJsonObject(json)) throw malformed("not an object");
  const publicKey = toHex0x(from);
  if (json.get("publickey") !== publicKey) throw malformed("about somebody else");
  if (flag(json, "delete")) return { type: "delete", publicKey };
  const address = text(json, "address");
  if (!isSendable(address)) throw malformed("no address");
  const icon = cleaned(optionalText(json, "icon"));
  return {
    type: "update",
    publicKey,
    intro: flag(json, "intro"),
    address,
    details: {
      name: cleaned(optionalText(json, "name")).slice(0, LONGEST_NAME),
      icon: icon.length > LARGEST_ICON ? "" : icon,
      minimaAddress: text(json, "minimaaddress"),
      topBlock: MiniNumber.parse(text(json, "topblock")).toString(),
      checkBlock: MiniNumber.parse(text(json, "checkblock")).toString(),
      checkHash: toHex0x(parseHex(text(json, "checkhash"))),
      mls: shortEnough(optionalText(json, "mls")),
    },
  };
}

/** Names and icons without what could end a text they are put into. */
export function cleaned(text: string): string {
  return text.replace(/["';]/g, "");
}

function flag(json: JsonObject, key: string): boolean {
  const value = json.get(key);
  if (typeof value !== "boolean") throw malformed(`no ${key}`);
  return value;
}

function text(json: JsonObject, key: string): string {
  const value = json.get(key);
  if (typeof value !== "string") throw malformed(`no ${key}`);
  return shortEnough(value);
}

function optionalText(json: JsonObject, key: string): string {
  const value = json.get(key) ?? "";
  if (typeof value !== "string") throw malformed(`${key} is no text`);
  return value;
}

function shortEnough(text: string): string {
  if (text.length > LONGEST_TEXT) throw new ProtocolError("limit", "too long for a contact");
  return text;
}

function malformed(what: string): ProtocolError {
  return new ProtocolError("malformed", `contact message: ${what}`);
}
