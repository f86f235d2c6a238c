import type { MinimoteNode } from "../../node/node.js";
import type { RpcCommand } from "../command.js";
import { getaddress, newaddress } from "./address.js";
import { block, status } from "./chain.js";
import { balance, coins } from "./coins.js";
import { send } from "./send.js";

const LIST: readonly RpcCommand<MinimoteNode>[] = [status, block, balance, coins, getaddress, newaddress, send];

/** Every RPC command by name. */
export const COMMANDS: ReadonlyMap<string, RpcCommand<MinimoteNode>> = new Map(LIST.map((command) => [command.name, command]));
