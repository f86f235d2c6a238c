import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { findCoin, isRelevantCoin, unspentCoins } from "../../chain/coins.js";
import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { equalBytes, toHex0x } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import { hashObject } from "../../protocol/hash.js";
import { type JsonObject, type JsonValue, jsonObject } from "../../protocol/json.js";
import { coinToJSON } from "../../protocol/json-views/coin-json.js";
import { txpowToJSON } from "../../protocol/json-views/txpow-json.js";
import { MiniNumber } from "../../protocol/number.js";
import { filterInSlices } from "../../protocol/slices.js";
import { stateVariableFromText } from "../../protocol/state-variable.js";
import { tokenAmount } from "../../protocol/token.js";
import { WalletError } from "../../wallet/errors.js";
import { MULTISIG_ROW } from "../../wallet/scripts.js";
import { planSend } from "../../wallet/send.js";
import { type CommandAnswer, type RpcCommand, response } from "../command.js";
import type { AccessMode } from "../http-server.js";
import { CommandError, Params } from "../params.js";
import { runCommand } from "../run-line.js";
import { paidTxPoW } from "./mined.js";
import { payOrTry } from "./pay.js";
import { chainTip } from "./txn/common.js";
import { txncreate, txndelete, txnexport, txnimport } from "./txn/manage.js";
import { txninput, txnoutput, txnstate } from "./txn/parts.js";
import { txnpost } from "./txn/post.js";
import { txnsign } from "./txn/sign.js";

type Command = RpcCommand<MinimoteNode>;

const KEY = /^0x[0-9A-Fa-f]{64}$/;
/** Stands for no root key. */
const NO_ROOT = "0x21";
const ID_BYTES = 32;

const PARAMS = ["id", "action", "root", "required", "file", "publickeys", "amount", "tokenid", "coinid", "address", "password"];

/** `multisig`: coins that one root key, or n of m keys, may spend (spec 09 §5). */
const multisig: Command = {
  name: "multisig",
  summary: "Make and spend coins that need the signatures of several",
  details: `multisig action:getkey|create|list|spend|sign|view|post ..

The coin is locked to the public keys of all who may sign. To spend it, one makes a file with action:spend, as many as required sign it
one after the other with action:sign, and anybody sends it with action:post.

action: getkey shows a key of this wallet, create makes a coin, list shows coins, spend, sign, view and post deal with a file.
id: a name for the coin, instead of its coinid.
root: a key that may spend the coin alone.
required: how many of the keys must sign.
publickeys: all keys that may sign, as a list.
amount: how much is locked, or is spent; the rest stays locked.
tokenid: the token, Minima if not given.
coinid: the coin to spend.
address: who is paid.
file: the file to write or to read; a plain name is kept in files below the data folder, any other place is given from the root.
password: the password of a locked wallet, which stays locked.
mine: true waits until the transaction is mined.

multisig action:create id:club amount:100 required:2 publickeys:["0x...","0x...","0x..."]
multisig action:spend id:club amount:5 address:Mx... file:club.txn
multisig action:sign file:club.txn
multisig action:post file:signed_club.txn`,
  params: [...PARAMS, "mine"],
  write: true,
  run: (params, node, mode) => {
    switch (params.string("action")) {
      case "create":
        return create(params, node);
      case "sign":
        return sign(params, node, mode);
      default:
        return readOnlyAction(params, node, mode);
    }
  },
};

/** `multisigread`: what of `multisig` needs no key. */
const multisigread: Command = {
  name: "multisigread",
  summary: "As multisig, without what needs a key of this wallet",
  details: `multisigread action:getkey|list|spend|view|post ..

action: as with multisig.
id: a name for the coin, instead of its coinid.
root: taken for compatibility.
required: taken for compatibility.
publickeys: taken for compatibility.
amount: how much is spent; the rest stays locked.
tokenid: taken for compatibility.
coinid: the coin to spend.
address: who is paid.
file: the file to write or to read.
password: taken for compatibility.

multisigread action:list
multisigread action:view file:club.txn`,
  params: PARAMS,
  write: false,
  run: (params, node, mode) => readOnlyAction(params, node, mode),
};

async function readOnlyAction(params: Params, node: MinimoteNode, mode: AccessMode): Promise<CommandAnswer> {
  const action = params.string("action");
  switch (action) {
    case "getkey":
      return response(jsonObject(["publickey", toHex0x(node.wallet.getAddress().publicKey)]));
    case "list":
      return response((await lockedCoins(params, node)).map((coin) => coinToJSON(coin)));
    case "spend":
      return spend(params, node, mode);
    case "view":
      return steps(node, mode, (id) => [[txnimport, { id, file: params.string("file") }]]);
    case "post":
      return steps(node, mode, (id) => [
        [txnimport, { id, file: params.string("file") }],
        [txnpost, { id, mine: "true", auto: "true" }],
      ]);
    default:
      throw new CommandError(`Invalid action : ${action}`);
  }
}

/** What stands in the coin for a name. */
function hashedId(params: Params): string | undefined {
  if (!params.has("id")) return undefined;
  return toHex0x(hashObject((writer, text: string) => writer.string(text), params.string("id")));
}

