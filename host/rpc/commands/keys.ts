import { randomBytes } from "node:crypto";
import { WorkerPool } from "../../core/pool.js";
import { cleanScript } from "../../kissvm/index.js";
import type { MinimoteNode } from "../../node/node.js";
import { workerNodeMaker } from "../../node/open-wallet.js";
import { type Bytes, equalBytes, parseHex, toHex0x, ZERO_ID } from "../../protocol/bytes.js";
import { type JsonObject, jsonObject } from "../../protocol/json.js";
import { encodeMx } from "../../protocol/mx.js";
import { customRow, simpleRow } from "../../wallet/scripts.js";
import { keySeed, newPhrase, phraseSeed } from "../../wallet/seedphrase.js";
import { DEFAULT_SHAPE, treePublicKey } from "../../wallet/treekey.js";
import type { KeyStatus, Wallet } from "../../wallet/wallet.js";
import { forWriters, type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { scriptRowToJSON } from "./address.js";
import { runscript } from "./scripting.js";

type Command = RpcCommand<MinimoteNode>;

/** A key row; the private key is never shown (spec 09 §6). */
function keyToJSON({ shape, uses, maxUses, modifier, publicKey }: KeyStatus): JsonObject {
  return jsonObject(
    ["size", shape.keys],
    ["depth", shape.levels],
    ["uses", uses],
    ["maxuses", maxUses],
    ["modifier", toHex0x(modifier)],
    ["publickey", toHex0x(publicKey)],
  );
}

/** `keys`: the wallet's keys (spec 09 §7.3). */
const keys: Command = {
  name: "keys",
  summary: "List or check the wallet's keys, or make a new one",
  details: `keys (action:list|new|fresh) (publickey:) (modifier:)

action: list shows keys and how often they have signed, new makes one, fresh goes on with fresh uses of all. The default is list.
publickey: only the key with this public key.
modifier: only the key with this number.
phrase: taken for compatibility.

fresh lets a wallet sign at once that waits because it was restored, copied or long switched off: it skips many uses of every key.
Only do that when no other copy of this wallet signs any more.

keys
keys action:new
keys modifier:0x00
keys action:fresh`,
  params: ["action", "publickey", "phrase", "modifier"],
  write: false,
  run: async (params, { wallet }, mode) => {
    const action = params.optionalString("action") ?? "list";
    switch (action) {
      case "list":
        return response(listed(params, wallet));
      case "new":
        // The reference shows every new key with the first one's modifier (spec 09 §6).
        return response(keyToJSON({ ...(await newKey(wallet)), modifier: ZERO_ID }));
      case "checkkeys":
        forWriters(mode);
        if (wallet.isLocked) throw new CommandError("Cannot check keys of locked DB..");
        return response(await checked(wallet));
      case "genkey":
        return response(await generated(params.optionalString("phrase") ?? newPhrase((length) => randomBytes(length))));
      case "fresh":
        forWriters(mode);
        await wallet.proceed();
        return response("All keys go on far ahead: the wallet signs with uses that no other copy will have come to");
      default:
        throw new CommandError(`Unknown action : ${action}`);
    }
  },
};

function listed(params: Params, wallet: Wallet): JsonObject {
  const publicKey = params.has("publickey") ? parseHex(params.string("publickey")) : undefined;
  const modifier = params.optionalString("modifier");
  const wanted = (key: KeyStatus): boolean => {
    if (publicKey !== undefined) return equalBytes(key.publicKey, publicKey);
    return modifier === undefined || toHex0x(key.modifier) === modifier;
  };
  const rows = wallet.keys().filter(wanted);
  return jsonObject(
    ["keys", rows.map(keyToJSON)],
    ["total", rows.length],
    ["maxuses", rows.reduce((most, { uses }) => Math.max(most, uses), 0)],
  );
}

async function newKey(wallet: Wallet): Promise<KeyStatus> {
  const { publicKey } = await wallet.newAddress();
  const made = wallet.keys().find((key) => equalBytes(key.publicKey, publicKey));
  if (made === undefined) throw new CommandError("the new key is not there");
  return made;
}

/** Makes every key anew from the seed: minutes of work on a small board, below everything else. */
async function checked(wallet: Wallet): Promise<JsonObject> {
  const keyRows = wallet.keys();
  const baseSeed = phraseSeed(wallet.revealPhrase());
  const workers = new WorkerPool({ size: 1, lowPriority: true });
  let correct = 0;
  try {
    for (const { index, publicKey, shape } of keyRows) {
      const made = await treePublicKey(keySeed(baseSeed, index), shape.keys, workerNodeMaker(workers));
      if (equalBytes(made, publicKey)) correct++;
    }
  } finally {
    baseSeed.fill(0);
    await workers.close();
  }
  return jsonObject(["allkeys", keyRows.length], ["correct", correct], ["wrong", keyRows.length - correct]);
}

/** A key of its own, with all there is to know of it. */
async function generated(phrase: string): Promise<JsonObject> {
  const seed = keySeed(phraseSeed(phrase), 0);
  const privateKey = toHex0x(seed);
  const publicKey = await treePublicKey(seed, DEFAULT_SHAPE.keys);
  const { script, address } = simpleRow(publicKey, false);
  return jsonObject(
    ["phrase", phrase],
    ["privatekey", privateKey],
    ["modifier", 0],
    ["publickey", toHex0x(publicKey)],
    ["script", script],
    ["address", toHex0x(address)],
    ["miniaddress", encodeMx(address)],
  );
}

/** `scripts`: the scripts the wallet knows (spec 09 §7.3). */
const scripts: Command = {
  name: "scripts",
  summary: "List the scripts the wallet knows, or find one",
  details: `scripts (address:)

address: only the script of this address.

scripts
scripts address:0x...`,
  params: ["address"],
  write: false,
  run: (params, { wallet }) => {
    if (!params.has("address")) return response(wallet.scripts().map(scriptRowToJSON));
    const address = hexOf(params.address("address"));
    const row = address && wallet.scriptOf(address);
    if (row === undefined) throw new CommandError("Script with that address not found");
    return response(scriptRowToJSON(row));
  },
};

/** The bytes of an address; undefined for text that is none. */
function hexOf(text: string): Bytes | undefined {
  try {
    return parseHex(text);
  } catch {
    return undefined;
  }
}

/** `newscript`: watch the coins of a script (spec 09 §7.3). */
const newscript: Command = {
  name: "newscript",
  summary: "Register a script, so that its coins are watched",
  details: `newscript script: trackall:true|false (clean:true)

script: the text of the script.
trackall: true to follow all coins at its address, false for those that concern the wallet.
clean: put the script in its clean form first, which may give another address.

newscript trackall:true script:"RETURN SIGNEDBY(0x...)"
newscript trackall:false clean:true script:"let a = 1 return a eq 1"`,
  params: ["script", "trackall", "clean"],
  write: false,
  run: (params, { wallet }) => {
    const text = params.string("script");
    params.string("trackall");
    const row = customRow(params.boolean("clean", false) ? cleanScript(text) : text, params.boolean("trackall", false));
    wallet.putScript(row);
    return response(scriptRowToJSON(row));
  },
};

/** `removescript`: forget a script (spec 09 §7.3). */
const removescript: Command = {
  name: "removescript",
  summary: "Forget a script",
  details: `removescript address:

address: the address of the script.

removescript address:0x...`,
  params: ["address"],
  write: true,
  run: (params, { wallet }) => {
    const address = hexOf(params.address("address"));
    if (address !== undefined) wallet.removeScript(address);
    return response("Script removed");
  },
};

export const KEY_COMMANDS: readonly Command[] = [keys, scripts, newscript, removescript, runscript];
