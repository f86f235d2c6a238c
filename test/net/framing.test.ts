import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrameParser, type FrameSink, FramingError, frameHeader } from "../../host/net/framing.js";
import { MemoryBudget } from "../../host/net/memory-budget.js";
import { type Bytes, concatBytes } from "../../host/protocol/bytes.js";
import { MAX_MESSAGE_BYTES } from "../../host/protocol/messages/message.js";

class Recorder implements FrameSink {
  readonly frames: Bytes[] = [];
  readonly skips: [type: number, length: number][] = [];
  readonly budget: MemoryBudget;
  parser = new FrameParser(this);
  pauseAfterEach = false;

  constructor(
    readonly limits: (type: number) => number = () => MAX_MESSAGE_BYTES,
    memory = 1 << 30,
  ) {
    this.budget = new MemoryBudget(memory);
  }

  limit(type: number): number {
    return this.limits(type);
  }

  allow(bytes: number): boolean {
    return this.budget.take(bytes);
  }

  frame(body: Bytes, held: number): void {
    this.frames.push(body);
    this.budget.give(held);
    if (this.pauseAfterEach) this.parser.pause();
  }

  skipped(type: number, length: number): void {
    this.skips.push([type, length]);
  }
}

const framed = (bodies: readonly Bytes[]): Bytes => concatBytes(...bodies.flatMap((body) => [frameHeader(body.length), body]));

function cut(bytes: Bytes, sizes: readonly number[]): Bytes[] {
  const chunks: Bytes[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = Math.min(bytes.length, at + (sizes[i % sizes.length] ?? 1));
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });
const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 10 });

describe("frames", () => {
  test("come out as they went in, however the stream is cut", () => {
    fc.assert(
      fc.property(bodies, cuts, fc.boolean(), (items, sizes, pausing) => {
        const recorder = new Recorder();
        recorder.pauseAfterEach = pausing;
        for (const chunk of cut(framed(items), sizes)) {
          recorder.parser.push(chunk);
          if (pausing) for (let i = 0; i <= items.length; i++) recorder.parser.resume();
        }
        expect(recorder.frames).toEqual(items);
        expect(recorder.parser.partial).toBeUndefined();
        expect(recorder.parser.completed).toBe(items.length);
      }),
    );
  });

  test("over the limit of their type are skipped, the others are not touched", () => {
    fc.assert(
      fc.property(bodies, cuts, fc.nat(300), (items, sizes, limit) => {
        const recorder = new Recorder((type) => (type % 2 === 0 ? MAX_MESSAGE_BYTES : limit));
        for (const chunk of cut(framed(items), sizes)) recorder.parser.push(chunk);
        const isLong = (body: Bytes): boolean => body.length > 0 && (body[0] as number) % 2 === 1 && body.length > limit;
        expect(recorder.frames).toEqual(items.filter((body) => !isLong(body)));
        expect(recorder.skips).toEqual(items.filter(isLong).map((body) => [body[0], body.length]));
      }),
    );
  });

  test("do not share memory with the stream", () => {
    const recorder = new Recorder();
    const chunk = framed([Uint8Array.of(1, 2, 3)]);
    recorder.parser.push(chunk);
    chunk.fill(0);
    expect(recorder.frames).toEqual([Uint8Array.of(1, 2, 3)]);
    expect(recorder.frames[0]?.constructor).toBe(Uint8Array);
  });

  test.each([-1, -(2 ** 31), MAX_MESSAGE_BYTES + 1, 2 ** 31 - 1])("of length %d end the stream", (length) => {
    const header = new Uint8Array(4);
    new DataView(header.buffer).setInt32(0, length);
    expect(() => new Recorder().parser.push(header)).toThrow(FramingError);
  });

  test("a large length alone costs nothing", () => {
    const recorder = new Recorder();
    recorder.parser.push(concatBytes(frameHeader(MAX_MESSAGE_BYTES), Uint8Array.of(1)));
    expect(recorder.parser.partial).toEqual({ length: MAX_MESSAGE_BYTES, received: 1, held: 0 });
    expect(recorder.budget.used).toBe(0);
  });

  test("memory grows with what came, at most twofold, and is given back", () => {
    const recorder = new Recorder();
    const length = 10_000_000;
    recorder.parser.push(frameHeader(length));
    const chunk = new Uint8Array(50_000);
    for (let received = chunk.length; received < length; received += chunk.length) {
      recorder.parser.push(chunk);
      expect(recorder.budget.used).toBeLessThanOrEqual(2 * received);
    }
    expect(recorder.budget.used).toBeGreaterThan(length / 2);
    recorder.parser.push(chunk);
    expect(recorder.frames.map((body) => body.length)).toEqual([length]);
    expect(recorder.budget.used).toBe(0);
  });

  test("end the stream when memory is refused; what they held is told", () => {
    const recorder = new Recorder(undefined, 300_000);
    recorder.parser.push(frameHeader(10_000_000));
    expect(() => {
      for (let i = 0; i < 100; i++) recorder.parser.push(new Uint8Array(50_000));
    }).toThrow(FramingError);
    expect(recorder.budget.used).toBeGreaterThan(0);
    recorder.budget.give(recorder.parser.end());
    expect(recorder.budget.used).toBe(0);
  });

  test("too long to send are refused", () => {
    expect(() => frameHeader(MAX_MESSAGE_BYTES + 1)).toThrow(FramingError);
  });
});
