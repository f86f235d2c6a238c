import { parentPort } from "node:worker_threads";
import type { TaskContext } from "./tasks.js";
import type { WorkerReply, WorkerRequest } from "./threads.js";

/** Makes this thread a worker of `Threads`: runs what it is sent, one task after the other. */
export function serveTasks<Task>(run: (task: Task, context: TaskContext) => unknown): void {
  const port = parentPort;
  if (port === null) throw new Error("this file runs in a worker");
  const say = (reply: WorkerReply): void => port.postMessage(reply);
  port.on("message", ({ task, cancel, tellProgress }: WorkerRequest<Task>) => {
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
}
