import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instantiateSync } from "@assemblyscript/loader";
import { bestCore, bestCoreKind, coreBytes } from "../../core/module.js";
import { type Contender, contender, type Group } from "./measure.js";

/** What the npm package `wasmtime` offers, as far as it is used here. */
interface Wasmtime {
  readonly Config: new () => object;
  readonly Engine: new (config: object) => object;
  readonly Store: new (engine: object) => object;
  readonly Module: { fromFile(engine: object, path: string): object };
  readonly Instance: new (store: object, module: object) => { getFunc(store: object, name: string): WasmtimeFunction | null };
}

interface WasmtimeFunction {
  call(store: object, args: readonly unknown[]): number;
}

/** The same module in each engine that is there: this one, under WASI, and wasmtime where it is installed. */
export async function engineGroup(): Promise<Group> {
  const others = [await underWasi(), await inWasmtime()];
  return {
    name: "self-tests of the core (keys, signatures, hashes), engine by engine",
    unit: "self-tests",
    contenders: [contender("node (V8)", freshCore().exports.selftest), ...others.filter((other) => other !== undefined)],
  };
}

/** The module as it is, without the host's checks. */
function freshCore() {
  return instantiateSync<{ readonly selftest: () => number } & Record<string, unknown>>(bestCore, {});
}

/** Starts the module as a reactor of `node:wasi`. */
async function underWasi(): Promise<Contender | undefined> {
  const { emitWarning } = process;
  try {
    // That WASI is experimental in Node says nothing about the figures.
    process.emitWarning = () => {};
    const { WASI } = await import("node:wasi");
    const { instance, exports } = freshCore();
    new WASI({ version: "preview1" }).initialize(instance);
    return contender("node:wasi", exports.selftest);
  } catch {
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

async function inWasmtime(): Promise<Contender | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "minimote-bench-"));
  try {
    const name = "wasmtime";
    const { Config, Engine, Store, Module, Instance } = ((await import(name)) as { readonly default: Wasmtime }).default;
    const file = join(folder, "core.wasm");
    writeFileSync(file, coreBytes(bestCoreKind()));
    const engine = new Engine(new Config());
    const store = new Store(engine);
    const instance = new Instance(store, Module.fromFile(engine, file));
    const selftest = instance.getFunc(store, "selftest");
    return selftest === null ? undefined : contender("wasmtime", () => selftest.call(store, []));
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
