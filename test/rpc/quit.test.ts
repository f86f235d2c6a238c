import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../../host/cli/demo/node-process.js";
import { readPasswords } from "../../host/rpc/passwords.js";
import { until } from "../until.js";
import { exchange } from "./raw.js";

const PROGRAM = fileURLToPath(new URL("../../dist/host/cli/main.js", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each(["quit", "quit compact:true"])(
  "%s is answered, then the node stops in order",
  async (line) => {
    const [port, rpcPort] = [await freePort(), await freePort()];
    const args = ["--network", "solo", "--data", folder, "--listen", "127.0.0.1", "--port", String(port), "--rpc-port", String(rpcPort)];
    const child = spawn(process.execPath, [PROGRAM, "node", ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const gone = once(child, "exit");
    await until(async () => (await exchange(rpcPort, "GET /block HTTP/1.1\r\n\r\n")) !== "");
    const passwords = readPasswords(folder);
    expect(passwords).toBeDefined();
    const answer = await exchange(rpcPort, `POST / HTTP/1.1\r\nContent-Length: ${line.length}\r\n\r\n${line}`);
    expect(answer).toContain('"status":true,"pending":false,"message":"Shutdown complete"}');
    expect(await gone).toEqual([0, null]);
    expect(output).toContain("node stops");
    for (const password of Object.values(passwords ?? {})) expect(output).not.toContain(password);
  },
  60_000,
);
