import type { MinimoteNode } from "../../node/node.js";
import { jsonObject } from "../../protocol/json.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";
import { ADDRESS_COMMANDS } from "./address.js";
import { APP_COMMANDS } from "./apps.js";
import { BACKUP_COMMANDS } from "./backup.js";
import { CHAIN_COMMANDS } from "./chain.js";
import { COIN_PROOF_COMMANDS } from "./coin-proofs.js";
import { COIN_COMMANDS } from "./coins.js";
import { CONTROL_COMMANDS } from "./control.js";
import { DIAGNOSTIC_COMMANDS } from "./diagnostics.js";
import { FROM_COMMANDS } from "./from.js";
import { KEY_COMMANDS } from "./keys.js";
import { MAXIMA_COMMANDS } from "./maxima/index.js";
import { MULTISIG_COMMANDS } from "./multisig.js";
import { NETWORK_COMMANDS } from "./network.js";
import { OFFLINE_COMMANDS } from "./offline.js";
import { RESYNC_COMMANDS } from "./resync.js";
import { SEND_COMMANDS } from "./send.js";
import { SENDPOLL_COMMANDS } from "./sendpoll.js";
import { TEXT_COMMANDS } from "./texts.js";
import { TOKEN_COMMANDS } from "./tokens.js";
import { TOOL_COMMANDS } from "./tools.js";
import { TXN_COMMANDS } from "./txn/index.js";
import { TXPOW_COMMANDS } from "./txpow.js";

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

/** In the order that `help` and the pages show. A family lists its commands itself, those of modules beside it too. */
const LIST: readonly Command[] = [
  ...CHAIN_COMMANDS,
  ...COIN_COMMANDS,
  ...ADDRESS_COMMANDS,
  ...KEY_COMMANDS,
  ...SEND_COMMANDS,
  ...TOKEN_COMMANDS,
  ...TXPOW_COMMANDS,
  ...DIAGNOSTIC_COMMANDS,
  ...TOOL_COMMANDS,
  ...NETWORK_COMMANDS,
  ...RESYNC_COMMANDS,
  ...BACKUP_COMMANDS,
  ...CONTROL_COMMANDS,
  ...COIN_PROOF_COMMANDS,
  ...TXN_COMMANDS,
  ...SENDPOLL_COMMANDS,
  ...OFFLINE_COMMANDS,
  ...FROM_COMMANDS,
  ...MULTISIG_COMMANDS,
  help,
  ...TEXT_COMMANDS,
  ...MAXIMA_COMMANDS,
  ...APP_COMMANDS,
];

/** Every RPC command by name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(LIST.map((command) => [command.name, command]));