async function create(params: Params, node: MinimoteNode): Promise<CommandAnswer> {
  const id = hashedId(params);
  const root = params.optionalString("root") ?? NO_ROOT;
  if (root !== NO_ROOT && !KEY.test(root)) throw new CommandError(`Invalid root key : ${root}`);
  const amount = params.number("amount");
  const required = params.number("required");
  const keys = params.array("publickeys").map((key) => {
    if (typeof key !== "string" || !KEY.test(key)) throw new CommandError(`Invalid public key : ${String(key)}`);
    return key;
  });
  if (MiniNumber.of(keys.length).lessThan(required)) throw new CommandError("Cannot have LESS keys than required!");
  const texts = [root, required.toString(), String(keys.length), ...keys];
  const state = texts.map((text, i) => stateVariableFromText(i + 1, text));
  const request = {
    recipients: [{ address: MULTISIG_ROW.address, amount }],
    ...(params.has("tokenid") ? { tokenid: params.data("tokenid") } : {}),
    state: id === undefined ? state : [stateVariableFromText(0, id), ...state],
  };
  try {
    const { pending, unsent } = await payOrTry(params, node, (context) => planSend(request, context));
    const txpow = unsent ?? (await paidTxPoW(pending, params.boolean("mine", false)));
    return response(jsonObject(["send", txpowToJSON(txpow, localZone())], ["id", id ?? ""]));
  } catch (error) {
    if (error instanceof WalletError) throw new CommandError(error.message, "message");
    throw error;
  }
}

/** The coins under the contract that name a key of this wallet, or all that carry a name. */
function lockedCoins(params: Params, node: MinimoteNode): Promise<Coin[]> {
  const id = hashedId(params);
  const { tracked } = node.wallet;
  const coins = filterInSlices(
    unspentCoins(chainTip(node)),
    (coin) =>
      equalBytes(coin.address, MULTISIG_ROW.address) &&
      isRelevantCoin(coin, tracked) &&
      (id === undefined || coin.state.some(({ text }) => text === id)),
  );
  return node.turns.run(coins);
}

async function coinToSpend(params: Params, node: MinimoteNode): Promise<Coin> {
  const id = hashedId(params);
  if (id !== undefined) {
    const [coin] = await lockedCoins(params, node);
    if (coin === undefined) throw new CommandError(`MultiSig with id not found : ${id}`);
    return coin;
  }
  const coin = await node.turns.run(findCoin(chainTip(node), params.data("coinid")));
  if (coin === undefined) throw new CommandError(`CoinID not found : ${params.string("coinid")}`);
  return coin;
}

async function spend(params: Params, node: MinimoteNode, mode: AccessMode): Promise<CommandAnswer> {
  const coin = await coinToSpend(params, node);
  const amount = params.number("amount");
  const change = (coin.token === null ? coin.amount : tokenAmount(coin.token, coin.amount)).sub(amount);
  const address = params.address("address");
  const coinaddress = toHex0x(coin.address);
  const tokenid = toHex0x(coin.tokenid);
  if (address === coinaddress) throw new CommandError("CANNOT send funds back to yourself!");
  if (change.lessThan(MiniNumber.ZERO)) throw new CommandError(`This coin holds only ${change.add(amount)}`);
  const file = params.optionalString("file") ?? `multispend_${Date.now()}.txn`;
  return steps(node, mode, (id) => {
    const sent: Step[] = [
      [txncreate, { id }],
      [txninput, { id, coinid: toHex0x(coin.coinid) }],
      [txnoutput, { id, storestate: "false", amount: amount.toString(), address, tokenid }],
    ];
    const kept: Step[] = [
      ...coin.state.map(({ port, text }): Step => [txnstate, { id, port: String(port), value: text }]),
      [txnoutput, { id, storestate: "true", amount: change.toString(), address: coinaddress, tokenid }],
    ];
    return [...sent, ...(change.moreThan(MiniNumber.ZERO) ? kept : []), [txnexport, { id, file }]];
  });
}

async function sign(params: Params, node: MinimoteNode, mode: AccessMode): Promise<CommandAnswer> {
  const file = params.string("file");
  const id = toHex0x(randomBytes(ID_BYTES));
  try {
    await txnimport.run(paramsOf({ id, file }), node, mode);
    const state = node.transactions.get(id)?.transaction.inputs[0]?.state ?? [];
    const own = node.wallet.keys().map(({ publicKey }) => toHex0x(publicKey));
    const password = params.optionalString("password");
    const signs = state
      .filter(({ text }) => own.includes(text))
      .map(({ text }): Step => [txnsign, { id, publickey: text, ...(password === undefined ? {} : { password }) }]);
    const name = basename(file);
    const signed = `${file.slice(0, file.length - name.length)}signed_${name}`;
    return response(await run([...signs, [txnexport, { id, file: signed }], [txndelete, { id }]], node, mode));
  } finally {
    node.transactions.remove(id);
  }
}

/** A command and its parameters. */
type Step = readonly [command: Command, params: Readonly<Record<string, string>>];

const paramsOf = (values: Readonly<Record<string, string>>): Params => new Params(new Map<string, JsonValue>(Object.entries(values)));

/** Runs steps on a transaction of their own, which is deleted as the last step, and gives all their answers. */
async function steps(node: MinimoteNode, mode: AccessMode, make: (id: string) => readonly Step[]): Promise<CommandAnswer> {
  if (mode !== "write") throw new CommandError("Files need write access");
  const id = toHex0x(randomBytes(ID_BYTES));
  try {
    return response(await run([...make(id), [txndelete, { id }]], node, mode));
  } finally {
    node.transactions.remove(id);
  }
}

/** Stops after the first step that fails. */
async function run(list: readonly Step[], node: MinimoteNode, mode: AccessMode): Promise<JsonObject[]> {
  const results: JsonObject[] = [];
  for (const [command, params] of list) {
    const { result, ok } = await runCommand(command, paramsOf(params), node, mode);
    results.push(result);
    if (!ok) break;
  }
  return results;
}

export const MULTISIG_COMMANDS: readonly Command[] = [multisig, multisigread];
