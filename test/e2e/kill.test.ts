import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../host/cli/demo/node-process.js";
import { callRpc, type RpcAnswer } from "../../host/rpc/client.js";
import { until } from "../until.js";

const PROGRAM = fileURLToPath(new URL("../../dist/program/minimote.mjs", import.meta.url));
/** How often the payer is killed. */
const KILLS = Number(process.env.MINIMOTE_KILLS ?? 6);
/** A kill comes within this time after a node has begun with something. */
const WITHIN_MS = Number(process.env.MINIMOTE_KILL_WITHIN_MS ?? 1500);
const COINS = 10;

/** A node in a process of its own. */
class Process {
  #child: ChildProcess | undefined;
  log = "";

  private constructor(
    readonly port: number,
    readonly rpcPort: number,
    readonly args: readonly string[],
  ) {}

  static async make(name: string, args: readonly string[]): Promise<Process> {
    const [port, rpcPort] = [await freePort(), await freePort()];
    const place = ["--data", join(folder, name), "--listen", "127.0.0.1", "--port", String(port), "--rpc-port", String(rpcPort)];
    return new Process(port, rpcPort, ["node", ...place, "--nop2p", "--block-time", "1", ...args]);
  }

  start(): void {
    if (this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) return;
    this.#child = spawn(process.execPath, [PROGRAM, ...this.args], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on("data", (chunk: Buffer) => (this.log += chunk.toString()));
  }

  async kill(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  /** What it answers; undefined where it does not, or where the command fails. */
  async ask<Response>(line: string): Promise<Response | undefined> {
    const answer = await callRpc({ host: "127.0.0.1", port: this.rpcPort }, line).catch((): RpcAnswer | undefined => undefined);
    return answer?.status === true ? (answer.response as Response) : undefined;
  }
}

let folder = "";
let hub: Process;
let payer: Process;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "minimote-kill-"));
  hub = await Process.make("hub", ["--network", "solo", "--mining-duty", "50%"]);
  payer = await Process.make("payer", ["--network", "test", "--connect", `127.0.0.1:${hub.port}`, "--no-mine"]);
});
afterAll(async () => {
  await Promise.all([hub.kill("SIGTERM"), payer.kill("SIGTERM")]);
  rmSync(folder, { recursive: true, force: true });
});

interface Signed {
  readonly txpowid: string;
  readonly body: { readonly witness: { readonly signatures: readonly { readonly signatures: readonly OneTime[] }[] } };
}

/** What one use of a one-time key shows. */
interface OneTime {
  readonly publickey: string;
  readonly signature: string;
}

const coinsOf = async (node: Process, amount: string): Promise<number> =>
  (await node.ask<readonly unknown[]>(`coins relevant:true amount:${amount}`))?.length ?? 0;
const block = async (node: Process): Promise<number> => Number((await node.ask<{ block: string }>("block"))?.block ?? -1);
const level = async (): Promise<boolean> => (await block(payer)) >= (await block(hub)) - 1 && (await block(hub)) > 0;
const amountOf = (payment: number): string => `1.${String(payment).padStart(4, "0")}`;

test(`a payer killed ${KILLS} times while it syncs, pays, backs up and restores loses nothing it acknowledged, and uses no key twice`, async () => {
  hub.start();
  payer.start();
  await until(level);
  const own = await payer.ask<{ miniaddress: string }>("getaddress");
  const target = await hub.ask<{ miniaddress: string }>("getaddress");
  await until(async () => (await hub.ask(`send address:${own?.miniaddress} amount:1000 split:${COINS}`)) !== undefined);
  await until(async () => (await coinsOf(payer, "100")) === COINS);

  const acknowledged = new Set<string>();
  const seen: Signed[] = [];
  let payments = 0;
  let backups = 0;
  let over = false;
  const pay = async (): Promise<void> => {
    const amount = amountOf(++payments);
    const sent = await payer.ask<Signed>(`send address:${target?.miniaddress} amount:${amount}`);
    if (sent === undefined) return;
    acknowledged.add(amount);
    seen.push(sent);
  };
  const settle = async (): Promise<void> => {
    for (const amount of acknowledged) await until(async () => (await coinsOf(hub, amount)) === 1);
  };
  let paused = false;
  const work = async (): Promise<void> => {
    while (!over) {
      if (!paused) await pay();
      if (payments % 3 === 0 && (await payer.ask("backup file:payer.bak password:kill confirm:kill")) !== undefined) backups++;
      await sleep(30);
    }
  };
  const working = work();
  for (let kill = 1; kill <= KILLS; kill++) {
    // Now and then it is killed while it starts and syncs, or restores, and not while it pays.
    if (kill % 3 !== 0) await until(() => payer.ask("block").then((answer) => answer !== undefined));
    // What a backup does not know of and no block holds yet is not brought back by it.
    paused = kill % 4 === 0 && backups > 0;
    if (paused) await sleep(1000).then(settle);
    if (paused) void payer.ask("restore file:payer.bak password:kill");
    await sleep(Math.random() * WITHIN_MS);
    await payer.kill("SIGKILL");
    payer.start();
    paused = false;
  }
  const before = acknowledged.size;
  await until(async () => {
    // A restore may have ended it: someone starts it again, as a service would.
    payer.start();
    return acknowledged.size > before;
  });
  over = true;
  await working;

  await settle();
  await until(level);
  const received = await hub.ask<readonly Signed[]>("txpow relevant:true max:1000");
  const uses = new Map<string, string>();
  for (const { body } of [...seen, ...(received ?? [])])
    for (const { publickey, signature } of body.witness.signatures.flatMap(({ signatures }) => signatures)) {
      expect(uses.get(publickey) ?? signature).toBe(signature);
      uses.set(publickey, signature);
    }
  expect(uses.size).toBeGreaterThan(acknowledged.size);
  expect(payer.log).not.toMatch(/^ {4}at /m);
}, 600_000);
