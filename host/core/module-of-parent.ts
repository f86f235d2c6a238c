import { workerData } from "node:worker_threads";

/** What a worker is started with whose bundle has this file in the place of module.ts. */
export interface ModuleSetup {
  readonly module: WebAssembly.Module;
}

/** The module as the thread compiled it that started this one. */
export const bestCore = (workerData as ModuleSetup).module;
