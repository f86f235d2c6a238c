import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { registerWaitCommand } from "../../host/cli/commands/wait.js";

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

let server: Server;
let port = 0;
let answers: (() => { status: number; body: string })[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    const { status, body } = ((answers.length > 1 ? answers.shift() : answers[0]) ?? refusal)();
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
});
afterEach(() => {
  process.exitCode = undefined;
});

const refusal = () => ({ status: 401, body: "" });
const tip = (block: number, age: number) => () => ({
  status: 200,
  body: JSON.stringify([
    { command: "status", status: true, response: { network: { connected: 2 } } },
    { command: "block", status: true, response: { block: String(block), timemilli: String(NOW - age) } },
  ]),
});
const noBlocks = () => ({
  status: 200,
  body: JSON.stringify([
    { command: "status", status: true, response: { network: { connected: 0 } } },
    { command: "block", status: false, error: "NO Blocks yet.." },
  ]),
});

/** Runs `minimote wait`, at a terminal or not; the clock stands still except that each look at it takes a moment. */
async function wait(isTerminal: boolean, ...args: readonly string[]): Promise<{ code: number; err: string }> {
  const errors = Object.assign(new PassThrough(), { isTTY: isTerminal, columns: 100 });
  const program = new Command("minimote").exitOverride();
  let looks = 0;
  const now = () => NOW + looks++ * 50;
  registerWaitCommand(program, {
    errors: errors as unknown as NodeJS.WriteStream,
    env: { MINIMOTE_RPC_PORT: String(port), MINIMOTE_DATA: "/nowhere" },
    now,
  });
  await program.parseAsync(["wait", ...args], { from: "user" });
  return { code: Number(process.exitCode ?? 0), err: String(errors.read() ?? "") };
}

test("waits until the newest block is of the present, and says nothing where nobody looks", async () => {
  answers = [noBlocks, tip(5, 5 * HOUR), tip(900, 1000)];
  expect(await wait(false)).toEqual({ code: 0, err: "" });
});

test("shows on a terminal how far the node is, and takes it away at the end", async () => {
  answers = [tip(5, 5 * HOUR), tip(5, 5 * HOUR), tip(900, 1000)];
  const { code, err } = await wait(true);
  expect(code).toBe(0);
  expect(err).toContain("block 5, 5 hours behind, 2 peers");
  expect(err.endsWith("\r\u001B[2K")).toBe(true);
});

test("gives up after the time it was given, and says how far the node was", async () => {
  answers = [tip(5, 100 * HOUR)];
  expect(await wait(false, "--timeout", "0.2")).toEqual({ code: 1, err: "Timed out: block 5, 4 days behind, 2 peers\n" });
});

test("does not wait for a node that refuses the password", async () => {
  answers = [refusal];
  const { code, err } = await wait(false);
  expect(code).toBe(2);
  expect(err).toContain("MINIMOTE_RPC_PASSWORD");
  expect((await wait(false, "--rpc-password-file", "/nowhere/password")).err).toContain("/nowhere/password cannot be read");
});
