import { ProtocolError } from "../protocol/errors.js";
import { type JsonObject, type JsonValue, jsonObject, printJson } from "../protocol/json.js";
import { WalletError } from "../wallet/errors.js";
import type { CommandAnswer, RpcCommand } from "./command.js";
import { CommandLineError, parseCommand, splitCommands } from "./command-line.js";
import type { AccessMode } from "./http-server.js";
import { CommandError, Params } from "./params.js";

/** Parameters whose values are never echoed (spec 09 §21). */
const SECRET_NAMES = ["password", "confirm", "phrase", "seed", "privatekey", "dbpassword"];
const SECRET_PARAMS = new Set(SECRET_NAMES);
/** A command text from its first secret on. */
const FROM_SECRET = new RegExp(`\\b(${SECRET_NAMES.join("|")})\\s*:.*$`, "s");

/**
 * Runs a line of commands and gives the JSON text of the answer: an object for one command, an array for several or none.
 * It stops after the first that fails (spec 09 §3.1, §4). Never throws.
 */
export async function runLine<Context>(
  line: string,
  commands: ReadonlyMap<string, RpcCommand<Context>>,
  context: Context,
  mode: AccessMode,
): Promise<string> {
  const results: JsonObject[] = [];
  try {
    for (const text of splitCommands(line)) {
      const { result, ok } = await runOne(text, commands, context, mode);
      results.push(result);
      if (!ok) break;
    }
  } catch (error) {
    if (!(error instanceof ProtocolError) && !(error instanceof ReadOnlyError)) throw error;
    return printJson(jsonObject(["status", false]));
  }
  return printJson(results.length === 1 ? (results[0] as JsonValue) : results);
}

/** A reader asked for what only a writer may do: the whole answer is a bare refusal (spec 09 §4.3). */
class ReadOnlyError extends Error {
  override readonly name = "ReadOnlyError";
}

/** An answer, and whether it says that the command worked. */
export interface Outcome {
  readonly result: JsonObject;
  readonly ok: boolean;
}

async function runOne<Context>(
  text: string,
  commands: ReadonlyMap<string, RpcCommand<Context>>,
  context: Context,
  mode: AccessMode,
): Promise<Outcome> {
  let parsed: ReturnType<typeof parseCommand>;
  try {
    parsed = parseCommand(text, (name) => commands.has(name));
  } catch (error) {
    if (error instanceof CommandLineError) return failed(error.command, undefined, withoutToken(text, error.message));
    throw error;
  }
  const command = commands.get(parsed.name) as RpcCommand<Context>;
  const given = new Params(parsed.params);
  const unknown = Array.from(parsed.params.keys()).find((name) => !command.params.includes(name));
  if (unknown !== undefined) return failed(text.replace(FROM_SECRET, "$1:***"), shown(given), `Invalid parameter : ${unknown}`);
  if (command.write && mode === "read") throw new ReadOnlyError(command.name);
  return runCommand(command, given, context, mode);
}

/** Runs one command with parameters it knows, for a caller who may, and gives the whole answer (spec 09 §4.1). */
export async function runCommand<Context>(
  command: RpcCommand<Context>,
  params: Params,
  context: Context,
  mode: AccessMode,
): Promise<Outcome> {
  try {
    const answer = await command.run(params, context, mode);
    return succeeded(command.name, shown(params), answer);
  } catch (error) {
    if (error instanceof CommandError || error instanceof WalletError) return failed(command.name, shown(params), error.message, error.key);
    if (error instanceof Error) return failed(command.name, shown(params), error.message);
    throw error;
  }
}

function shown(params: Params): JsonObject | undefined {
  return params.values.size > 0 ? echoed(params.shown) : undefined;
}

/** The parameter that a message quotes may be a piece of a secret that was not put in quotes. */
function withoutToken(text: string, message: string): string {
  return FROM_SECRET.test(text) ? message.replace(/ @ .*$/s, " @ ***") : message;
}

function echoed(params: ReadonlyMap<string, JsonValue>): JsonObject {
  return new Map(Array.from(params, ([name, value]) => [name, SECRET_PARAMS.has(name) ? "***" : value]));
}

function succeeded(command: string, params: JsonObject | undefined, answer: CommandAnswer): Outcome {
  return {
    ok: true,
    result: jsonObject(["command", command], params && ["params", params], ["status", true], ["pending", false], ...answer),
  };
}

function failed(command: string, params: JsonObject | undefined, text: string, key: "error" | "message" = "error"): Outcome {
  return {
    ok: false,
    result: jsonObject(["command", command], params && ["params", params], ["status", false], ["pending", false], [key, text]),
  };
}
