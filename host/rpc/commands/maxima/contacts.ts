import type { Contact } from "../../../maxima/contact.js";
import { detailEntries } from "../../../maxima/contact-message.js";
import { MOST_ADDED } from "../../../maxima/contacts.js";
import { localZone } from "../../../node/local-zone.js";
import type { MinimoteNode } from "../../../node/node.js";
import { type JsonObject, type JsonValue, jsonObject } from "../../../protocol/json.js";
import { javaDateText } from "../../../protocol/json-views/java-date.js";
import { maximaMessageToJSON } from "../../../protocol/json-views/maxima-json.js";
import { type CommandAnswer, response } from "../../command.js";
import { CommandError, Params } from "../../params.js";
import { runCommand } from "../../run-line.js";
import { type Action, type Command, contactAddress, deliveryOf, runAction, undelivered } from "./common.js";

function contactToJSON({ id, publicKey, currentAddress, myAddress, lastSeen, details }: Contact): JsonObject {
  return jsonObject(
    ["id", id],
    ["publickey", publicKey],
    ["currentaddress", currentAddress],
    ["myaddress", myAddress],
    ["lastseen", lastSeen],
    ["date", javaDateText(BigInt(lastSeen), localZone())],
    ["extradata", jsonObject(...detailEntries(details))],
  );
}

function list(_params: Params, { maximaServices, chain }: MinimoteNode): CommandAnswer {
  const { contacts } = maximaServices;
  const blocks: readonly (readonly [string, JsonValue])[] = [["chaintip", String(chain.tip?.number ?? 0)]];
  const isOnChain = ({ checkBlock, checkHash }: Contact["details"]): boolean =>
    checkHash === `0x${chain.tree?.mainAt(Number(checkBlock))?.key}`;
  const shown = contacts
    .list()
    .map((contact) => jsonObject(...contactToJSON(contact), ...blocks, ["samechain", isOnChain(contact.details)]));
  return response(jsonObject(["allowallcontacts", contacts.allowsAll], ["contacts", shown]));
}

async function add(params: Params, node: MinimoteNode): Promise<CommandAnswer> {
  const { contacts } = node.maximaServices;
  if (!contacts.allowsAll && contacts.allowed.list().length === 0)
    throw new CommandError("You have disabled adding contacts and have not allowed any public keys - use maxextra action:addallowed.. ");
  const address = await contactAddress(params, "contact", node);
  if (contacts.count() >= MOST_ADDED) throw new CommandError(`Curently there is a limit of ${MOST_ADDED} contacts..`);
  const delivery = await deliveryOf(contacts.add(address));
  const error = undelivered(delivery, "Unkown Address");
  const shown = jsonObject(
    ...maximaMessageToJSON(delivery.message, localZone()),
    ["delivered", error === undefined],
    error === undefined ? undefined : ["error", error],
  );
  return response(jsonObject(["maxima", shown]));
}

function remove(params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  const id = params.string("id");
  maximaServices.contacts.remove(params.integerOr("id", 0));
  return response(jsonObject(["removed", id]));
}

function clear(_params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  const all = maximaServices.contacts.list();
  for (const { id } of all) maximaServices.contacts.remove(id);
  return response(jsonObject(["found", all.length]));
}

function search(params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  const { contacts } = maximaServices;
  if (!params.has("publickey") && !params.has("id")) throw new CommandError("Must specify id or publickey");
  const found = params.has("publickey") ? contacts.byKey(params.address("publickey")) : contacts.byId(params.integerOr("id", 0));
  if (found === undefined) throw new CommandError("MaxContact not found");
  return response(jsonObject(["contact", contactToJSON(found)]));
}

function exportContacts(_params: Params, { maximaServices }: MinimoteNode): CommandAnswer {
  const addresses = maximaServices.contacts.list().map(({ currentAddress }) => currentAddress);
  return response(
    jsonObject(
      ["contacts", addresses.length],
      ["contactlist", addresses.join(",")],
      ["message", "Maxima addresses change constantly - so import it immediately.."],
    ),
  );
}

async function importContacts(params: Params, node: MinimoteNode): Promise<CommandAnswer> {
  const addresses = params.string("contactlist").replaceAll(" ", "").split(",");
  const results: JsonObject[] = [];
  for (const contact of addresses.filter((address) => address !== "").slice(0, MOST_ADDED)) {
    const given = new Params(
      new Map([
        ["action", "add"],
        ["contact", contact],
      ]),
    );
    results.push((await runCommand(maxcontacts, given, node, "write")).result);
  }
  return response(jsonObject(["size", results.length], ["contacts", results]));
}

const READS: Readonly<Record<string, Action>> = { list, search, export: exportContacts };
const WRITES: Readonly<Record<string, Action>> = { add, remove, clear, import: importContacts };

/** `maxcontacts`: the people this node exchanges addresses with (spec 09 §19). */
export const maxcontacts: Command = {
  name: "maxcontacts",
  summary: "Show, add and remove Maxima contacts",
  details: `maxcontacts (action:list|add|remove|clear|search|export|import) (contact:) (id:) (publickey:) (contactlist:)

Contacts keep each other's addresses up to date, so that messages arrive wherever they are.

action: list is the default; samechain tells if a contact is on the same chain as this node. add introduces this node to somebody, who becomes a contact once the answer has come: that takes some seconds more. remove forgets a contact, and has this node forgotten there; clear does so with all. search shows one contact. export gives the addresses of all, import adds them.
contact: the address of a new contact, Mx..@host:port, or a permanent one, MAX#..
id: the number of a contact.
publickey: the Maxima key of a contact.
contactlist: addresses with commas between, as export gives them.
enable: taken for compatibility.

maxcontacts
maxcontacts action:add contact:MxG18H..@10.0.0.7:9001
maxcontacts action:search id:1
maxcontacts action:remove id:1`,
  params: ["action", "contact", "id", "publickey", "enable", "contactlist"],
  write: false,
  run: (params, node, mode) => {
    const name = params.optionalString("action") ?? "list";
    const answer = runAction(name, { reads: READS, writes: WRITES }, [params, node, mode]);
    if (answer === undefined) throw new CommandError(`Unknown action : ${name}`);
    return answer;
  },
};
