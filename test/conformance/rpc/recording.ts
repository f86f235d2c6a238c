import { isJsonArray, isJsonObject, type JsonValue, parseJson } from "../../../host/protocol/json.js";

export interface RecordedCommand {
  readonly request: string;
  readonly response: string;
}

/** A pause until the tip had advanced by so many blocks. */
export interface RecordedWait {
  readonly wait_blocks: number;
}

/** A recorded session (vectors/rpc/README.md). */
export type Recording = readonly (RecordedCommand | RecordedWait)[];

export interface RecordedEvent {
  readonly event: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function isWait(entry: RecordedCommand | RecordedWait): entry is RecordedWait {
  return "wait_blocks" in entry;
}

/** The value at a path of keys and indices; undefined if there is none. */
export function at(value: JsonValue | undefined, ...path: readonly (string | number)[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((inner, key) => {
    if (typeof key === "number") return isJsonArray(inner) ? inner[key] : undefined;
    return isJsonObject(inner) ? inner.get(key) : undefined;
  }, value);
}

/** The answers to commands that begin so. */
export function answersTo(recording: Recording, prefix: string): JsonValue[] {
  return recording.flatMap((entry) =>
    !isWait(entry) && entry.request.startsWith(prefix) && entry.response !== "" ? [parseJson(entry.response)] : [],
  );
}

/** The seed phrase of the recorded node. */
export function seedPhrase(recording: Recording): string {
  const phrases = answersTo(recording, "vault action:seed").map((answer) => at(answer, "response", "phrase"));
  const phrase = phrases.find((text) => typeof text === "string" && text !== "");
  if (typeof phrase !== "string") throw new Error("the recording does not tell its seed phrase");
  return phrase;
}

/** The height of the recorded chain as an answer tells it; undefined if it does not. */
export function heightIn(answer: JsonValue): number | undefined {
  const texts = [
    at(answer, "response", "chain", "block"),
    at(answer, "response", "chain", "tip"),
    at(answer, "command") === "block" ? at(answer, "response", "block") : undefined,
  ];
  const told = texts.find((text) => text !== undefined);
  if (told !== undefined) return Number(told);
  return heightOfBuilding(answer);
}

/** The height of the recorded chain when the TxPoW of an answer was built that is not mined yet. */
export function heightOfBuilding(answer: JsonValue): number | undefined {
  const isNew = at(answer, "response", "isblock") === false && at(answer, "response", "superblock") === -1n;
  const next = Number(at(answer, "response", "header", "block"));
  return isNew && next > 0 ? next - 1 : undefined;
}

/** Proofs of coins are taken so many blocks below the tip, or where the youngest coin was made. */
const PROOF_DEPTH = 8;

/** The height at which the coins of a payment were selected, if they are old: blocks may come before it is signed. */
export function selectionHeight(answer: JsonValue): number | undefined {
  const proofs = at(answer, "response", "body", "witness", "mmrproofs");
  if (!isJsonArray(proofs) || proofs.length === 0) return undefined;
  const proved = Number(at(proofs[0], "proof", "blocktime"));
  const youngest = Math.max(...proofs.map((proof) => Number(at(proof, "coin", "created"))));
  return proved > youngest ? proved + PROOF_DEPTH : undefined;
}

/** The height of the recorded chain when the recording began. */
export function firstHeight(recording: Recording): number {
  for (const entry of recording) {
    const height = isWait(entry) || entry.response === "" ? undefined : heightIn(parseJson(entry.response));
    if (height !== undefined) return height;
  }
  return LEAST_HEIGHT;
}

/** Coins of the first block are spendable at this height. */
const LEAST_HEIGHT = 6;

/** The ports of the recorded node: its own and that of its RPC server. */
export function recordedPorts(recording: Recording): { readonly node: number; readonly rpc: number } | undefined {
  for (const answer of answersTo(recording, "status")) {
    const node = Number(at(answer, "response", "network", "port"));
    const rpc = Number(at(answer, "response", "network", "rpc", "port"));
    if (node > 0 && rpc > 0) return { node, rpc };
  }
  return undefined;
}

/** The port of the web hook receiver the session registers. */
export function hookPort(recording: Recording): number | undefined {
  for (const entry of recording) {
    const match = isWait(entry) ? null : /^webhooks .*hook:http:\/\/127\.0\.0\.1:(\d+)/.exec(entry.request);
    if (match !== null) return Number(match[1]);
  }
  return undefined;
}
