#!/usr/bin/env node
import { Command } from "commander";
import { registerBenchCommand } from "./commands/bench.js";
import { registerDemoCommand } from "./commands/demo.js";
import { registerNodeCommand } from "./commands/node.js";
import { registerReplayCommand } from "./commands/replay.js";

const program = new Command("minimote")
  .description("A complete Minima node for things: it validates, builds the chain and pays, on boards of 512 MB.")
  .showHelpAfterError();
registerNodeCommand(program);
registerReplayCommand(program);
registerDemoCommand(program);
registerBenchCommand(program);
await program.parseAsync();
