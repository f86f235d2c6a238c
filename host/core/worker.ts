import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { CoreInstance, type CoreKind } from "./instance.js";
import { makeKeys, mine, recoverKeys, type Task, type TaskContext } from "./tasks.js";

/** What a worker is started with. */
export interface WorkerSetup {
  readonly kind: CoreKind;
  readonly code: WebAssembly.Module;
  /** Runs below everything else on the machine. */
  readonly lowPriority: boolean;
}

/** A task for a worker. `cancel` becomes non-zero when the task should give up. */
export interface WorkerRequest {
  readonly id: number;
  readonly task: Task;
  readonly cancel: Int32Array;
}

/** What a worker says: how far it is, or how it ended. `result` is undefined after a cancellation. */
export type WorkerReply =
  | { readonly id: number; readonly type: "progress"; readonly done: number }
  | { readonly id: number; readonly type: "done"; readonly result: unknown }
  | { readonly id: number; readonly type: "failed"; readonly message: string };

const port = parentPort;
if (port === null) throw new Error("this file runs in a worker");
const setup = workerData as WorkerSetup;
const core = new CoreInstance(setup.kind, setup.code);
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const LOWEST_PRIORITY = 19;

if (setup.lowPriority) {
  try {
    setPriority(0, LOWEST_PRIORITY);
  } catch {
    // A system that does not allow it runs the worker at normal priority.
  }
}

const say = (reply: WorkerReply): void => port.postMessage(reply);

port.on("message", ({ id, task, cancel }: WorkerRequest) => {
  const context: TaskContext = {
    cancelled: () => Atomics.load(cancel, 0) !== 0,
    progress: (done) => say({ id, type: "progress", done }),
    pause: (milliseconds) => Atomics.wait(sleeper, 0, 0, milliseconds),
    now: () => performance.now(),
  };
  try {
    say({ id, type: "done", result: run(task, context) });
  } catch (error) {
    say({ id, type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});

function run(task: Task, context: TaskContext): unknown {
  switch (task.kind) {
    case "mine":
      return mine(core, task, context);
    case "keys":
      return makeKeys(core, task, context);
    case "recover":
      return recoverKeys(core, task, context);
  }
}
