import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { replayFile } from "../../host/cli/commands/replay.js";
import { type RecordedEvent, type Recording, readJsonFile } from "../../host/cli/replay/recording.js";
import { replayRecording } from "../../host/cli/replay/replay.js";
import { parseHex, toHex } from "../../host/protocol/bytes.js";
import { decode } from "../../host/protocol/reader.js";
import { readTxPoW, txpowBytes } from "../../host/protocol/txpow.js";

const vector = (name: string): string => fileURLToPath(new URL(`../vectors/consensus/${name}`, import.meta.url));

interface InvalidCase {
  readonly name: string;
  readonly after_event: string;
  readonly hex: string;
  readonly isblock: boolean;
  readonly basic: boolean | "error";
  readonly basic_rule: string;
  readonly signatures: boolean | "error";
  readonly block_rule: string;
  readonly arrival: string;
  readonly listed_extra: readonly { readonly hex: string; readonly arrival: string }[];
}

function run(path: string): { readonly good: boolean; readonly out: string; readonly err: string } {
  const out = new PassThrough();
  const err = Object.assign(new PassThrough(), { isTTY: false });
  const good = replayFile(path, out, err);
  return { good, out: String(out.read() ?? ""), err: String(err.read() ?? "") };
}

describe("replay", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "minimote-replay-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const recording = (name: string): Recording => readJsonFile(vector(name)) as Recording;

  function runOn(data: unknown): ReturnType<typeof run> {
    const path = join(folder, "recording.json");
    writeFileSync(path, JSON.stringify(data));
    return run(path);
  }

  test.each(["chain-1", "chain-2", "chain-3", "chain-4"])("%s ends at the recorded tip and peaks", (name) => {
    const { good, out } = run(vector(`${name}.json.gz`));
    expect(out).toContain("agrees: tip, MMR peaks");
    expect(out).toContain((recording(`${name}.json.gz`).final?.tip ?? "missing") as string);
    expect(good).toBe(true);
  });

  test.each(["sync-1", "sync-2"])("%s ends at the recorded tip", (name) => {
    const { good, out } = run(vector(`${name}.json.gz`));
    expect(out).toContain("agrees: tip");
    expect(good).toBe(true);
  });

  test("names the rule that an invalid block breaks, for each rule there is", () => {
    const seen = new Set<string>();
    for (const [chainName, invalidName] of [
      ["chain-1.json.gz", "invalid-1.json.gz"],
      ["chain-2.json.gz", "invalid-2.json.gz"],
    ] as const) {
      const whole = recording(chainName);
      for (const item of (readJsonFile(vector(invalidName)) as { cases: readonly InvalidCase[] }).cases) {
        const listed = item.listed_extra.filter(({ arrival }) => arrival === "stored");
        if (item.arrival !== "stored" || item.block_rule === "" || !item.isblock || listed.length < item.listed_extra.length) continue;
        // With another parent id it is no longer a block on that parent at all.
        if (seen.has(item.block_rule) || item.name.includes("level 0")) continue;
        seen.add(item.block_rule);
        const before = whole.events.slice(0, Number(item.after_event) + 1).map(({ hex }): RecordedEvent => ({ hex }));
        const events = [...before, ...listed.map(({ hex }) => ({ hex })), { hex: item.hex }];
        const { params, genesis } = whole;
        const bad = { ...(params === undefined ? {} : { params }), genesis, events };
        expect(() => replayRecording(bad, () => {}), item.name).toThrow(item.block_rule);
      }
    }
    expect([...seen].sort()).toEqual([
      "difficulty",
      "list-length",
      "listed-missing",
      "magic",
      "mmr-proof",
      "mmr-root",
      "number",
      "script",
      "size",
      "superparents",
      "time-high",
      "time-low",
      "txndiff",
      "unique-coins",
    ]);
  });

  /** The recording with some bytes of one event changed. */
  function corrupted(event: number, change: (hex: string) => string): Recording {
    const whole = recording("chain-1.json.gz");
    return { ...whole, events: whole.events.map((item, i) => (i === event ? { ...item, hex: change(item.hex) } : item)) };
  }

  test("names a block whose header was changed: its work is gone", () => {
    const { good, out } = runOn(corrupted(30, (hex) => `${hex.slice(0, 20)}${hex[20] === "0" ? "1" : "0"}${hex.slice(21)}`));
    expect(good).toBe(false);
    expect(out).toMatch(/FAILED {6}event 30: .* breaks the rule: (work|txpowid)/);
  });

  test("names a block whose body is not the one it commits to", () => {
    const { good, out } = runOn(
      corrupted(30, (hex) => {
        const txpow = decode(readTxPoW, parseHex(hex));
        return toHex(txpowBytes({ ...txpow, body: txpow.body === null ? null : { ...txpow.body, prng: new Uint8Array(32) } }));
      }),
    );
    expect(good).toBe(false);
    expect(out).toMatch(/event 30: .* breaks the rule: body-hash/);
  });

  test("names a TxPoW that cannot be decoded", () => {
    const { good, out } = runOn(corrupted(30, (hex) => hex.slice(0, -20)));
    expect(good).toBe(false);
    expect(out).toContain("event 30 cannot be decoded");
  });

  test("reports a chain that ends elsewhere than the recording says", () => {
    const whole = recording("chain-1.json.gz");
    const { good, out } = runOn({ ...whole, blocks: undefined, events: whole.events.slice(0, 40) });
    expect(good).toBe(false);
    expect(out).toContain("the recording ends with another tip");
  });

  test("reports blocks that never came", () => {
    const whole = recording("chain-1.json.gz");
    const { good, out } = runOn({ ...whole, events: whole.events.filter((_, i) => i !== 40) });
    expect(good).toBe(false);
    expect(out).toMatch(/breaks the rule: parent/);
  });

  test("reports files that are no recordings", () => {
    expect(runOn({ some: "thing" }).out).toContain("this is no recording");
    expect(run(join(folder, "nothing.json")).good).toBe(false);
  });
});
