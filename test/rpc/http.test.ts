import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, type HttpServerOptions, type RunningServer, startHttpServer } from "../../host/rpc/http-server.js";
import { ECHO_SERVER, exchange } from "./raw.js";

const servers: RunningServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(options: Partial<HttpServerOptions> = {}): Promise<number> {
  const server = await startHttpServer({ ...ECHO_SERVER, ...options });
  servers.push(server);
  return server.port;
}

const bodyOf = (answer: string): string => answer.slice(answer.indexOf("\r\n\r\n") + 4);
const lineOf = (answer: string): string => (JSON.parse(bodyOf(answer)) as { line: string }).line;

/** Sends something and goes away without waiting for an answer. */
async function abandon(port: number, text: string): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(text);
  await sleep(10);
  socket.destroy();
}

describe("the RPC server", () => {
  test("answers to the byte as the reference", async () => {
    const port = await serve();
    const body = '{"line":"status","mode":"write"}';
    const head = [
      "HTTP/1.1 200 OK",
      "Server: HTTP RPC Server from Minima 1.3",
      "Date: Sat Nov 21 04:33:53 UTC 2026",
      "Content-type: text/plain",
      `Content-length: ${body.length}`,
      "Access-Control-Allow-Origin: *",
      "",
      "",
    ];
    expect(await exchange(port, "GET /status HTTP/1.1\r\n\r\n")).toBe(`${head.join("\r\n")}${body}\n`);
    expect(await exchange(await serve({ crlf: false }), "GET /status HTTP/1.1\n\n")).toBe(`${head.join("\n")}${body}\n`);
  });

  test("takes the command from the path, or from the body of a POST", async () => {
    const port = await serve();
    const command = async (request: string): Promise<string> => lineOf(await exchange(port, request));
    expect(await command("GET /hash%20data:a%3Bblock/ HTTP/1.1\r\n\r\n")).toBe("hash data:a;block");
    expect(await command("get /hash+data:%C3%A9\r\n\r\n")).toBe("hash data:é");
    expect(await command("HEAD //hash// HTTP/1.1\r\n\r\n")).toBe("/hash/");
    expect(await command("GET /hash?data:a HTTP/1.1\r\n\r\n")).toBe("hash?data:a");
    expect(await command("PUT /hash HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")).toBe("hash");
    expect(await command("POST /nosuch HTTP/1.1\r\nContent-Length: 10\r\n\r\nhash%20+éX")).toBe("hash%20+é");
    expect(await command("POST / HTTP/1.1\r\ncontent-length: 4\r\n\r\nhash and more")).toBe("hash");
    expect(await command("POST / HTTP/1.1\r\n\r\n")).toBe("");
  });

  test("closes without a word what is no request", async () => {
    const port = await serve();
    for (const request of ["GET\r\n\r\n", "GET /hash%zz HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: zz\r\n\r\nhash"])
      expect(await exchange(port, request)).toBe("");
    expect(await exchange(port, `GET / HTTP/1.1\r\nX: ${"x".repeat(70_000)}`)).toBe("");
  });

  test("works with programs that speak strict HTTP, also when they want to be told to go on", async () => {
    const port = await serve();
    const url = `http://127.0.0.1:${port}/`;
    for (let i = 0; i < 3; i++) {
      const answer = await fetch(url, { method: "POST", body: `send é ${"x".repeat(200_000)}` });
      expect(answer.headers.get("content-type")).toBe("text/plain");
      expect(((await answer.json()) as { line: string }).line).toHaveLength(200_007);
    }
    const socket = connect(port, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    const [goOn] = (await once(socket, "data")) as [Buffer];
    expect(goOn.toString()).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write("ab");
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(lineOf(answer.toString())).toBe("ab");
    socket.destroy();
  });

  test("takes requests in pieces of any size, and survives whatever comes", async () => {
    const port = await serve();
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    const closed = once(socket, "close");
    for (const byte of Buffer.from("POST / HTTP/1.1\nContent-Length: 7\n\nhash é")) {
      socket.write(Buffer.of(byte));
      await sleep(0);
    }
    await closed;
    expect(lineOf(answer)).toBe("hash é");
    const garbage = Array.from({ length: 150 }, (_, i) => {
      const noise = randomBytes(i * 7).toString("latin1");
      return i % 3 === 0
        ? noise
        : i % 3 === 1
          ? `GET /${noise} HTTP/1.1\r\n\r\n`
          : `POST / HTTP/1.1\r\nContent-Length: ${i}\r\n${noise}\r\n\r\n`;
    });
    await Promise.all(garbage.map((text) => abandon(port, text)));
    expect(lineOf(await exchange(port, "GET /alive HTTP/1.1\r\n\r\n"))).toBe("alive");
  });

  test("refuses bodies that are too large or of unknown length", async () => {
    const port = await serve({ limits: { ...DEFAULT_LIMITS, bodyBytes: 10 } });
    expect(await exchange(port, "POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n01234567890")).toContain("413 Payload Too Large");
    expect(await exchange(port, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")).toContain("411 Length Required");
  });

  test("limits how often one address asks", async () => {
    let now = 0;
    const limits = { ...DEFAULT_LIMITS, requestBurst: 3, requestsPerSecond: 2 };
    const port = await serve({ limits, monotonic: () => now });
    const asked = async (): Promise<string> => (await exchange(port, "GET /a HTTP/1.1\r\n\r\n")).slice(9, 12);
    expect([await asked(), await asked(), await asked(), await asked()]).toEqual(["200", "200", "200", "429"]);
    now += 1000;
    expect([await asked(), await asked(), await asked()]).toEqual(["200", "200", "429"]);
  });

  test("limits how often one address may try passwords", async () => {
    let now = 0;
    const limits = { ...DEFAULT_LIMITS, refusalBurst: 2, localRefusalsPerSecond: 1 };
    let tries = 0;
    const authorize = async (): Promise<undefined> => {
      tries++;
    };
    const port = await serve({ limits, monotonic: () => now, authorize });
    const asked = async (): Promise<string> => (await exchange(port, "GET /a HTTP/1.1\r\n\r\n")).slice(9, 12);
    expect([await asked(), await asked(), await asked(), await asked()]).toEqual(["401", "401", "429", "429"]);
    expect(tries).toBe(2);
    now += 1000;
    expect(await asked()).toBe("401");
  });

  test("limits connections, and commands that run at the same time", async () => {
    let running = 0;
    let most = 0;
    const run = async (): Promise<string> => {
      most = Math.max(most, ++running);
      await sleep(20);
      running--;
      return "[]";
    };
    const port = await serve({ run, limits: { ...DEFAULT_LIMITS, running: 3, connections: 12 } });
    const answers = await Promise.all(Array.from({ length: 12 }, () => exchange(port, "GET /a HTTP/1.1\r\n\r\n")));
    expect(answers.every((answer) => answer.endsWith("[]\n"))).toBe(true);
    expect(most).toBe(3);
    const idle = Array.from({ length: 12 }, () => connect(port, "127.0.0.1"));
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
    expect(await exchange(port, "GET /a HTTP/1.1\r\n\r\n")).toBe("");
    for (const socket of idle) socket.destroy();
  });

  test("a client that sends nothing is let go", async () => {
    const port = await serve({ limits: { ...DEFAULT_LIMITS, transferMs: 50 } });
    expect(await exchange(port, "GET / HT")).toBe("");
  });

  test("an answer that is on its way when the server closes arrives", async () => {
    const server = await startHttpServer(ECHO_SERVER);
    const answer = exchange(server.port, "GET /quit HTTP/1.1\r\n\r\n");
    await sleep(30);
    await server.close();
    expect(lineOf(await answer)).toBe("quit");
  });
});
