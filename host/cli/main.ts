#!/usr/bin/env node
import { Command } from "commander";
import { registerBenchCommand } from "./commands/bench.js";
import { registerDemoCommand } from "./commands/demo.js";
import { registerNodeCommand } from "./commands/node.js";
import { registerReplayCommand } from "./commands/replay.js";
import { registerRpcCommand } from "./commands/rpc.js";
import { registerScriptCommand } from "./commands/script.js";

const program = new Command("minimote")
  .description("A complete Minima node for things: it validates, builds the chain and pays, on boards of 512 MB.")
  .showHelpAfterError();
registerNodeCommand(program);
registerReplayCommand(program);
registerDemoCommand(program);
registerBenchCommand(program);
registerScriptCommand(program);
registerRpcCommand(program);

// A word that is no command of the program is one of the running node.
const [first = ""] = process.argv.slice(2);
const isOwn = first === "" || first === "help" || first.startsWith("-") || program.commands.some((command) => command.name() === first);
await program.parseAsync(isOwn ? process.argv : [...process.argv.slice(0, 2), "call", ...process.argv.slice(2)]);
