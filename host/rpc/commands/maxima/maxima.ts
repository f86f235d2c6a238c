import { LARGEST_ICON, LONGEST_NAME } from "../../../maxima/contact-message.js";
import type { Delivery, HostState } from "../../../maxima/link.js";
import { localZone } from "../../../node/local-zone.js";
import type { MinimoteNode } from "../../../node/node.js";
import { toHex0x } from "../../../protocol/bytes.js";
import { type JsonObject, jsonObject } from "../../../protocol/json.js";
import { javaDateText } from "../../../protocol/json-views/java-date.js";
import { maximaMessageToJSON } from "../../../protocol/json-views/maxima-json.js";
import { encodeMx } from "../../../protocol/mx.js";
import { MiniNumber } from "../../../protocol/number.js";
import { type CommandAnswer, response } from "../../command.js";
import { CommandError, type Params } from "../../params.js";
import { type Action, type Command, contactAddress, deliveryOf, messageData, runAction, undelivered } from "./common.js";

/** Timers take no more. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

function info(_params: Params, node: MinimoteNode): CommandAnswer {
  const { maxima, maximaServices, topics } = node;
  const { profile, mlsClient } = maximaServices;
  return response(
    jsonObject(
      ["name", profile.name],
      ["icon", profile.icon],
      ["publickey", toHex0x(maxima.publicKey)],
      ["mxpublickey", encodeMx(maxima.publicKey)],
      ["staticmls", mlsClient.isStatic],
      ["mls", mlsClient.shownAddress],
      ["localidentity", maxima.localAddress()],
      ["p2pidentity", maxima.ownAddress()],
      ["contact", maxima.contactAddress()],
      ["logs", topics.isOn("maxima")],
      ["poll", maxima.queued],
    ),
  );
}

function setName(params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  if (params.string("name").length > LONGEST_NAME) throw new CommandError(`A name has at most ${LONGEST_NAME} characters`);
  const name = maximaServices.profile.setName(params.string("name"));
  maximaServices.contacts.refresh();
  return response(jsonObject(["name", name]));
}

function setIcon(params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  const icon = params.string("icon");
  if (icon.length > LARGEST_ICON) throw new CommandError(`An icon has at most ${LARGEST_ICON} characters`);
  maximaServices.profile.setIcon(icon);
  maximaServices.contacts.refresh();
  return response(jsonObject(["icon", icon]));
}

function hosts(_params: Params, { maxima }: MinimoteNode): CommandAnswer {
  return response(jsonObject(["hosts", maxima.hosts().map(hostToJSON)]));
}

function hostToJSON({ address, publicKey, lastSeen, connected, contactAddress }: HostState): JsonObject {
  return jsonObject(
    ["host", address],
    ["public", toHex0x(publicKey)],
    ["lastseen", javaDateText(BigInt(lastSeen), localZone())],
    ["connected", connected],
    ["address", contactAddress],
  );
}

function refresh(_params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  maximaServices.lookAround();
  return response("Update message sent to all contacts");
}

/** Where a message goes, as `to`, `publickey` or `id` say. */
async function recipient(params: Params, node: MinimoteNode): Promise<string> {
  const { contacts } = node.maximaServices;
  if (params.has("to")) return contactAddress(params, "to", node);
  if (params.has("publickey")) {
    const key = params.address("publickey");
    const contact = contacts.byKey(key);
    if (contact !== undefined) return contact.currentAddress;
    if (key === toHex0x(node.maxima.publicKey)) return node.maxima.contactAddress();
    throw new CommandError(`No Contact found for publickey : ${params.string("publickey")}`);
  }
  const contact = contacts.byId(params.integerOr("id", 0));
  if (contact === undefined) throw new CommandError(`No Contact found for ID : ${params.string("id")}`);
  return contact.currentAddress;
}

function delayOf(params: Params): number {
  const delay = Number(params.numberOr("delay", MiniNumber.ZERO).toInt64());
  if (delay < 0 || delay > LONGEST_DELAY_MS) throw new CommandError(`Invalid delay : ${params.string("delay")}`);
  return delay;
}

