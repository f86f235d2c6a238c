import { parseAddress } from "../../net/endpoint.js";
import type { MinimoteNode } from "../../node/node.js";
import { ResyncError } from "../../node/resync/errors.js";
import { watchedBy } from "../../node/resync/mega-source.js";
import type { RestoredWallet } from "../../node/resync/new-wallet.js";
import type { ResyncResult } from "../../node/resync/resync.js";
import { toHex0x } from "../../protocol/bytes.js";
import { ProtocolError } from "../../protocol/errors.js";
import { type JsonValue, jsonObject } from "../../protocol/json.js";
import { cleanPhrase } from "../../wallet/seedphrase.js";
import { type CommandAnswer, type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { megammr } from "./megammr.js";

type Command = RpcCommand<MinimoteNode>;

/** Uses that a restored key is taken to have had (spec 09 §17). */
const DEFAULT_KEY_USES = 1000;
const MOST_KEYS = 10_000;

const WALLET_PARAMS = `phrase: of the wallet to restore, in quotes; without it the wallet stays. The wallet there was is kept in a file of its own.
anyphrase: true to take a phrase that is not made of the usual words.
keys: keys the wallet had, if it had more than the usual ones.
keyuses: how often a key was used, at most, 1000 if not given; it goes on beyond that.`;

/** `archive`: make the chain anew from a node that keeps all blocks (spec 09 §17). */
const archive: Command = {
  name: "archive",
  summary: "Sync again from a node that keeps all blocks",
  details: `archive action:resync host:IP:PORT (phrase:) (anyphrase:) (keys:) (keyuses:)

Downloads all blocks of an archive node, checks them, and starts the node again with them. Until then nothing changes; the log tells how
far it is. A restored wallet finds all its coins this way, and signs when the node has caught up with the chain.

action: resync.
host: a node that keeps an archive from the first block on (minimote node --archive).
${WALLET_PARAMS}

archive action:resync host:10.0.0.5:9001
archive action:resync host:10.0.0.5:9001 phrase:"YOUR 24 WORDS" keyuses:2000`,
  params: ["action", "host", "phrase", "anyphrase", "keys", "keyuses"],
  write: true,
  run: async (params, node) => {
    const action = params.string("action");
    if (action !== "resync") throw new CommandError(`Invalid action : ${action}`);
    const { root, tip } = await resync("archive", params, node);
    return response(jsonObject(["message", "Archive sync finished.. the node restarts"], ["root", root], ["tip", tip]));
  },
};

/** `megammrsync`: get the newest blocks and the wallet's coins from a node that keeps a MegaMMR (spec 09 §17). */
const megammrsync: Command = {
  name: "megammrsync",
  summary: "Sync again from a node that keeps all coins: fast",
  details: `megammrsync action:mydetails|resync (host:IP:PORT) (phrase:) (anyphrase:) (keys:) (keyuses:)

Downloads the newest blocks of a node with a MegaMMR and proofs of the wallet's coins, checks them, and starts the node again with them.
The host gets to see the wallet's addresses and public keys.

action: mydetails shows what the host would see, resync does it.
host: a node that keeps a MegaMMR (minimote node --megammr).
${WALLET_PARAMS}

megammrsync action:mydetails
megammrsync action:resync host:10.0.0.5:9001
megammrsync action:resync host:10.0.0.5:9001 phrase:"YOUR 24 WORDS" keyuses:2000`,
  params: ["action", "host", "phrase", "anyphrase", "keys", "keyuses"],
  write: true,
  run: async (params, node) => {
    const action = params.string("action");
    if (action === "mydetails") return myDetails(node);
    if (action !== "resync") throw new CommandError(`Unknown action : ${action}`);
    const { coins } = await resync("megammr", params, node);
    return response(jsonObject(["message", "MegaMMR sync finished.. the node restarts"], ["coins", coins]));
  },
};

function myDetails({ wallet }: MinimoteNode): CommandAnswer {
  const watched = watchedBy(wallet);
  const isWatched = new Set(watched.addresses.map(toHex0x));
  const rows = wallet.scripts().filter(({ simple, address }) => simple && isWatched.has(toHex0x(address)));
  const details = rows.map(
    ({ publicKey, address }): JsonValue => jsonObject(["publickey", toHex0x(publicKey)], ["address", toHex0x(address)]),
  );
  return response(jsonObject(["details", details], ["size", details.length]));
}

async function resync(type: "archive" | "megammr", params: Params, node: MinimoteNode): Promise<ResyncResult> {
  const host = params.string("host");
  const endpoint = parseAddress(host);
  if (endpoint === undefined) throw new CommandError(`Invalid HOST format for resync : ${host}`);
  try {
    const result = await node.resync.run({ source: { type, endpoint }, wallet: restoredWallet(params) });
    node.restart();
    return result;
  } catch (error) {
    if (error instanceof ResyncError) throw new CommandError(`Resync failed, nothing has changed : ${error.message}`);
    throw error;
  }
}

function restoredWallet(params: Params): RestoredWallet | undefined {
  if (!params.has("phrase")) return undefined;
  const phrase = params.string("phrase");
  const anyPhrase = params.boolean("anyphrase", false);
  try {
    if (!anyPhrase) cleanPhrase(phrase);
  } catch (error) {
    if (error instanceof ProtocolError) throw new CommandError(error.message);
    throw error;
  }
  const keys = Math.min(MOST_KEYS, Math.max(0, params.integerOr("keys", 0)));
  return { phrase, anyPhrase, keys, keyUses: Math.max(0, params.integerOr("keyuses", DEFAULT_KEY_USES)) };
}

export const RESYNC_COMMANDS: readonly Command[] = [megammr, megammrsync, archive];
