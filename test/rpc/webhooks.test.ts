import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLogger, type Logger, silentLogger } from "../../host/node/logger.js";
import { notifyingLogger } from "../../host/node/notify/log-events.js";
import { Notifications } from "../../host/node/notify/notifications.js";
import { type WebHookLimits, WebHooks } from "../../host/node/notify/webhooks.js";
import { jsonObject } from "../../host/protocol/json.js";
import { SettingsFile } from "../../host/store/settings.js";
import { until } from "../until.js";

interface Delivery {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

let folder = "";
let receiver: Server;
let port = 0;
let hold: Promise<void> = Promise.resolve();
const received: Delivery[] = [];
const opened: WebHooks[] = [];

beforeEach(async () => {
  hold = Promise.resolve();
  folder = mkdtempSync(join(tmpdir(), "hooks-"));
  receiver = createServer(async (request, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (request.url?.startsWith("/slow") === true) await hold;
    const { url = "", headers, rawHeaders } = request;
    received.push({ path: url, headers, rawHeaders, body: Buffer.concat(chunks).toString("utf8") });
    answer.end("whatever");
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  port = (receiver.address() as AddressInfo).port;
});

afterEach(async () => {
  for (const hooks of opened.splice(0)) hooks.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  received.length = 0;
  rmSync(folder, { recursive: true });
});

function open(hub: Notifications, limits: Partial<WebHookLimits> = {}, log: Logger = silentLogger): WebHooks {
  const hooks = new WebHooks({ notifications: hub, settings: new SettingsFile(join(folder, "settings.json")), log, limits });
  opened.push(hooks);
  return hooks;
}

const post = (hub: Notifications, event: string, value: number): void => hub.post(event, () => jsonObject(["value", value]));
const url = (path: string): string => `http://127.0.0.1:${port}${path}`;

describe("webhooks", () => {
  test("get the events that pass their filter, in order, with the reference's headers", async () => {
    const hub = new Notifications();
    const hooks = open(hub);
    hooks.add("", url("/all"));
    hooks.add("NEWBLOCK", url("/blocks"));
    post(hub, "NEWBLOCK", 1);
    post(hub, "NEWBALANCE", 2);
    post(hub, "MDS_TIMER_10SECONDS", 3);
    post(hub, "NEWBLOCK", 4);
    await until(() => received.length === 5);
    const at = (path: string): string[] => received.filter((item) => item.path === path).map(({ body }) => body);
    expect(at("/all")).toEqual([
      '{"event":"NEWBLOCK","data":{"value":1}}',
      '{"event":"NEWBALANCE","data":{"value":2}}',
      '{"event":"NEWBLOCK","data":{"value":4}}',
    ]);
    expect(at("/blocks")).toEqual(['{"event":"NEWBLOCK","data":{"value":1}}', '{"event":"NEWBLOCK","data":{"value":4}}']);
    const [first] = received;
    expect(first?.rawHeaders).toEqual([
      ...["User-Agent", "Minima/1.0", "Connection", "close", "Host", `127.0.0.1:${port}`],
      ...["Accept", "text/html, image/gif, image/jpeg, */*; q=0.2"],
      ...["Content-type", "application/x-www-form-urlencoded", "Content-Length", "39"],
    ]);
  });

  test("are listed, kept over restarts, removed by their whole text and cleared", () => {
    const hub = new Notifications();
    const hooks = open(hub);
    hooks.add("", "http://127.0.0.1:9/all");
    hooks.add("NEWBLOCK", "http://127.0.0.1:9/blocks");
    hooks.add("NEWBLOCK", "http://127.0.0.1:9/blocks");
    hooks.remove("NEWBLOCK#http : //127.0.0.1 : 9/blocks");
    const listed = ["#http://127.0.0.1:9/all", "NEWBLOCK#http://127.0.0.1:9/blocks"];
    expect(hooks.list()).toEqual(listed);
    expect(open(hub).list()).toEqual(listed);
    hooks.remove("NEWBLOCK#http://127.0.0.1:9/blocks");
    expect(open(hub).list()).toEqual(["#http://127.0.0.1:9/all"]);
    hooks.clear();
    expect(open(hub).list()).toEqual([]);
  });

  test("get timer events only when they ask for them by name", async () => {
    const hub = new Notifications();
    open(hub).add("TIMER", url("/timer"));
    post(hub, "MDS_TIMER_10SECONDS", 1);
    await until(() => received.length === 1);
  });

  test("that are slow delay nobody else, and lose their oldest events", async () => {
    let release = (): void => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const hub = new Notifications();
    const hooks = open(hub, { waiting: 3 });
    hooks.add("", url("/slow"));
    hooks.add("", url("/fast"));
    for (let i = 0; i < 3; i++) post(hub, "NEWBLOCK", i);
    await until(() => received.length === 3);
    for (let i = 3; i < 10; i++) {
      post(hub, "NEWBLOCK", i);
      await until(() => received.length === i + 1);
    }
    expect(received.every(({ path }) => path === "/fast")).toBe(true);
    release();
    await until(() => received.length === 14);
    expect(received.slice(10).map(({ body }) => (JSON.parse(body) as { data: { value: number } }).data.value)).toEqual([0, 7, 8, 9]);
  });

  test("are given up after a while, are not tried again, and do not log themselves into a loop", async () => {
    hold = new Promise(() => undefined);
    const lines: string[] = [];
    const log = createLogger({ level: "info", format: "human", write: (line) => lines.push(line), now: () => 0 });
    const hub = new Notifications();
    const hooks = open(hub, { timeoutMs: 60 }, log);
    hooks.logErrors = true;
    hooks.add("", url("/slow?token=sesame"));
    hooks.add("", "http://127.0.0.1:1/nobody");
    hooks.add("", "no url at all");
    notifyingLogger(log, hub).info("hello", { a: 1 });
    post(hub, "NEWBLOCK", 1);
    await until(() => lines.length === 5);
    await sleep(50);
    expect(lines).toHaveLength(5);
    expect(lines.join("\n")).not.toContain("sesame");
  });

  test("events that nobody wants are not composed, those that cannot be printed are left out", () => {
    const hub = new Notifications();
    let composed = 0;
    const compose = () => {
      composed++;
      return jsonObject(["value", 0.5]);
    };
    hub.post("NEWBLOCK", compose);
    expect(composed).toBe(0);
    const taken: string[] = [];
    const stop = hub.subscribe({ wants: () => true, take: (event) => taken.push(event) });
    hub.post("NEWBLOCK", compose);
    expect(composed).toBe(1);
    expect(taken).toEqual([]);
    stop();
    expect(hub.isWanted("NEWBLOCK")).toBe(false);
  });

  test("log lines are events as the reference words them", () => {
    const hub = new Notifications();
    const taken: string[] = [];
    hub.subscribe({ wants: () => true, take: (_, json) => taken.push(json) });
    notifyingLogger(silentLogger, hub).warn("invalid block", { block: 7, rule: undefined });
    expect(taken[0]).toMatch(
      /^\{"event":"MINIMALOG","data":\{"message":"Minima @ \d\d\\\/\d\d\\\/\d{4} \d\d:\d\d:\d\d \[[\d.]+ MB\] : invalid block block:7"\}\}$/,
    );
  });
});
