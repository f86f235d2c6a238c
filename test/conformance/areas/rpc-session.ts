import type { Case } from "../area.js";
import { isWait, type Recording } from "../rpc/recording.js";
import { SessionRun } from "../rpc/session-run.js";

/** Plays the session to a node of ours: every command and every pause is a case. */
export function* checkSession(data: unknown): Iterable<Case> {
  const recording = data as Recording;
  let started: Promise<SessionRun> | undefined;
  const run = (): Promise<SessionRun> => {
    started ??= SessionRun.start(recording);
    return started;
  };
  for (const [i, entry] of recording.entries())
    yield {
      name: `[${i}] ${isWait(entry) ? `wait ${entry.wait_blocks}` : entry.request.slice(0, 60)}`,
      run: async () => (await run()).play(entry),
    };
  yield { name: "stop", run: async () => (await run()).stop() };
}
