import { parseJson } from "../../../host/protocol/json.js";
import type { Case } from "../area.js";
import { same } from "../checks.js";
import { compareJson } from "../rpc/compare-json.js";
import { IdMap } from "../rpc/id-map.js";
import type { RecordedEvent, Recording } from "../rpc/recording.js";
import { SessionRun } from "../rpc/session-run.js";

/** Headers that say something of one delivery only. */
const OF_ONE_DELIVERY = new Set(["Host", "Content-Length"]);

/**
 * What arrives at the web hook of the recorded session: for each recorded event one of ours must be of the same shape. The session is
 * in the file beside.
 */
export function* checkEvents(data: unknown, _text: string, sibling: (name: string) => unknown): Iterable<Case> {
  let deliveries: Promise<readonly RecordedEvent[]> | undefined;
  const ours = (): Promise<readonly RecordedEvent[]> => {
    deliveries ??= deliveriesOf(sibling("session.json") as Recording);
    return deliveries;
  };
  for (const [i, recorded] of (data as readonly RecordedEvent[]).entries())
    yield { name: `[${i}] ${recorded.event}`, run: async () => checkEvent(recorded, await ours()) };
  yield { name: "every delivery", run: async () => (await ours()).forEach(checkDelivery) };
}

/** Plays the whole session, whatever it answers, and gives what the web hook got. */
async function deliveriesOf(recording: Recording): Promise<readonly RecordedEvent[]> {
  const run = await SessionRun.start(recording);
  try {
    for (const entry of recording) await run.play(entry).catch(() => {});
    return run.events;
  } finally {
    await run.stop();
  }
}

function checkEvent(recorded: RecordedEvent, deliveries: readonly RecordedEvent[]): void {
  const named = deliveries.filter(({ event }) => event === recorded.event);
  if (named.length === 0) throw new Error("no such event came");
  const body = parseJson(recorded.body);
  const rules = { ids: new IdMap(), exact: false, consistent: false, inStep: false };
  const found = named.map((delivery) => compareJson(body, parseJson(delivery.body), rules).differences);
  const closest = found.reduce((least, differences) => (differences.length < least.length ? differences : least));
  if (closest.length > 0) throw new Error(closest.slice(0, 3).join(" | "));
  for (const delivery of named) same(constant(delivery), constant(recorded), "headers");
}

function constant({ headers }: RecordedEvent): [string, string][] {
  return Object.entries(headers)
    .filter(([name]) => !OF_ONE_DELIVERY.has(name))
    .sort();
}

function checkDelivery({ headers, body }: RecordedEvent): void {
  same(Number(headers["Content-Length"]), Buffer.byteLength(body), "Content-Length");
  JSON.parse(body);
}
