import type { CheckScripts, ScriptCheck, Steps } from "../chain/types.js";
import { checkScriptsHere } from "../chain/validation/script-check.js";
import { bestCore } from "../core/module.js";
import type { ModuleSetup } from "../core/module-of-parent.js";
import { CancelledError, Threads } from "../core/threads.js";
import { checkScriptsWithin, type ScriptVerdict } from "../kissvm/index.js";
import { encode } from "../protocol/writer.js";
import type { Logger } from "./logger.js";
import { writeScriptTask } from "./script-task.js";
import { scriptWorkerCode } from "./script-worker.generated.js";
import type { ScriptReply, ScriptRequest } from "./script-worker.js";

/**
 * Work that a check of scripts may take on the main thread, in nominal nanoseconds: far more than those of a payment need. Whatever
 * would go beyond it is not begun there (docs/decisions/0005-script-work.md).
 */
export const MAIN_THREAD_WORK = 5_000_000;

/** Old objects of a worker, in MB. No script is known that needs half of it. */
const WORKER_MEMORY = 128;

/** Told what becomes of checks that are too long for the main thread. */
export interface ScriptObserver {
  /** One was sent to the worker. */
  readonly sent?: () => void;
  /** The worker gave its verdict. */
  readonly answered?: () => void;
  /** The worker could not: the check is done here, in slices. */
  readonly failed?: (error: Error) => void;
}

/** Writes down what becomes of long checks. */
export function scriptLog(log: Logger): ScriptObserver {
  return {
    sent: () => log.debug("long scripts go to a worker"),
    failed: ({ message }) => log.warn("a worker failed at scripts, which are checked here", { reason: message }),
  };
}

export interface ScriptThreadsOptions {
  readonly observer?: ScriptObserver;
  /** Work that a check may take on the main thread; `MAIN_THREAD_WORK` if not given. */
  readonly mainThreadWork?: number;
  /** Old objects of a worker at most, in MB. */
  readonly memory?: number;
  /** How long a worker without work lives on, in milliseconds. */
  readonly idleMs?: number;
}

/** Checks scripts: on the main thread what is short, as almost everything is; on a worker what is not. */
export class ScriptThreads {
  readonly #threads: Threads<ScriptRequest>;
  readonly #observer: ScriptObserver;
  readonly #mainThreadWork: number;

  constructor({ observer = {}, mainThreadWork = MAIN_THREAD_WORK, memory = WORKER_MEMORY, idleMs }: ScriptThreadsOptions = {}) {
    this.#observer = observer;
    this.#mainThreadWork = mainThreadWork;
    this.#threads = new Threads({
      name: "minimote-scripts",
      code: scriptWorkerCode,
      setup: { module: bestCore } satisfies ModuleSetup,
      // The chain asks for one check at a time.
      size: 1,
      idleMs,
      limits: { maxOldGenerationSizeMb: memory },
    });
  }

  /** For `ChainDeps`. The verdict is the same wherever it is found. Its steps throw `CancelledError` when this is closed. */
  readonly check: CheckScripts = (check) => this.#check(check);

  /** Ends the worker; a check that is under way is cancelled. */
  close(): Promise<void> {
    return this.#threads.close();
  }

  *#check(check: ScriptCheck): Steps<ScriptVerdict | undefined> {
    const { transaction, witness, block, budget } = check;
    const verdict = checkScriptsWithin(transaction, witness, block, Math.min(budget, this.#mainThreadWork));
    if (verdict !== undefined || budget <= this.#mainThreadWork) return verdict;
    let reply: ScriptReply | Error | undefined;
    yield this.#ask(check).then((given) => {
      reply = given;
    });
    if (reply instanceof CancelledError) throw reply;
    if (reply === undefined || reply instanceof Error) return yield* checkScriptsHere(check);
    return reply.verdict;
  }

  async #ask(check: ScriptCheck): Promise<ScriptReply | Error> {
    try {
      const request = { task: encode(writeScriptTask, check), budget: check.budget };
      this.#observer.sent?.();
      const reply = await this.#threads.run<ScriptReply>(request);
      this.#observer.answered?.();
      return reply;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (!(error instanceof CancelledError)) this.#observer.failed?.(error);
      return error;
    }
  }
}
