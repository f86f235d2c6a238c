import { isMaximaAddress, isPermanentAddress } from "../../../maxima/address.js";
import { type Delivery, MaximaError } from "../../../maxima/link.js";
import type { MinimoteNode } from "../../../node/node.js";
import type { Bytes } from "../../../protocol/bytes.js";
import { ProtocolError } from "../../../protocol/errors.js";
import { isJsonArray, isJsonObject, printJson } from "../../../protocol/json.js";
import type { MLSPacketGETResp } from "../../../protocol/messages/mls.js";
import { encodeUtf8 } from "../../../protocol/text.js";
import { type CommandAnswer, forWriters, type RpcCommand } from "../../command.js";
import type { AccessMode } from "../../http-server.js";
import { CommandError, type Params } from "../../params.js";

export type Command = RpcCommand<MinimoteNode>;

export type Action = (params: Params, node: MinimoteNode) => CommandAnswer | Promise<CommandAnswer>;
type Actions = Readonly<Record<string, Action>>;

/** Runs one action of a command; all but `reads` are for writers. */
export function runAction(
  name: string,
  { reads, writes }: { readonly reads: Actions; readonly writes: Actions },
  [params, node, mode]: readonly [Params, MinimoteNode, AccessMode],
): CommandAnswer | Promise<CommandAnswer> | undefined {
  if (Object.hasOwn(reads, name)) return reads[name]?.(params, node);
  if (!Object.hasOwn(writes, name)) return undefined;
  forWriters(mode);
  return writes[name]?.(params, node);
}

/** What is to be sent, signed or encrypted: HEX, text as UTF-8, or JSON as it is printed. */
export function messageData(params: Params): Bytes {
  const value = params.values.get("data");
  if (isJsonObject(value) || isJsonArray(value)) return encodeUtf8(printJson(value));
  const text = params.string("data");
  return text.startsWith("0x") ? params.data("data") : encodeUtf8(text);
}

/** The contact address in a parameter: a permanent one is looked up (spec 08 §2). */
export async function contactAddress(params: Params, name: string, { maximaServices }: MinimoteNode): Promise<string> {
  const text = params.string(name);
  const address = text.startsWith("MAX#") ? (await lookUp(text, maximaServices.mlsClient))?.address : text;
  if (address === undefined) throw new CommandError("MAX address invalid..");
  if (isPermanentAddress(address) || !isMaximaAddress(address)) throw new CommandError(`Invalid MX address : ${address}`);
  return address;
}

async function lookUp(text: string, mls: MinimoteNode["maximaServices"]["mlsClient"]): Promise<MLSPacketGETResp | undefined> {
  try {
    return await mls.look(text);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** What became of a message; one for which the work could not be done was not delivered either. */
export async function deliveryOf(sending: Promise<Delivery>): Promise<Delivery> {
  try {
    return await sending;
  } catch (error) {
    if (!(error instanceof MaximaError) || error.unsent === undefined) throw error;
    return { status: "nothing", message: error.unsent, error: error.message, creationMs: 0, sendingMs: 0 };
  }
}

/** Why a message was not delivered, in the reference's words; undefined when it was. */
export function undelivered({ status, error }: Delivery, unknown: string): string | undefined {
  switch (status) {
    case "ok":
      return undefined;
    case "toobig":
      return "Maxima Mesasge too big";
    case "unknown":
      return unknown;
    case "wronghash":
      return "TxPoW Hash wrong";
    default:
      return error ?? "Not delivered";
  }
}
