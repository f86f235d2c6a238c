import { randomInt } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addressText, type Endpoint, parseAddress } from "../../net/endpoint.js";
import type { OverlayInfo } from "../../net/network-info.js";
import { downloadPeerList, isListAddress, parsePeers } from "../../node/known-peers.js";
import type { MinimoteNode } from "../../node/node.js";
import { jsonObject } from "../../protocol/json.js";
import { type CommandAnswer, forWriters, type RpcCommand, response } from "../command.js";
import { overlayToJSON } from "../network-json.js";
import { CommandError, type Params } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

const DEFAULT_MAX = 1000;
const PUBLISHED = 20;
const DEFAULT_FILE = "peerslist.txt";

/** `peers`: the peers the overlay knows (spec 09 §7.9). */
export const peers: Command = {
  name: "peers",
  summary: "Show, add, check, save or load peers",
  details: `peers (action:list|addpeers|forcecheck|publish|fetch) (peerslist:) (max:) (file:) (url:)

action: list shows known peers, addpeers has some tried out, forcecheck checks all known ones again, publish writes ${PUBLISHED} to a file, fetch reads some from a file or the web. The default is list.
peerslist: with addpeers, HOST:PORT with commas between, or a web address of such a list.
max: show this many at most, ${DEFAULT_MAX} if not given.
file: a name that ends with .txt; the file is in the data folder.
url: with fetch, a web address.

peers
peers action:addpeers peerslist:203.0.113.7:9001,203.0.113.8:9001
peers action:fetch url:https://example.org/peers.txt`,
  params: ["action", "peerslist", "max", "file", "url"],
  write: false,
  run: async (params, node, mode) => {
    const overlay = node.network.overlay();
    if (overlay === undefined) return response(OFF);
    const action = params.optionalString("action") ?? "list";
    if (action === "list") return response(listed(params, overlay));
    forWriters(mode);
    switch (action) {
      case "forcecheck":
        return forceCheck(node, overlay);
      case "addpeers":
        return addPeers(params, node);
      case "publish":
        return publish(params, node, overlay);
      case "fetch":
        return fetchPeers(params, node);
      default:
        throw new CommandError(`Invalid action : ${action}`);
    }
  },
};

const OFF = jsonObject(["peers-list", ""], ["havepeers", true], ["p2penabled", false], ["message", "P2P System NOT enabled"]);

function listed(params: Params, overlay: OverlayInfo) {
  const some = shuffled(overlay.knownPeers).slice(0, Math.max(0, params.integerOr("max", DEFAULT_MAX)));
  return jsonObject(
    ["peerslist", some.map(addressText).join(",")],
    ["size", some.length],
    ["havepeers", overlay.knownPeers.length > 0],
    ["p2penabled", true],
  );
}

function shuffled(endpoints: readonly Endpoint[]): Endpoint[] {
  const list = [...endpoints];
  for (let i = list.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [list[i], list[j]] = [list[j] as Endpoint, list[i] as Endpoint];
  }
  return list;
}

function forceCheck({ network, topics }: MinimoteNode, overlay: OverlayInfo): CommandAnswer {
  network.recheckPeers();
  return response(
    jsonObject(
      ["message", "Peers check started.. will start ASAP"],
      ["logs", topics.isOn("peerschecker")],
      ["size", overlay.knownPeers.length],
    ),
  );
}

async function addPeers(params: Params, { network }: MinimoteNode): Promise<CommandAnswer> {
  const given = params.string("peerslist");
  const text = isListAddress(given) ? await download(given) : given;
  const parts = text.split(/[\s,]+/).filter((part) => part !== "");
  const valid = parts.filter((part) => parseAddress(part) !== undefined);
  const invalid = parts.filter((part) => parseAddress(part) === undefined);
  network.addKnownPeers(parsePeers(text));
  return response(
    jsonObject(
      ["valid", `[${valid.join(", ")}]`],
      ["invalid", `[${invalid.join(", ")}]`],
      ["message", "Valid peers added to checking queue.."],
    ),
  );
}

async function publish(params: Params, { config }: MinimoteNode, overlay: OverlayInfo): Promise<CommandAnswer> {
  const text = shuffled(overlay.knownPeers).slice(0, PUBLISHED).map(addressText).join(",");
  const file = join(config.dataDir, fileName(params.optionalString("file") ?? DEFAULT_FILE));
  await writeFile(file, text);
  return response(jsonObject(["peers", text], ["file", file]));
}

async function fetchPeers(params: Params, { config, network }: MinimoteNode): Promise<CommandAnswer> {
  const location = params.has("file") ? fileName(params.string("file")) : params.string("url");
  const text = params.has("file") ? await readFile(join(config.dataDir, location), "utf8").catch(() => "") : await download(location);
  const found = parsePeers(text);
  if (found.length === 0) throw new CommandError(`No peers found in location ${location}`);
  network.addKnownPeers(found);
  return response(
    jsonObject(["peers", found.map(addressText).join(",")], ["location", location], ["message", "Valid peers added to checking queue.."]),
  );
}

async function download(url: string): Promise<string> {
  const text = await downloadPeerList(url).catch((error: Error) => {
    throw new CommandError(`No peers found @ ${url} : ${error.message}`);
  });
  if (text.trim() === "") throw new CommandError(`No peers found @ ${url}`);
  return text;
}

/** Only such files: all others of the data folder are the node's own. */
function fileName(name: string): string {
  if (!/^[\w-][\w.-]*\.txt$/.test(name)) throw new CommandError(`The file must be a .txt file in the data folder : ${name}`);
  return name;
}

/** `p2pstate`: the overlay in full (spec 09 §5). */
export const p2pstate: Command = {
  name: "p2pstate",
  summary: "Show the state of the P2P overlay",
  details: "p2pstate\n\np2pstate",
  params: [],
  write: false,
  run: (_params, node) => {
    if (node.network.overlay() === undefined) throw new CommandError("P2P System NOT enabled");
    return [["p2p-state", overlayToJSON(node)]];
  },
};
