import type { Bytes } from "../bytes.js";
import { ProtocolError } from "../errors.js";
import { isJsonObject, type JsonObject, parseJson, printJson } from "../json.js";
import { MiniNumber } from "../number.js";
import type { Reader } from "../reader.js";
import type { Writer } from "../writer.js";

/** What opens a connection, and the answer to a single ping (spec 02 §18.1). */
export interface Greeting {
  readonly version: string;
  /** Null when the sender wrote the JSON `null`: it decodes, but has no values. */
  readonly extra: JsonObject | null;
  /** -1 when the node has no chain. */
  readonly topBlock: MiniNumber;
  /** TxPoW ids, tip first, down to the root of the tree. */
  readonly chain: readonly Bytes[];
}

const NO_CHAIN = MiniNumber.of(-1);
/** A higher top block counts as no chain. */
const MAX_TOP_BLOCK = MiniNumber.of(10n ** 12n);

export function readGreeting(reader: Reader): Greeting {
  return {
    version: reader.string(),
    extra: parseExtra(reader.string()),
    topBlock: reader.number(),
    chain: reader.list(4, (r) => r.data()),
  };
}

/** Throws `malformed` when there is no extra object: the reference cannot write such a greeting either. */
export function writeGreeting(writer: Writer, greeting: Greeting): void {
  writer.string(greeting.version);
  writer.string(printJson(extraObject(greeting)));
  writer.number(greeting.topBlock);
  writer.list(greeting.chain, (w, id) => w.data(id));
}

/** Text that is no JSON stands for an empty object; other JSON than an object is refused (spec 07 §4.3). */
function parseExtra(text: string): JsonObject | null {
  const value = parseOrUndefined(text);
  if (value === undefined) return new Map();
  if (value !== null && !isJsonObject(value)) throw new ProtocolError("malformed", "the extra data of a greeting is no JSON object");
  return value;
}

function parseOrUndefined(text: string): ReturnType<typeof parseJson> | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "malformed") return undefined;
    throw error;
  }
}

function extraObject(greeting: Greeting): JsonObject {
  if (greeting.extra === null) throw new ProtocolError("malformed", "the greeting has no extra data");
  return greeting.extra;
}

/** Whether there is such an extra value, if only null. */
export function hasGreetingExtra(greeting: Greeting, key: string): boolean {
  return extraObject(greeting).has(key);
}

/** An extra value, which must be text where there is one (spec 07 §4.3). Throws `malformed`: drop the message. */
export function greetingText(greeting: Greeting, key: string): string | undefined {
  const value = extraObject(greeting).get(key) ?? undefined;
  if (value !== undefined && typeof value !== "string") throw new ProtocolError("malformed", `${key} of a greeting is no text`);
  return value;
}

/** The number of the last block of the chain; -1 without a chain (spec 02 §18.1). Throws `range`. */
export function greetingRootBlock(greeting: Greeting): MiniNumber {
  const { topBlock, chain } = greeting;
  if (topBlock.equals(NO_CHAIN) || topBlock.moreThan(MAX_TOP_BLOCK)) return NO_CHAIN;
  return topBlock.sub(MiniNumber.of(chain.length - 1));
}
