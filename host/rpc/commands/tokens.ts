import { unspentCoins } from "../../chain/coins.js";
import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { type Bytes, equalBytes, toHex0x, ZERO_ID } from "../../protocol/bytes.js";
import { type JsonObject, jsonObject } from "../../protocol/json.js";
import { tokenToJSON } from "../../protocol/json-views/coin-json.js";
import { txpowToJSON } from "../../protocol/json-views/txpow-json.js";
import { decode } from "../../protocol/reader.js";
import type { Slices } from "../../protocol/slices.js";
import type { StateVariable } from "../../protocol/state-variable.js";
import { readToken, type Token, tokenId, writeToken } from "../../protocol/token.js";
import { encode } from "../../protocol/writer.js";
import { type ConsolidateRequest, planConsolidate } from "../../wallet/consolidate.js";
import { planToken, type TokenRequest } from "../../wallet/token-create.js";
import { forWriters, type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { paidTxPoW } from "./mined.js";
import { payOrTry } from "./pay.js";
import { stateOf } from "./send.js";
import { signatureOf, webPageOf } from "./token-proofs.js";

type Command = RpcCommand<MinimoteNode>;

const MINIMA: JsonObject = jsonObject(["name", "Minima"], ["tokenid", "0x00"], ["total", "1000000000"], ["decimals", 44], ["scale", 1]);

const MAX_IMPORTED = 1000;
/** Coins looked at without an interruption. */
const LOOKED_AT_ONCE = 32;

/** The tokens of all coins in the tree, and those that were imported, by id. */
function* knownTokens({ chain, importedTokens }: MinimoteNode): Slices<Map<string, Token>> {
  const found = new Map(importedTokens);
  let looked = 0;
  for (const { token } of chain.tip === null ? [] : unspentCoins(chain.tip)) {
    if (token !== null) found.set(toHex0x(tokenId(token)), token);
    if (++looked % LOOKED_AT_ONCE === 0) yield;
  }
  return found;
}

/** The token of an id, if a coin of it is known here; none for Minima. */
export async function knownToken(node: MinimoteNode, tokenid: Bytes): Promise<Token | undefined> {
  if (equalBytes(tokenid, ZERO_ID)) return undefined;
  return (await node.turns.run(knownTokens(node))).get(toHex0x(tokenid));
}

/** `tokens`: the tokens known here (spec 09 §7.6). */
const tokens: Command = {
  name: "tokens",
  summary: "List the known tokens, or find one",
  details: `tokens (tokenid:) (action:export|import) (data:)

tokenid: one token only.
action: export gives a token as data; import makes it known here, until the node stops.
data: what export gave.

tokens
tokens tokenid:0x...
tokens action:export tokenid:0x...
tokens action:import data:0x...`,
  params: ["tokenid", "action", "data"],
  write: false,
  run: async (params, node, mode) => {
    const action = params.optionalString("action");
    if (action === "import") {
      forWriters(mode);
      return response(jsonObject(["token", tokenToJSON(imported(params.data("data"), node))]));
    }
    if (action !== "export" && !params.has("tokenid"))
      return response([MINIMA, ...Array.from((await node.turns.run(knownTokens(node))).values(), tokenToJSON)]);
    const token = await tokenOf(params, node);
    if (action !== "export") return response(tokenToJSON(token));
    return response(jsonObject(["tokenid", toHex0x(tokenId(token))], ["data", toHex0x(encode(writeToken, token))]));
  },
};

/** The token that is asked for with `tokenid`. Throws `CommandError`. */
async function tokenOf(params: Params, node: MinimoteNode): Promise<Token> {
  const id = params.has("tokenid") ? params.data("tokenid") : new Uint8Array();
  const token = await knownToken(node, id);
  if (token === undefined) throw new CommandError(`Token not found : ${toHex0x(id)}`);
  return token;
}

/** A token from elsewhere, known until the node stops. */
function imported(data: Bytes, { importedTokens }: MinimoteNode): Token {
  const token = decode(readToken, data);
  if (importedTokens.size >= MAX_IMPORTED) throw new CommandError("Too many tokens were imported since the node started");
  importedTokens.set(toHex0x(tokenId(token)), token);
  return token;
}

/** `tokenvalidate`: whether the maker of a token signed it, and what its web page says (spec 09 §7.6). */
const tokenvalidate: Command = {
  name: "tokenvalidate",
  summary: "Check the signature of a token, and the web page that vouches for it",
  details: `tokenvalidate tokenid:

tokenid: the token to check. Web pages of this machine and of local networks are not asked for, unless the node takes such peers, too.

tokenvalidate tokenid:0x...`,
  params: ["tokenid"],
  write: false,
  run: async (params, node) => {
    if (params.string("tokenid") === "0x00") throw new CommandError("The Main Minima Token 0x00 has no signature");
    const token = await tokenOf(params, node);
    return response(jsonObject(["signature", signatureOf(token)], ["web", await webPageOf(token, !node.config.allowAllIPs)]));
  },
};

/** `tokencreate`: make a token (spec 09 §12). */
const tokencreate: Command = {
  name: "tokencreate",
  summary: "Create a token",
  details: `tokencreate name: amount: (decimals:) (script:) (state:) (signtoken:) (webvalidate:) (burn:) (mine:true)

name: its name, or an object with a name and whatever else belongs to it.
amount: how much of it there will ever be.
decimals: digits after the point, 0 for whole ones, 8 if not given.
script: a script that every transaction with the token has to satisfy, too.
state: state variables of the first coin, by port.
signtoken: a public key of the wallet that signs the token.
webvalidate: the web address of a file with the token's id, as evidence whose token it is.
burn: Minima to burn.
mine: true waits until the transaction is mined.
uselimits: false allows more than a trillion and more decimals than 16.

tokencreate name:gold amount:1000
tokencreate name:{"name":"picture","url":"https://example.org/1"} amount:1 decimals:0`,
  params: ["name", "amount", "decimals", "script", "state", "signtoken", "webvalidate", "burn", "mine", "uselimits"],
  write: true,
  run: async (params, node) => {
    if (!params.has("name") || !params.has("amount")) throw new CommandError("MUST specify name and amount");
    const request: TokenRequest = {
      name: typeof params.values.get("name") === "object" ? params.object("name") : params.string("name"),
      amount: params.number("amount"),
      ...(params.has("decimals") ? { decimals: decimalsOf(params) } : {}),
      ...(params.has("script") ? { script: params.string("script") } : {}),
      ...(params.has("state") ? { state: textStateOf(params) } : {}),
      ...(params.has("webvalidate") ? { webvalidate: params.string("webvalidate") } : {}),
      ...(params.has("signtoken") ? { signToken: params.data("signtoken") } : {}),
      useLimits: params.boolean("uselimits", true),
      ...(params.has("burn") ? { burn: params.number("burn") } : {}),
    };
    const pending = await node.payments.pay((context, run) => planToken(request, context, run));
    return response(txpowToJSON(await paidTxPoW(pending, params.boolean("mine", false)), localZone()));
  },
};

/** A whole number, written as such. Throws `CommandError`. */
function decimalsOf(params: Params): number {
  const text = params.string("decimals");
  if (!/^[+-]?\d+$/.test(text)) throw new CommandError(`Invalid number for decimals : ${text}`);
  return Number(text);
}

/** State variables whose values are all texts, as the reference wants them here. */
function textStateOf(params: Params): StateVariable[] {
  for (const value of params.object("state").values())
    if (typeof value !== "string") throw new CommandError("the values of state must be texts");
  return stateOf(params);
}

/** `consolidate`: few coins out of many (spec 09 §11.4). */
const consolidate: Command = {
  name: "consolidate",
  summary: "Merge own coins",
  details: `consolidate tokenid: (coinage:) (maxcoins:) (maxsigs:) (burn:) (dryrun:true) (password:)

Pays many small coins back to this wallet as two: payments need fewer signatures and get smaller.

tokenid: the token whose coins become one; 0x00 is Minima.
coinage: only coins at least this many blocks old, 3 if not given.
maxcoins: at most this many coins, 20 if not given; fewer where they would not fit into a transaction.
maxsigs: at most this many signatures, 5 if not given.
burn: Minima to burn.
dryrun: true builds the transaction without sending it.
password: the password of a locked wallet, which stays locked.

consolidate tokenid:0x00
consolidate tokenid:0x00 maxcoins:10 dryrun:true`,
  params: ["tokenid", "coinage", "maxcoins", "maxsigs", "burn", "debug", "dryrun", "password"],
  write: true,
  run: async (params, node) => {
    const request: ConsolidateRequest = {
      tokenid: params.data("tokenid"),
      ...(params.has("burn") ? { burn: params.number("burn") } : {}),
      ...(params.has("coinage") ? { coinage: params.number("coinage") } : {}),
      ...(params.has("maxcoins") ? { maxCoins: params.integerOr("maxcoins", 20) } : {}),
      ...(params.has("maxsigs") ? { maxSignatures: params.integerOr("maxsigs", 5) } : {}),
    };
    const { unsent, pending } = await payOrTry(params, node, (context) => planConsolidate(request, context));
    return response(txpowToJSON(unsent ?? pending.txpow, localZone()));
  },
};

export const TOKEN_COMMANDS: readonly Command[] = [consolidate, tokencreate, tokens, tokenvalidate];
