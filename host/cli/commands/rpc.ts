import type { Command } from "commander";
import { DEFAULT_PORT, RPC_PORT_OFFSET } from "../../node/config.js";
import { callRpc, RpcConnectionError } from "../../rpc/client.js";

interface RpcOptions {
  rpcHost: string;
  rpcPort: string;
}

/** `minimote call <command>`: runs a command on the running node; `minimote status` is short for `minimote call status`. */
export function registerRpcCommand(program: Command): void {
  program
    .command("call <words...>")
    .description("run a command on the running node; the word call may be left out: minimote status")
    .option("--rpc-host <address>", "address of the node's RPC server", "127.0.0.1")
    .option("--rpc-port <port>", "port of the node's RPC server", String(DEFAULT_PORT + RPC_PORT_OFFSET))
    .addHelpText(
      "after",
      `
Examples:
  $ minimote status
  $ minimote balance
  $ minimote send address:Mx... amount:1.5
  $ minimote help                     the program's own commands
  $ minimote call help                the node's commands`,
    )
    .action(async (words: readonly string[], options: RpcOptions) => {
      process.exitCode = await run(words, options);
    });
}

async function run(words: readonly string[], { rpcHost, rpcPort }: RpcOptions): Promise<number> {
  try {
    const answer = await callRpc({ host: rpcHost, port: Number(rpcPort) }, words.join(" "));
    if (!answer.status) {
      console.error(answer.error ?? answer.message ?? "the command failed");
      return 1;
    }
    const shown = answer.response ?? answer.message;
    console.log(typeof shown === "string" ? shown : JSON.stringify(shown, null, 2));
    return 0;
  } catch (error) {
    if (!(error instanceof RpcConnectionError)) throw error;
    console.error(`${error.message}\nStart one with: minimote node`);
    return 1;
  }
}
