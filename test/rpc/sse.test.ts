import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { Notifications } from "../../host/node/notify/notifications.js";
import { jsonObject } from "../../host/protocol/json.js";
import { DEFAULT_STREAM_LIMITS, type EventStreamLimits, EventStreams } from "../../host/rpc/event-stream.js";
import { DEFAULT_LIMITS, type HttpServerOptions, type RunningServer, startHttpServer } from "../../host/rpc/http-server.js";
import { until } from "../until.js";
import { ECHO_SERVER, exchange } from "./raw.js";

const servers: RunningServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(hub: Notifications, limits: Partial<EventStreamLimits> = {}, http: Partial<HttpServerOptions> = {}): Promise<number> {
  const streams = new EventStreams(hub, { ...DEFAULT_STREAM_LIMITS, ...limits });
  const server = await startHttpServer({ ...ECHO_SERVER, streams, ...http });
  servers.push(server);
  return server.port;
}

const post = (hub: Notifications, event: string, value: number | string): void => hub.post(event, () => jsonObject(["value", value]));

describe("the stream of events", () => {
  test("is what browsers and programs read, with the JSON that webhooks get", async () => {
    const hub = new Notifications();
    const port = await serve(hub);
    const answer = await fetch(`http://127.0.0.1:${port}/events?filter=NEWBLOCK,NEWBAL`);
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    await until(() => hub.isWanted("NEWBLOCK"));
    post(hub, "NEWBLOCK", 1);
    post(hub, "NEWCOIN", 2);
    post(hub, "NEWBALANCE", 3);
    let text = "";
    const decoder = new TextDecoder();
    const reader = answer.body?.getReader();
    while (!text.includes("id: 2")) text += decoder.decode((await reader?.read())?.value);
    expect(text).toBe(
      [
        "retry: 3000\n\n".replaceAll("\n", "\r\n"),
        'event: NEWBLOCK\nid: 1\ndata: {"event":"NEWBLOCK","data":{"value":1}}\n\n',
        'event: NEWBALANCE\nid: 2\ndata: {"event":"NEWBALANCE","data":{"value":3}}\n\n',
      ].join(""),
    );
    await reader?.cancel();
    await until(() => !hub.isWanted("NEWBLOCK"));
  });

  test("outlasts the time a request may take, and shows signs of life", async () => {
    const hub = new Notifications();
    const port = await serve(hub, { heartbeatMs: 20 }, { limits: { ...DEFAULT_LIMITS, transferMs: 50 } });
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.write("GET /events HTTP/1.1\r\n\r\n");
    await sleep(200);
    expect(text.split(":\n\n").length).toBeGreaterThan(4);
    expect(socket.destroyed).toBe(false);
    socket.end();
    await once(socket, "close");
    await until(() => !hub.isWanted("NEWBLOCK"));
  });

  test("asks for the same passwords as commands do", async () => {
    const port = await serve(new Notifications(), {}, { authorize: async () => undefined });
    expect(await exchange(port, "GET /events HTTP/1.1\r\n\r\n")).toContain("401 Unauthorized");
  });

  test("lets a reader go that does not keep up, and no more in than it can bear", async () => {
    const hub = new Notifications();
    const port = await serve(hub, { bufferedBytes: 100_000, streams: 1 });
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("GET /events HTTP/1.1\r\n\r\n");
    await once(socket, "data");
    socket.pause();
    expect(await exchange(port, "GET /events HTTP/1.1\r\n\r\n")).toContain("503 Service Unavailable");
    const large = "x".repeat(50_000);
    for (let i = 0; i < 1000 && hub.isWanted("NEWBLOCK"); i++) {
      post(hub, "NEWBLOCK", large);
      await sleep(0);
    }
    expect(hub.isWanted("NEWBLOCK")).toBe(false);
    socket.destroy();
  });

  test("is no command: other targets are", async () => {
    const port = await serve(new Notifications());
    expect(await exchange(port, "GET /eventsX HTTP/1.1\r\n\r\n")).toContain('"line":"eventsX"');
    expect(await exchange(port, "POST /events HTTP/1.1\r\nContent-Length: 5\r\n\r\nblock")).toContain('"line":"block"');
  });
});
