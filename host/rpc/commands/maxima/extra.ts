import { isMaximaAddress, isPermanentAddress } from "../../../maxima/address.js";
import type { MinimoteNode } from "../../../node/node.js";
import { toHex0x } from "../../../protocol/bytes.js";
import { hashtableOrder } from "../../../protocol/java-hashtable.js";
import { jsonObject } from "../../../protocol/json.js";
import { type CommandAnswer, response } from "../../command.js";
import { CommandError, type Params } from "../../params.js";
import { type Action, type Command, runAction } from "./common.js";

const keyOf = (params: Params): string => toHex0x(params.data("publickey"));

function staticMLS(params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  const { mlsClient, contacts } = maximaServices;
  const host = params.string("host");
  if (host !== "clear" && (!isMaximaAddress(host) || isPermanentAddress(host)))
    throw new CommandError("Invalid MLS address : MUST be of type Mx..@host:port");
  mlsClient.setStatic(host === "clear" ? undefined : host);
  contacts.refresh();
  return response(jsonObject(["staticmls", mlsClient.isStatic], ["mls", mlsClient.shownAddress]));
}

function addPermanent(params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  const key = keyOf(params);
  maximaServices.mlsServer.permanent.add(key);
  return response(`Added Permanent Maxima ID : ${key}`);
}

function removePermanent(params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  const key = keyOf(params);
  maximaServices.mlsServer.permanent.remove(key);
  return response(`Removed Permanent Maxima ID : ${key}`);
}

function listPermanent(_params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  return response(maximaServices.mlsServer.permanent.list());
}

function clearPermanent(_params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  maximaServices.mlsServer.permanent.clear();
  return response("Cleared ALL Permanent Maxima ID");
}

async function getAddress(params: Params, { maximaServices }: MinimoteNode): Promise<CommandAnswer> {
  const text = params.string("maxaddress");
  if (!isPermanentAddress(text)) throw new CommandError("Permanent address MUST start with MAX# .. format MAX#PUBKEY#MLS_ADDRESS");
  const [, publicKey = "", mls = ""] = text.split("#");
  const found = await maximaServices.mlsClient.look(text);
  return response(
    jsonObject(
      ["publickey", publicKey],
      ["mls", mls],
      ["success", found !== undefined],
      [
        "mlsresponse",
        // The reference prints text in the one case, an object with a slip in the other.
        found === undefined
          ? "{}"
          : jsonObject(["publickey", found.publicKey], ["address", found.address], ["ranmdomuid", found.randomUid]),
      ],
    ),
  );
}

function mlsInfo(_params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  const entries = new Map(maximaServices.mlsServer.entries().map((entry) => [entry.publicKey, entry]));
  const shown = hashtableOrder(entries).map(([key, { identity, publicKeys }]) =>
    jsonObject(["publickey", key], ["mlsallowed", jsonObject(["maximaidentity", identity], ["valid", publicKeys])]),
  );
  return response(jsonObject(["mlsservice", shown]));
}

function allowAllContacts(params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  const enable = params.string("enable") === "true";
  maximaServices.contacts.allowsAll = enable;
  return response(jsonObject(["allowallcontacts", enable]));
}

function addAllowed(params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  const key = keyOf(params);
  maximaServices.contacts.allowed.add(key);
  return response(jsonObject(["added", key]));
}

function listAllowed(_params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  return response(jsonObject(["allowed", maximaServices.contacts.allowed.list()]));
}

function clearAllowed(_params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  maximaServices.contacts.allowed.clear();
  return response(jsonObject(["allowed", []]));
}

const READS: Readonly<Record<string, Action>> = { listpermanent: listPermanent, mlsinfo: mlsInfo, listallowed: listAllowed };
const WRITES: Readonly<Record<string, Action>> = {
  staticmls: staticMLS,
  addpermanent: addPermanent,
  removepermanent: removePermanent,
  clearpermanent: clearPermanent,
  getaddress: getAddress,
  allowallcontacts: allowAllContacts,
  addallowed: addAllowed,
  clearallowed: clearAllowed,
};

/** `maxextra`: settings of the Maxima identity, and the location service (spec 09 §19). */
export const maxextra: Command = {
  name: "maxextra",
  summary: "Set who may reach and add this node over Maxima, and how",
  details: `maxextra action:staticmls|addpermanent|removepermanent|listpermanent|clearpermanent|getaddress|mlsinfo|allowallcontacts|addallowed|listallowed|clearallowed (publickey:) (maxaddress:) (host:) (enable:)

A location service tells contacts where somebody is who moved. Every node is one for others.

action: staticmls uses one location service whatever hosts this node has. addpermanent lets everybody ask this node's service for somebody's address, so that MAX#publickey#mls is an address that stays; removepermanent, listpermanent and clearpermanent go with it. getaddress asks for the address behind such a one. mlsinfo shows what others have left with this node's service. allowallcontacts says if others may add this node as a contact; addallowed allows it to some, listallowed shows them, clearallowed forgets them.
publickey: the Maxima key of somebody.
maxaddress: a permanent address, MAX#..
host: the address of a location service, Mx..@host:port, or clear.
enable: true or false.

maxextra action:staticmls host:MxG18H..@203.0.113.5:9001
maxextra action:addpermanent publickey:0x3081..
maxextra action:getaddress maxaddress:MAX#0x3081..#MxG18H..@203.0.113.5:9001
maxextra action:allowallcontacts enable:false
maxextra action:addallowed publickey:0x3081..`,
  params: ["action", "publickey", "maxaddress", "enable", "host"],
  write: false,
  run: (params, node, mode) => {
    const name = params.string("action");
    const answer = runAction(name, { reads: READS, writes: WRITES }, [params, node, mode]);
    if (answer === undefined) throw new CommandError(`Unknown action : ${name}`);
    return answer;
  },
};
