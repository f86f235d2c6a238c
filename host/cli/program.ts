import type { Command } from "commander";
import { registerBenchCommand } from "./commands/bench.js";
import { registerCompletionCommand } from "./commands/completion.js";
import { registerDemoCommand } from "./commands/demo.js";
import { registerDoctorCommand } from "./commands/doctor.js";
import { registerInitCommand } from "./commands/init.js";
import { registerNodeCommand } from "./commands/node.js";
import { registerReplayCommand } from "./commands/replay.js";
import { registerRpcCommand } from "./commands/rpc.js";
import { registerScriptCommand } from "./commands/script.js";
import { registerWaitCommand } from "./commands/wait.js";

/** Gives the program its commands, in the order that help shows them. */
export function registerProgram(program: Command): void {
  registerInitCommand(program);
  registerNodeCommand(program);
  registerRpcCommand(program);
  registerWaitCommand(program);
  registerDoctorCommand(program);
  registerDemoCommand(program);
  registerReplayCommand(program);
  registerScriptCommand(program);
  registerBenchCommand(program);
  registerCompletionCommand(program);
}
