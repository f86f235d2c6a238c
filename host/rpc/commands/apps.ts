import type { MinimoteNode } from "../../node/node.js";
import { jsonObject } from "../../protocol/json.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

/** The ids that stand for the public and the restricted MiniDapp where MiniDapps are off. */
const PUBLIC_UID = "0xDEAD";
const UNTRUSTED_UID = "0xDEADDEADDEAD";

/** `mds`: MiniDapps, of which this node runs none (spec 09 §18). */
const mds: Command = {
  name: "mds",
  summary: "Tell that MiniDapps are off",
  details: `mds (action:list)

This node runs no MiniDapps: the list says so to programs that ask.

action: list, or pending for what waits for the owner's consent. All others are refused here.
file: taken for compatibility.
folder: taken for compatibility.
uid: taken for compatibility.
trust: taken for compatibility.
enable: taken for compatibility.
locationonly: taken for compatibility.

mds`,
  params: ["action", "file", "folder", "uid", "trust", "enable", "locationonly"],
  write: true,
  run: (params) => {
    const action = params.optionalString("action") ?? "list";
    if (action === "pending") return response(jsonObject(["pending", []]));
    if (action !== "list") throw new CommandError("MiniDapps are off: this node runs none");
    return response(
      jsonObject(
        ["enabled", false],
        ["connect", ""],
        ["password", null],
        ["publicmds", false],
        ["publicmdsuid", PUBLIC_UID],
        ["untrustedmdsuid", UNTRUSTED_UID],
        ["minidapps", []],
      ),
    );
  },
};

/** `checkmode`: what the caller may do (spec 09 §5). */
const checkmode: Command = {
  name: "checkmode",
  summary: "Show whether the caller may write, and whether the wallet is locked",
  details: "checkmode\n\ncheckmode",
  params: [],
  write: false,
  run: (_params, { wallet }, mode) => {
    const mayWrite = mode === "write";
    return response(
      jsonObject(
        ["name", mayWrite ? "MINIMA" : "RESTRICTEDMDS"],
        ["mode", mayWrite ? "WRITE" : "READ"],
        ["public", false],
        ["untrustedmdsuid", UNTRUSTED_UID],
        ["writemode", mayWrite],
        ["dblocked", wallet.isLocked],
      ),
    );
  },
};

/** `checkpending`: whether a command waits for the owner; here they are refused at once (spec 09 §4.3). */
const checkpending: Command = {
  name: "checkpending",
  summary: "Show whether a command waits for the owner's consent",
  details: `checkpending uid:UID

uid: what the command was told when it began to wait. None waits on this node: what a reader may not do is refused at once.

checkpending uid:0x01`,
  params: ["uid"],
  write: false,
  run: (params) => {
    params.string("uid");
    return response(jsonObject(["pending", false]));
  },
};

/** `checkrestore`: whether the node is being restored or stops; while it answers it is not (spec 09 §5). */
const checkrestore: Command = {
  name: "checkrestore",
  summary: "Show whether the node is being restored or stops",
  details: "checkrestore\n\ncheckrestore",
  params: [],
  write: false,
  run: () => response(jsonObject(["restoring", false], ["shuttingdown", false], ["complete", false])),
};

/** `incentivecash`: a central server's game, in which this node takes no part (spec 09 §5). */
const incentivecash: Command = {
  name: "incentivecash",
  summary: "Tell that this node is not registered with the incentive server",
  details: `incentivecash (uid:)

uid: refused, this node contacts no central server.

incentivecash`,
  params: ["uid"],
  write: false,
  run: (params) => {
    if (params.has("uid")) throw new CommandError("This node contacts no central server");
    return response(jsonObject(["uid", ""]));
  },
};

/** `automine`: does nothing, as in the reference (spec 09 §5). */
const automine: Command = {
  name: "automine",
  summary: "Does nothing; start the node with or without mining instead",
  details: `automine (enable:)

enable: taken for compatibility.

automine`,
  params: ["enable"],
  write: false,
  run: () => [],
};

/** `debugflag`: a switch for developers of the reference; nothing depends on it here (spec 09 §5). */
const debugflag: Command = {
  name: "debugflag",
  summary: "Does nothing but echo its values",
  details: `debugflag (activate:true|false) (var:)

activate: echoed.
var: echoed.

debugflag`,
  params: ["activate", "var"],
  write: false,
  run: (params) => response(jsonObject(["debug", params.boolean("activate", false)], ["var", params.optionalString("var") ?? ""])),
};

/** The commands about MiniDapps and other things this node does without. */
export const APP_COMMANDS: readonly Command[] = [mds, checkmode, checkpending, checkrestore, incentivecash, automine, debugflag];
