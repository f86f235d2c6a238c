import { answersIn, askNode, type RpcAnswer, RpcConnectionError } from "../../rpc/client.js";
import { Progress } from "../progress.js";
import { answerLines } from "../show/answers.js";
import { textOf } from "../show/value.js";
import { storedPassword, type TargetOptions, targetOf } from "../target.js";
import { adviceFor } from "./advice.js";
import { COMMAND_NAMES, unknownCommand } from "./command-help.js";
import { connectionAdvice } from "./connection-advice.js";
import { lostMoney } from "./guard.js";

/** Where a command writes to. */
export interface CallIo {
  readonly output: NodeJS.WritableStream;
  readonly errors: NodeJS.WriteStream;
}

export interface Call {
  readonly line: string;
  /** Which node is meant. */
  readonly options: TargetOptions;
  readonly json: boolean;
  /** Names that are commands of the program itself. */
  readonly ownNames: readonly string[];
}

/** The command ran and failed. */
const FAILED = 1;
/** No node answered. */
const NO_ANSWER = 2;

/** Runs a line of commands on a node and shows the answers. Gives the exit code. */
export async function runCall(call: Call, io: CallIo): Promise<number> {
  const { line, json, ownNames } = call;
  const name = line.split(/\s/)[0]?.toLowerCase() ?? "";
  const lost = lostMoney(line);
  if (lost !== undefined) {
    io.errors.write(`${lost}\n`);
    return FAILED;
  }
  try {
    const text = await asked(call, io.errors);
    const answers = answersIn(targetOf(call.options), text);
    const failed = answers.find(({ status }) => !status);
    if (json) io.output.write(`${text}\n`);
    else for (const [i, answer] of answers.entries()) if (answer.status) io.output.write(`${i === 0 ? "" : "\n"}${shown(answer)}\n`);
    if (failed === undefined) return 0;
    if (!json) io.errors.write(`${failureText(failed, ownNames)}\n`);
    return FAILED;
  } catch (error) {
    if (!(error instanceof RpcConnectionError)) throw error;
    const isUnknown = !COMMAND_NAMES.includes(name);
    io.errors.write(`${isUnknown ? unknownCommand(name, ownNames) : `${capitalised(error.message)}.\n${connectionAdvice(error)}`}\n`);
    return NO_ANSWER;
  }
}

async function asked({ options, line }: Call, errors: NodeJS.WriteStream): Promise<string> {
  const target = targetOf(options);
  const progress = new Progress(errors, `${line.split(/\s/)[0]}: ${LONG_WORK[line.split(/\s/)[0] ?? ""] ?? "the node is at work"}`);
  try {
    return await askNode(target, line);
  } catch (error) {
    const canTry = error instanceof RpcConnectionError && error.failure === "unauthorized" && target.password === undefined;
    const password = canTry ? storedPassword(options, target) : undefined;
    if (password === undefined) throw error;
    return await askNode({ ...target, password }, line);
  } finally {
    progress.stop();
  }
}

/** What takes long in commands that do. */
const LONG_WORK: Readonly<Record<string, string>> = {
  newaddress: "making a key",
  keys: "making a key",
  send: "signing, and mining the transaction",
  sendpoll: "waiting for coins",
  multisig: "signing, and mining the transaction",
  consolidate: "signing, and mining the transaction",
  tokencreate: "signing, and mining the transaction",
  txnsign: "signing",
  txnpost: "mining the transaction",
  backup: "writing the backup",
  restore: "reading the backup",
  vault: "sealing or opening the wallet",
};

function shown({ command = "", response, message, ...rest }: RpcAnswer): string {
  if (response !== undefined) return answerLines(command, response).join("\n");
  if (message !== undefined) return textOf(message);
  const { status: _status, pending: _pending, params: _params, ...others } = rest as Readonly<Record<string, unknown>>;
  return answerLines(command, others).join("\n");
}

function failureText({ command = "", error, message }: RpcAnswer, ownNames: readonly string[]): string {
  const said = textOf(error ?? message ?? "the command failed");
  if (/^command not found/i.test(said)) return unknownCommand(command, ownNames);
  const advice = adviceFor(command.split(/\s/)[0] ?? "", said);
  return advice === undefined ? said : `${said}\n${advice}`;
}

const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
