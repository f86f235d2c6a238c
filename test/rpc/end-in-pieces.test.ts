import { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { endInPieces } from "../../host/rpc/end-in-pieces.js";
import { startHttpServer } from "../../host/rpc/http-server.js";
import { until } from "../until.js";
import { ECHO_SERVER, exchange } from "./raw.js";

/** Takes pieces when it is told to. */
class Sink extends Writable {
  readonly pieces: Buffer[] = [];
  #taken: (() => void) | undefined;

  override _write(piece: Buffer, _encoding: string, taken: () => void): void {
    this.pieces.push(piece);
    this.#taken = taken;
  }

  take(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }
}

test("a long text waits for its reader", async () => {
  const sink = new Sink();
  const text = `x${"🂡".repeat(400_000)}`;
  endInPieces(sink, "head ", text);
  for (let i = 0; i < 5; i++) await turn();
  expect(sink.pieces).toHaveLength(1);
  expect(sink.writableLength).toBeLessThan(1 << 19);
  while (!sink.writableFinished) {
    sink.take();
    await turn();
    expect(sink.writableLength).toBeLessThan(1 << 19);
  }
  expect(sink.pieces.length).toBeGreaterThan(5);
  expect(Buffer.concat(sink.pieces).toString()).toBe(`head ${text}\n`);
});

test("a short one is one piece", () => {
  const sink = new Sink();
  endInPieces(sink, "head ", "text");
  expect(sink.pieces.map(String)).toEqual(["head text\n"]);
});

test("a reader that is gone gets no more", async () => {
  const sink = new Sink();
  endInPieces(sink, "", "x".repeat(1_000_000));
  sink.destroy();
  await until(() => sink.closed);
  expect(sink.pieces).toHaveLength(1);
});

test("answers of many megabytes arrive whole", async () => {
  const body = JSON.stringify(Array.from({ length: 1_000_000 }, (_, i) => i));
  const server = await startHttpServer({ ...ECHO_SERVER, run: async () => body });
  try {
    const answer = await exchange(server.port, "GET /coins HTTP/1.1\r\n\r\n");
    expect(answer.slice(answer.indexOf("\r\n\r\n") + 4) === `${body}\n`).toBe(true);
  } finally {
    await server.close();
  }
});