async function send(params: Params, node: MinimoteNode): Promise<CommandAnswer> {
  const hasRecipient = ["to", "id", "publickey"].some((name) => params.has(name));
  if (!hasRecipient || !params.has("application") || !params.has("data"))
    throw new CommandError("MUST specify to|id|publickey, application and data for a send command");
  const address = await recipient(params, node);
  const application = params.string("application");
  const data = messageData(params);
  if (!params.boolean("poll", false)) return response(deliveryToJSON(await deliveryOf(node.maxima.send(address, application, data))));
  const delay = delayOf(params);
  const message = node.maxima.queue(address, application, data, delay);
  const text = delay === 0 ? "Message added to send stack.." : "Message added to send stack with a delay..";
  return response(jsonObject(...maximaMessageToJSON(message, localZone()), ["poll", true], ["delay", delay], ["message", text]));
}

function deliveryToJSON(delivery: Delivery): JsonObject {
  const error = undelivered(delivery, "Unknown Address");
  return jsonObject(
    ...maximaMessageToJSON(delivery.message, localZone()),
    ["poll", false],
    ["delay", 0],
    ["delivered", error === undefined],
    // Without an answer the reference does not tell them.
    ...(delivery.status === "nothing"
      ? []
      : ([
          ["creation", delivery.creationMs],
          ["sending", delivery.sendingMs],
        ] as const)),
    error === undefined ? undefined : ["error", error],
  );
}

function sendAll(params: Params, { maxima, maximaServices }: MinimoteNode): CommandAnswer {
  if (!params.has("application") || !params.has("data")) throw new CommandError("MUST specify application and data for a sendall command");
  const application = params.string("application");
  const data = messageData(params);
  const delay = delayOf(params);
  for (const { currentAddress } of maximaServices.contacts.list()) maxima.queue(currentAddress, application, data, delay);
  const text = "Message added to send stack for all contacts";
  return response(delay === 0 ? text : `${text} with a delay of ${delay}`);
}

const READS: Readonly<Record<string, Action>> = { info, hosts };
const WRITES: Readonly<Record<string, Action>> = { setname: setName, seticon: setIcon, refresh, send, sendall: sendAll };

/** `maxima`: the own Maxima identity, and messages (spec 09 §19). */
export const maxima: Command = {
  name: "maxima",
  summary: "Show the own Maxima address, or send a message",
  details: `maxima (action:info|setname|seticon|hosts|refresh|send|sendall) (name:) (icon:) (id:|to:|publickey:) (application:) (data:) (poll:) (delay:)

Messages are encrypted and signed. Each takes some seconds of work to send.

action: info, the default, shows the own keys and addresses; contact is the one to give to others. setname and seticon set what contacts see of you. hosts shows the peers through which others reach this node. refresh looks for contacts that were not heard of for a while, and tells all of them where this node is. send sends a message, sendall sends it to all contacts.
name: a name for setname.
icon: an icon for seticon.
id: the number of a contact, as maxcontacts shows it.
to: an address, Mx..@host:port, or a permanent one, MAX#..
publickey: the Maxima key of a contact, or the own one.
application: a name that tells receivers what the message is for.
data: the message: HEX, text or JSON.
poll: with true, the answer does not wait until the message is delivered.
delay: milliseconds until it is sent, with poll and sendall.
host: taken for compatibility.

maxima action:info
maxima action:setname name:bob
maxima action:send id:1 application:chat data:hello
maxima action:send to:MxG18H..@10.0.0.7:9001 application:chat data:0xFED5`,
  params: ["action", "name", "icon", "id", "to", "publickey", "application", "data", "poll", "host", "delay"],
  write: false,
  run: (params, node, mode) => {
    const name = params.optionalString("action") ?? "info";
    const answer = runAction(name, { reads: READS, writes: WRITES }, [params, node, mode]);
    if (answer === undefined) throw new CommandError(name === "new" ? "Not Supported yet.." : `Unknown Action : ${name}`);
    return answer;
  },
};
