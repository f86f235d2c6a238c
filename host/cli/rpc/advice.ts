import { COMMANDS } from "../../rpc/commands/index.js";
import { nearest } from "../nearest.js";

/** What helps against what nodes say, by their words. */
const ADVICE: readonly (readonly [said: RegExp, advice: string])[] = [
  [/locked/i, "Unlock the wallet with: minimote vault action:passwordunlock password:"],
  [/no blocks yet/i, "The node has no chain yet. See whether it has peers: minimote network. Connect with: minimote connect host:IP:PORT"],
  [
    /insufficient funds|not enough|no .*coins available/i,
    "See what can be spent: minimote balance. Coins can be spent some blocks after they came in.",
  ],
  [/write access/i, "The password in use only allows to look: set MINIMOTE_RPC_PASSWORD to the full one."],
  [/invalid address/i, "Addresses start with Mx or 0x: ask the receiver for the output of minimote getaddress."],
];

/** What to do about a command that failed; undefined if the node's own words have to do. */
export function adviceFor(name: string, error: string): string | undefined {
  const command = COMMANDS.get(name);
  const [, param] = /^Invalid parameter : (\S+)/.exec(error) ?? [];
  if (command !== undefined && param !== undefined) {
    const meant = nearest(param, command.params);
    return meant.length > 0 ? `Did you mean ${meant.map((other) => `${other}:`).join(" or ")}? ${helpHint(name)}` : helpHint(name);
  }
  if (command !== undefined && /^(param not specified|BLANK param|Must specify|Invalid parameters for)/i.test(error)) return helpHint(name);
  return ADVICE.find(([said]) => said.test(error))?.[1];
}

const helpHint = (name: string): string => `How it is used: minimote ${name} --help`;
