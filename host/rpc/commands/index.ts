import type { MinimoteNode } from "../../node/node.js";
import { jsonObject } from "../../protocol/json.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";
import { mmrcreate, mmrproof } from "./ad-hoc-mmr.js";
import { getaddress, newaddress } from "./address.js";
import { APP_COMMANDS } from "./apps.js";
import { backup, decryptbackup, reset, restore, restoresync } from "./backup.js";
import { burn } from "./burn.js";
import { block, status } from "./chain.js";
import { COIN_PROOF_COMMANDS } from "./coin-proofs.js";
import { balance, coins } from "./coins.js";
import { quit, rpc } from "./control.js";
import { healthcheck, printmmr, scanchain } from "./diagnostics.js";
import { coinnotify, webhooks } from "./events.js";
import { FROM_COMMANDS } from "./from.js";
import { hashtest } from "./hashtest.js";
import { history } from "./history.js";
import { keys, newscript, removescript, scripts } from "./keys.js";
import { logs, trace } from "./logging.js";
import { MAXIMA_COMMANDS } from "./maxima/index.js";
import { megammr } from "./megammr.js";
import { message, ping } from "./messages.js";
import { multisig, multisigread } from "./multisig.js";
import { connect, disconnect, network } from "./network.js";
import { OFFLINE_COMMANDS } from "./offline.js";
import { p2pstate, peers } from "./peers.js";
import { printtree } from "./printtree.js";
import { archive, megammrsync } from "./resync.js";
import { maths, runscript } from "./scripting.js";
import { send } from "./send.js";
import { sendpoll } from "./sendpoll.js";
import { seedrandom, sign, verify } from "./signatures.js";
import { slavenode } from "./slavenode.js";
import { systemcheck } from "./systemcheck.js";
import { test, tutorial, whitepaper } from "./texts.js";
import { consolidate, tokencreate, tokens, tokenvalidate } from "./tokens.js";
import { checkaddress, convert, hash, random, timemilli } from "./tools.js";
import { TXN_COMMANDS } from "./txn/index.js";
import { mempool, txpow } from "./txpow.js";
import { vault } from "./vault.js";

type Command = RpcCommand<MinimoteNode>;

/** `help`: what there is, or how one command is used (spec 09 §5). */
const help: Command = {
  name: "help",
  summary: "Show all commands, or one in detail",
  details: `help (command:)

command: one command in detail.

help
help command:send`,
  params: ["command"],
  write: false,
  run: (params) => {
    if (!params.has("command")) return response(jsonObject(...LIST.map(({ name, summary }) => [name, summary] as const)));
    const name = params.string("command");
    const command = COMMANDS.get(name);
    if (command === undefined) throw new CommandError(`Command not found : ${name}`);
    return response(jsonObject(["command", name], ["help", command.summary], ["fullhelp", command.details]));
  },
};

const LIST: readonly Command[] = [
  status,
  block,
  balance,
  coins,
  getaddress,
  newaddress,
  checkaddress,
  keys,
  scripts,
  newscript,
  removescript,
  runscript,
  send,
  consolidate,
  tokencreate,
  tokens,
  tokenvalidate,
  history,
  txpow,
  mempool,
  burn,
  healthcheck,
  systemcheck,
  scanchain,
  printtree,
  printmmr,
  hash,
  random,
  convert,
  maths,
  hashtest,
  seedrandom,
  sign,
  verify,
  mmrcreate,
  mmrproof,
  timemilli,
  network,
  connect,
  disconnect,
  ping,
  message,
  peers,
  p2pstate,
  slavenode,
  megammr,
  megammrsync,
  archive,
  vault,
  backup,
  restore,
  restoresync,
  decryptbackup,
  reset,
  rpc,
  webhooks,
  coinnotify,
  logs,
  trace,
  quit,
  ...COIN_PROOF_COMMANDS,
  ...TXN_COMMANDS,
  sendpoll,
  ...OFFLINE_COMMANDS,
  ...FROM_COMMANDS,
  multisig,
  multisigread,
  help,
  tutorial,
  whitepaper,
  test,
  ...MAXIMA_COMMANDS,
  ...APP_COMMANDS,
];

/** Every RPC command by name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(LIST.map((command) => [command.name, command]));
