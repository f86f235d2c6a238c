import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instantiateSync } from "@assemblyscript/loader";
import { bestCore, bestCoreKind, coreBytes } from "../../core/module.js";
import { KERNEL, type Kernel, withKernel } from "./kernel.js";
import { type Absentee, attempt, type Load } from "./peers.js";

/** What can run the core. */
export interface Engine {
  readonly name: string;
  /** Gives what runs the kernel that was added to the module. */
  start(module: Uint8Array): () => number;
}

/** Where the core takes what it works on, and puts what it gives. */
export interface CoreAddresses {
  readonly input: number;
  readonly output: number;
  readonly seed: number;
}

/** What the npm package `wasmtime` offers, as far as it is used here: of functions only those that take nothing and give 32 bits. */
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

/** Every engine that is there: this one, the same with WASI around the module, and wasmtime. */
export async function loadEngines(load: Load, absent: Absentee[]): Promise<Engine[]> {
  const wasi = await attempt("node:wasi", absent, underWasi);
  const wasmtime = await attempt("wasmtime", absent, async () =>
    inWasmtime(((await load("wasmtime")) as { readonly default: Wasmtime }).default),
  );
  const found: Engine[] = [{ name: "node (TurboFan)", start: (module) => instanceOf(module).exports.kernel }];
  for (const engine of [wasi, wasmtime]) if (engine !== undefined) found.push(engine);
  return found;
}

/** The core with work to do. */
export function coreKernel(kernel: Kernel): Uint8Array {
  return withKernel(coreBytes(bestCoreKind()), kernel);
}

export function coreAddresses(): CoreAddresses {
  const { exports } = instantiateSync<Readonly<Record<"INPUT" | "OUTPUT" | "SEED", WebAssembly.Global>> & Record<string, unknown>>(
    bestCore,
  );
  return { input: exports.INPUT.value, output: exports.OUTPUT.value, seed: exports.SEED.value };
}

function instanceOf(module: Uint8Array) {
  return instantiateSync<{ readonly kernel: () => number } & Record<string, unknown>>(new WebAssembly.Module(Uint8Array.from(module)), {});
}

/** Starts modules as reactors of `node:wasi`. */
async function underWasi(): Promise<Engine> {
  const { emitWarning } = process;
  try {
    // That WASI is experimental in Node says nothing about the figures.
    process.emitWarning = () => {};
    const { WASI } = await import("node:wasi");
    return {
      name: "node:wasi",
      start: (module) => {
        const { instance, exports } = instanceOf(module);
        new WASI({ version: "preview1" }).initialize(instance);
        return exports.kernel;
      },
    };
  } finally {
    process.emitWarning = emitWarning;
  }
}

function inWasmtime({ Config, Engine, Store, Module, Instance }: Wasmtime): Engine {
  return {
    name: "wasmtime",
    start: (module) => {
      const folder = mkdtempSync(join(tmpdir(), "minimote-bench-"));
      try {
        const file = join(folder, "core.wasm");
        writeFileSync(file, module);
        const engine = new Engine(new Config());
        const store = new Store(engine);
        const kernel = new Instance(store, Module.fromFile(engine, file)).getFunc(store, KERNEL);
        if (kernel === null) throw new Error("wasmtime does not find the kernel");
        return () => kernel.call(store, []);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
