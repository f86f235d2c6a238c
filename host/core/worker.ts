import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { CoreInstance } from "./instance.js";
import { makeTreeKeys, mine, recoverKeys, type Task, type TaskContext } from "./tasks.js";

/** What a worker is started with. */
export interface WorkerSetup {
  readonly module: WebAssembly.Module;
  /** Runs below everything else on the machine. */
  readonly lowPriority: boolean;
}

/** A task for a worker, which does one at a time. */
export interface WorkerRequest {
  readonly task: Task;
  /** Becomes non-zero, with a notification, when the task should give up. */
  readonly cancel: Int32Array;
  /** Whether somebody wants to know how far the task is. */
  readonly tellProgress: boolean;
}

/** What a worker says: how far it is, or how it ended. `result` is undefined after a cancellation. */
export type WorkerReply =
  | { readonly type: "progress"; readonly done: number }
  | { readonly type: "done"; readonly result: unknown }
  | { readonly type: "failed"; readonly name: string; readonly message: string };

const LOWEST_PRIORITY = 19;

const port = parentPort;
if (port === null) throw new Error("this file runs in a worker");
const { module, lowPriority } = workerData as WorkerSetup;
// Instances of their own for secrets and for what strangers sent.
const publicCore = new CoreInstance(module);
const secretCore = new CoreInstance(module);

// Elsewhere than on Linux a priority is that of the whole process.
if (lowPriority && process.platform === "linux") {
  try {
    setPriority(0, LOWEST_PRIORITY);
  } catch {
    // A system that does not allow it runs the worker at normal priority.
  }
}

const say = (reply: WorkerReply): void => port.postMessage(reply);

port.on("message", ({ task, cancel, tellProgress }: WorkerRequest) => {
  const context: TaskContext = {
    cancelled: () => Atomics.load(cancel, 0) !== 0,
    progress: (done) => {
      if (tellProgress) say({ type: "progress", done });
    },
    pause: (milliseconds) => Atomics.wait(cancel, 0, 0, milliseconds),
    now: () => performance.now(),
  };
  try {
    say({ type: "done", result: run(task, context) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    say({ type: "failed", name, message });
  }
});

function run(task: Task, context: TaskContext): unknown {
  switch (task.kind) {
    case "mine":
      return mine(publicCore, task, context);
    case "tree-keys":
      return makeTreeKeys(secretCore, task, context);
    case "recover":
      return recoverKeys(publicCore, task, context);
  }
}
