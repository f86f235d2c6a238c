import type { MinimoteNode } from "../../node/node.js";
import type { RpcControl } from "../../node/rpc-control.js";
import { toHex0x } from "../../protocol/bytes.js";
import { type JsonObject, jsonObject } from "../../protocol/json.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { coinnotify, webhooks } from "./events.js";
import { logs, trace } from "./logging.js";

type Command = RpcCommand<MinimoteNode>;

/** `quit`: stop the node (spec 09 §7.14). */
const quit: Command = {
  name: "quit",
  summary: "Stop the node",
  details: "quit (compact:true|false)\n\ncompact: give unused space of the databases back first.\n\nquit\nquit compact:true",
  params: ["compact"],
  write: true,
  run: (params, node) => {
    node.quit({ compact: params.boolean("compact", false) });
    return [["message", "Shutdown complete"]];
  },
};

/** `rpc`: settings and users of the RPC server (spec 09 §2.3). */
const rpc: Command = {
  name: "rpc",
  summary: "Settings and users of the RPC server",
  details: `rpc (enable:true|false) (password:) (action:adduser|removeuser|listusers) (username:) (password:) (mode:read|write)

enable: true or false. Once off, RPC stays off until the node starts again.
password: with enable, that of user minima from now on; with adduser, that of the new user. It is kept as a hash.
action: adduser, removeuser or listusers.
username: whom to add or remove.
mode: read or write: a reader cannot spend or change anything.
ssl: taken for compatibility: whether RPC speaks TLS is decided when the node is started (--rpc-tls).

rpc enable:true password:mypassword
rpc action:adduser username:bob password:bobspassword mode:read
rpc action:removeuser username:bob
rpc action:listusers`,
  params: ["enable", "ssl", "password", "action", "username", "mode"],
  write: true,
  run: async (params, node) => {
    const control = node.rpc;
    if (control === null) throw new CommandError("This node was started without RPC");
    const action = params.optionalString("action");
    if (params.has("enable")) await enable(params, control);
    else if (action === "adduser") await addUser(params, control);
    else if (action === "removeuser") control.removeUser(params.string("username"));
    return response(settings(control, action === "listusers"));
  },
};

async function enable(params: Params, control: RpcControl): Promise<void> {
  if (params.boolean("ssl", control.tlsKey !== undefined) !== (control.tlsKey !== undefined))
    throw new CommandError("Whether RPC speaks TLS is decided at the start of the node: see its option --rpc-tls");
  if (params.has("password")) await control.setPassword(params.string("password"));
  await control.enable(params.boolean("enable", true));
}

async function addUser(params: Params, control: RpcControl): Promise<void> {
  if (!control.isPasswordRequired)
    throw new CommandError("You must set a default RPC password (for user minima) via -rpcpassword to add extra users");
  const username = params.string("username");
  control.checkName(username);
  const password = params.string("password");
  const mode = params.string("mode").toLowerCase();
  if (mode !== "read" && mode !== "write") throw new CommandError("RPC User mode MUST be either read or write");
  await control.addUser(username, password, mode);
}

function settings(control: RpcControl, listUsers: boolean): JsonObject {
  const users = control.users();
  return jsonObject(
    ["enabled", control.isEnabled],
    ["port", control.port],
    ["ssl", control.tlsKey !== undefined],
    ["sslpubkey", control.tlsKey === undefined ? "0x00" : toHex0x(control.tlsKey)],
    ["authenticate", control.isPasswordRequired],
    ["username", "minima"],
    ["password", "***"],
    [
      "rpcusers",
      listUsers ? users.map(({ username, mode }) => jsonObject(["username", username], ["password", "***"], ["mode", mode])) : users.length,
    ],
  );
}

export const CONTROL_COMMANDS: readonly Command[] = [rpc, webhooks, coinnotify, logs, trace, quit];
