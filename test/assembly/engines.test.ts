import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { WASI } from "node:wasi";
import { instantiateSync } from "@assemblyscript/loader";
import { describe, expect, test } from "vitest";
import { coreBytes } from "../../host/core/module.js";
import { KINDS } from "../core/cores.js";

const fileOf = (kind: string): string => fileURLToPath(new URL(`../../build/core.${kind}.wasm`, import.meta.url));

/** Runs a program of this Node in a process of its own; gives what it printed. */
function run(program: string, args: readonly string[], flags: readonly string[] = []): string {
  const stdio: ["pipe", "pipe", "inherit"] = ["pipe", "pipe", "inherit"];
  return execFileSync(process.execPath, [...flags, "-", ...args], { input: program, encoding: "utf8", stdio }).trim();
}

/** Compares digests with Node's own and runs the self-test, with nothing of the host. */
const CHECK = `
  const { createHash } = require("node:crypto");
  const { readFileSync } = require("node:fs");
  const { exports: core } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(process.argv[2])));
  const memory = new Uint8Array(core.memory.buffer);
  const result = () => Buffer.from(memory.subarray(core.OUTPUT.value, core.OUTPUT.value + 32)).toString("hex");
  const expected = (name, data) => createHash(name).update(data).digest("hex");
  let data = Buffer.alloc(0);
  for (let length = 0; length < 300; length++) {
    memory.set(data, core.INPUT.value);
    core.sha3(length);
    if (result() !== expected("sha3-256", data)) throw new Error("sha3 of " + length + " bytes");
    core.sha2Begin();
    core.sha2Blocks(length >> 6);
    memory.copyWithin(core.INPUT.value, core.INPUT.value + (length & ~63), core.INPUT.value + length);
    core.sha2End(length & 63, BigInt(length));
    if (result() !== expected("sha256", data)) throw new Error("sha2 of " + length + " bytes");
    data = Buffer.concat([data, Buffer.from([length * 37])]);
  }
  console.log(core.selftest());
`;

const WASMTIME = `
  const { Engine, Config, Store, Module, Instance } = require("wasmtime");
  const engine = new Engine(new Config());
  const store = new Store(engine);
  const instance = new Instance(store, Module.fromFile(engine, process.argv[2]));
  console.log(instance.getFunc(store, "selftest").call(store, []));
`;

const hasWasmtime = process.platform === "linux" && ["x64", "arm64"].includes(process.arch);

describe.each(KINDS)("the %s module", (kind) => {
  const file = fileOf(kind);
  const code = readFileSync(file);

  test("is the one the host carries", () => {
    expect(code.equals(coreBytes(kind))).toBe(true);
  });

  test("imports nothing, and its memory stays as it is", () => {
    const module = new WebAssembly.Module(code);
    const { exports } = instantiateSync<{ memory: WebAssembly.Memory; selftest(): number } & Record<string, unknown>>(module, {});
    const { byteLength } = exports.memory.buffer;
    expect(exports.selftest()).toBe(0);
    expect(exports.memory.buffer.byteLength).toBe(byteLength);
    expect(byteLength).toBeLessThanOrEqual(256 * 1024);
  });

  test("passes its self-test again and again", () => {
    const { exports } = instantiateSync<{ selftest(): number } & Record<string, unknown>>(code);
    for (let i = 0; i < 20; i++) expect(exports.selftest()).toBe(0);
  });

  test.each([
    ["as it is", []],
    ["in the baseline tier only", ["--liftoff-only"]],
    ["in the optimising tier only", ["--no-liftoff"]],
  ])("works in V8 %s", (_, flags) => {
    expect(run(CHECK, [file], flags)).toBe("0");
  });

  test.runIf(hasWasmtime)("works in wasmtime", () => {
    expect(run(WASMTIME, [file])).toBe("0");
  });

  test("works as a WASI reactor", () => {
    const wasi = new WASI({ version: "preview1" });
    const instance = instantiateSync<{ selftest(): number } & Record<string, unknown>>(code);
    wasi.initialize(instance);
    expect(instance.exports.selftest()).toBe(0);
  });
});

test("both modules export the same", () => {
  const [scalar, simd] = KINDS.map((kind) => Object.keys(instantiateSync(readFileSync(fileOf(kind))).exports).sort());
  expect(simd).toEqual(scalar);
});

test("all modules together are small", () => {
  const files = ["core.scalar.wasm", "core.simd.wasm", "minimote-core.wasm"];
  const sizes = files.map((name) => statSync(new URL(`../../build/${name}`, import.meta.url)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(40_000);
});
