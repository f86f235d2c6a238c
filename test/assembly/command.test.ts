import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { winternitzPublicKey, winternitzSign } from "../../host/core/winternitz.js";
import { hex, peerSha3 } from "../core/cores.js";

const file = fileURLToPath(new URL("../../build/minimote-core.wasm", import.meta.url));

/** Runs the command under WASI as wasmtime would: with arguments and the standard streams, and nothing else. */
const RUNNER = `
  const { readFileSync } = require("node:fs");
  const { WASI } = require("node:wasi");
  const [file, ...args] = process.argv.slice(1);
  const wasi = new WASI({ version: "preview1", args: ["minimote-core", ...args] });
  const module = new WebAssembly.Module(readFileSync(file));
  process.exitCode = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
`;

interface Outcome {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

function command(args: readonly string[], input: string | Uint8Array = ""): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", "-e", RUNNER, file, ...args], { input });
  return { status, output: stdout.toString(), errors: stderr.toString() };
}

const done = (output: string): Outcome => ({ status: 0, output: `${output}\n`, errors: "" });

const seed = peerSha3(new Uint8Array([5]));
const message = Uint8Array.from({ length: 5000 }, (_, i) => i & 255);
const line = (bytes: Uint8Array): string => `${hex(bytes)}\n`;

describe("the command for small boards", () => {
  test("passes its self-test", () => {
    expect(command(["selftest"])).toEqual(done("ok"));
  });

  test.each([0, 1, 135, 136, 137, 65_415, 65_416, 65_417, 65_536, 200_000])("hash: %i bytes", (length) => {
    const data = new Uint8Array(length).fill(length & 255);
    expect(command(["hash"], data)).toEqual(done(hex(peerSha3(data))));
  });

  test.each([
    [0, 8],
    [4992, 8],
    [2000, 3],
  ])("mine: counter at %i of %i bytes", (offset, width) => {
    const target = "01".padEnd(64, "0");
    const { status, output, errors } = command(["mine", target, `${offset}`, `${width}`], message);
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
    const mined = Buffer.from(output.trim(), "hex");
    expect(hex(peerSha3(mined)) < target).toBe(true);
    mined.set(message.subarray(offset, offset + width), offset);
    expect(hex(mined)).toBe(hex(message));
  });

  test("mine: no counter fits", () => {
    expect(command(["mine", "0".repeat(64), "0", "1"], message)).toEqual({ status: 1, output: "", errors: "no counter fits\n" });
    expect(command(["mine", "0".repeat(64), "1", "2"], "abc").status).toBe(1);
  });

  test("key and sign: as the host does", () => {
    expect(command(["key"], line(seed))).toEqual(done(hex(winternitzPublicKey(seed))));
    expect(command(["key"], hex(seed).toUpperCase())).toEqual(done(hex(winternitzPublicKey(seed))));
    const input = Buffer.concat([Buffer.from(line(seed)), message]);
    expect(command(["sign"], input)).toEqual(done(hex(winternitzSign(seed, message))));
    expect(command(["sign"], line(seed))).toEqual(done(hex(winternitzSign(seed, new Uint8Array(0)))));
  });

  test("verify: says whether a signature holds", () => {
    const key = hex(winternitzPublicKey(seed));
    const signed = Buffer.concat([Buffer.from(line(winternitzSign(seed, message))), message]);
    expect(command(["verify", key], signed)).toEqual(done("valid"));
    const invalid = { status: 1, output: "invalid\n", errors: "" };
    expect(command(["verify", hex(seed)], signed)).toEqual(invalid);
    expect(command(["verify", key], signed.subarray(0, -1))).toEqual(invalid);
  });

  test("bench: names what it counted", () => {
    const { status, output } = command(["bench"]);
    expect(status).toBe(0);
    expect(output.trim().split("\n")).toHaveLength(5);
    for (const counted of output.trim().split("\n")) expect(counted.trim()).toMatch(/^[1-9][0-9]* per second: /);
  });

  test.each([
    [[], ""],
    [["nonsense"], ""],
    [["hash", "more"], ""],
    [["mine", "00", "0", "8"], "abcdefgh"],
    [["mine", "0".repeat(64), "1", "8"], "abcdefgh"],
    [["mine", "0".repeat(64), "0", "9"], "abcdefghi"],
    [["mine", "0".repeat(64), "0", "0"], "abcdefgh"],
    [["mine", "0".repeat(64), "-1", "8"], "abcdefgh"],
    [["mine", "0".repeat(64), "x", "8"], "abcdefgh"],
    [["mine", "0".repeat(64), "0", "8"], "a".repeat(65_401)],
    [["key"], ""],
    [["key"], "00"],
    [["key"], `${"0".repeat(64)}0`],
    [["key"], "g".repeat(64)],
    [["sign"], "0".repeat(63)],
    [["verify", "0".repeat(63)], ""],
    [["verify", "0".repeat(64)], "00\n"],
  ])("wrong use: %j", (args, input) => {
    const { status, output, errors } = command(args, input);
    expect({ status, output }).toEqual({ status: 2, output: "" });
    expect(errors).toMatch(/^(usage: minimote-core|the |there is no )/);
  });
});
