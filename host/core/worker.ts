import { setPriority } from "node:os";
import { workerData } from "node:worker_threads";
import { CoreInstance } from "./instance.js";
import { serveTasks } from "./serve-tasks.js";
import { makeTreeKeys, mine, recoverKeys, type Task } from "./tasks.js";

/** What a worker is started with. */
export interface WorkerSetup {
  readonly module: WebAssembly.Module;
  /** Runs below everything else on the machine. */
  readonly lowPriority: boolean;
}

const LOWEST_PRIORITY = 19;

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

serveTasks<Task>((task, context) => {
  switch (task.kind) {
    case "mine":
      return mine(publicCore, task, context);
    case "tree-keys":
      return makeTreeKeys(secretCore, task, context);
    case "recover":
      return recoverKeys(publicCore, task, context);
  }
});
