import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { RpcConnectionError, type RpcTarget } from "../../rpc/client.js";
import { positiveNumber } from "../arguments.js";
import { Progress } from "../progress.js";
import { connectionAdvice } from "../rpc/connection-advice.js";
import { askState, type NodeState } from "../rpc/node-state.js";
import { applySettings, type Environment } from "../settings.js";
import { addTargetOptions, storedPassword, type TargetOptions, targetOf } from "../target.js";

interface WaitOptions extends TargetOptions {
  timeout?: number;
}

export interface WaitIo {
  readonly errors: NodeJS.WriteStream;
  readonly env: Environment;
  readonly now: () => number;
}

const ASK_EVERY_MS = 1000;
const ASK_TIMEOUT_MS = 10_000;
const MINUTE = 60_000;
/** Blocks come every 50 seconds on average: a tip this young is the network's. */
const PRESENT_MS = 10 * MINUTE;
const TIMED_OUT = 1;
const REFUSED = 2;

/** `minimote wait`: until the node is in step with the network. */
export function registerWaitCommand(program: Command, io: WaitIo = { errors: process.stderr, env: process.env, now: Date.now }): void {
  const wait = program.command("wait");
  addTargetOptions(wait)
    .description("wait until the node answers and has the chain up to the present")
    .option("--timeout <seconds>", "give up after so long", positiveNumber)
    .addHelpText(
      "after",
      `
Shows how far the node is while it waits, on a terminal. Exit code: 0 in step, 1 timed out, 2 the node refused the password.

Examples:
  $ minimote wait && minimote send address:Mx... amount:1
  $ minimote wait --timeout 600`,
    )
    .hook("preAction", () => applySettings(wait, { env: io.env, strict: false }))
    .action(async (options: WaitOptions) => {
      try {
        process.exitCode = await untilPresent(options, io);
      } catch (error) {
        if (!(error instanceof RpcConnectionError)) throw error;
        io.errors.write(`${error.message}\n${connectionAdvice(error)}\n`);
        process.exitCode = REFUSED;
      }
    });
}

async function untilPresent(options: WaitOptions, { errors, now }: WaitIo): Promise<number> {
  const end = now() + (options.timeout ?? Number.POSITIVE_INFINITY) * 1000;
  const progress = new Progress(errors, "waiting for the node");
  let target = targetOf(options);
  try {
    for (;;) {
      const state = await stateOrFailure(target);
      if (state instanceof RpcConnectionError) {
        const password = state.failure === "unauthorized" && target.password === undefined ? storedPassword(options, target) : undefined;
        if (password !== undefined) {
          target = { ...target, password };
          continue;
        }
        if (state.failure === "unauthorized") throw state;
        progress.update(state.message);
      } else if (state.tip !== undefined && now() - state.tip.time < PRESENT_MS) return 0;
      else progress.update(progressText(state, now()));
      if (now() >= end) {
        progress.stop();
        errors.write(`Timed out: ${state instanceof RpcConnectionError ? state.message : progressText(state, now())}\n`);
        return TIMED_OUT;
      }
      await sleep(Math.min(ASK_EVERY_MS, end - now()));
    }
  } finally {
    progress.stop();
  }
}

function stateOrFailure(target: RpcTarget): Promise<NodeState | RpcConnectionError> {
  return askState(target, ASK_TIMEOUT_MS).catch((error: unknown) => {
    if (error instanceof RpcConnectionError) return error;
    throw error;
  });
}

function progressText({ tip, connected }: NodeState, now: number): string {
  const peers = `${connected} ${connected === 1 ? "peer" : "peers"}`;
  if (tip === undefined) return `the node has no blocks yet, ${peers}`;
  const minutes = Math.floor((now - tip.time) / MINUTE);
  const behind =
    minutes < 120 ? `${minutes} minutes` : minutes < 2880 ? `${Math.floor(minutes / 60)} hours` : `${Math.floor(minutes / 1440)} days`;
  return `block ${tip.block}, ${behind} behind, ${peers}`;
}
