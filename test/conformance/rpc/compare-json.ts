import { isJsonArray, isJsonObject, JsonDouble, type JsonObject, type JsonValue, printJson, RawJson } from "../../../host/protocol/json.js";
import { type IdMap, idsOf } from "./id-map.js";

/** How alike two answers must be. */
export interface CompareRules {
  readonly ids: IdMap;
  /** Whether values that no run may change have to be equal; else their form is compared. */
  readonly exact: boolean;
  /** Whether ids already known must stand for the same thing again. */
  readonly consistent: boolean;
  /** Whether the same coins were chosen so far; else amounts and how many coins there are may differ. */
  readonly inStep?: boolean;
  /** Whether only keys, their order and the kinds of values count: HEX, Mx, number, text, and so on. */
  readonly shapeOnly?: boolean;
}

export interface Comparison {
  readonly differences: readonly string[];
  /** Recorded ids with ours at the same place. */
  readonly pairs: readonly (readonly [recorded: string, ours: string])[];
}

/** Characters of a value that are shown. */
const SHOWN = 120;
const SAME: Comparison = { differences: [], pairs: [] };

/** Texts that are the platform's or the machine's own. */
const FREE_TEXT = new Set([
  "customhash",
  "data",
  "sslpubkey",
  "lastmessage",
  "RWLockInfo",
  "writelockthread",
  "host",
  "fullhelp",
  "help",
  "connect",
]);
/** Lists whose length depends on the luck of mining. */
const LISTS_OF_CHANCE = new Set([
  "superparents",
  "proof",
  "entries",
  "maxentries",
  "txnlist",
  "txpow",
  "transactions",
  "txns",
  "connections",
]);
/** Objects whose keys are an implementation's own. */
const OWN_KEYS = new Set(["dirs", "reads", "writes"]);
/** Yes or no by the luck of mining, or by how the node was started. */
const FLAGS_OF_CHANCE = new Set(["isblock", "istransaction", "left", "block", "transaction", "writelockthreadstate", "hostset"]);
/** Quantities that do not depend on the run. */
const FIXED_QUANTITIES = new Set(["amount", "tokenamount", "confirmed", "unconfirmed", "sendable", "total", "decimals", "scale"]);
/** Counters that an implementation may run its own way. */
const OWN_COUNTERS = new Set(["uses", "maxuses"]);
/** Keys under which an id must mean the same thing in the whole recording. */
const NAMING_KEYS = new Set(["coinid", "tokenid", "publickey", "address", "miniaddress"]);
/** Parameters whose values are not echoed. */
const SECRET = "***";

/** Compares an answer with the recorded one: keys, their order, JSON types, and values as far as the rules say. */
export function compareJson(recorded: JsonValue, ours: JsonValue, rules: CompareRules, path = ""): Comparison {
  if (isJsonObject(recorded)) return isJsonObject(ours) ? compareObjects(recorded, ours, rules, path) : wrongType(recorded, ours, path);
  if (isJsonArray(recorded)) return isJsonArray(ours) ? compareLists(recorded, ours, rules, path) : wrongType(recorded, ours, path);
  if (typeOf(recorded) !== typeOf(ours)) return wrongType(recorded, ours, path);
  const key = keyOf(path);
  if (rules.shapeOnly === true) return kindOf(recorded) === kindOf(ours) ? SAME : wrongType(recorded, ours, path);
  if (typeof recorded === "string") return compareTexts(recorded, ours as string, rules, path);
  if (typeof recorded === "boolean") {
    const mayDiffer = FLAGS_OF_CHANCE.has(key) || (rules.inStep === false && key === "storestate");
    return recorded === ours || mayDiffer ? SAME : differs(recorded, ours, path);
  }
  if (recorded === null || !(rules.exact || isFixedQuantity(key, rules)) || OWN_COUNTERS.has(key)) return SAME;
  if (key === "total" && !rules.exact) return SAME;
  return printJson(recorded) === printJson(ours) ? SAME : differs(recorded, ours, path);
}

function isFixedQuantity(key: string, { inStep = true }: CompareRules): boolean {
  return inStep && FIXED_QUANTITIES.has(key);
}

/** The JSON type of a value, and for a string what it holds. */
function kindOf(value: JsonValue): string {
  if (typeof value !== "string") return typeOf(value);
  if (/^0x[0-9A-F]*$/.test(value)) return "HEX";
  if (/^Mx[0-9A-Z]+$/.test(value)) return "Mx";
  return /^-?\d+(\.\d+)?$/.test(value) ? "number in text" : "text";
}

function typeOf(value: JsonValue): string {
  if (value === null) return "null";
  if (isJsonArray(value)) return "list";
  if (isJsonObject(value)) return "object";
  return typeof value === "bigint" || value instanceof JsonDouble || value instanceof RawJson ? "number" : typeof value;
}

function keyOf(path: string): string {
  return /([^.[\]]*)(\[\d+\])*$/.exec(path)?.[1] ?? "";
}

function shown(value: JsonValue): string {
  const text = printJson(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

function differs(recorded: JsonValue, ours: JsonValue, path: string): Comparison {
  const from = typeof recorded === "string" && typeof ours === "string" ? firstDifference(recorded, ours) : 0;
  const cut = (value: JsonValue): string => shown(typeof value === "string" ? value.slice(from) : value);
  const place = from === 0 ? "" : ` from ${from}`;
  return { differences: [`${path}${place}: got ${cut(ours)}, expected ${cut(recorded)}`], pairs: [] };
}

/** Where long texts begin to differ, with a little before it; 0 for short ones. */
function firstDifference(one: string, other: string): number {
  if (one.length <= SHOWN && other.length <= SHOWN) return 0;
  let i = 0;
  while (i < one.length && one[i] === other[i]) i++;
  return Math.max(0, i - SHOWN / 4);
}

function wrongType(recorded: JsonValue, ours: JsonValue, path: string): Comparison {
  return { differences: [`${path}: got ${typeOf(ours)} ${shown(ours)}, expected ${typeOf(recorded)} ${shown(recorded)}`], pairs: [] };
}

function joined(parts: readonly Comparison[]): Comparison {
  return { differences: parts.flatMap((part) => part.differences), pairs: parts.flatMap((part) => part.pairs) };
}

function compareObjects(recorded: JsonObject, ours: JsonObject, rules: CompareRules, path: string): Comparison {
  if (OWN_KEYS.has(keyOf(path))) return SAME;
  const [values, ourValues] = [valuesById(recorded), valuesById(ours)];
  if (rules.shapeOnly === true && values !== undefined && ourValues !== undefined) return compareWithAny(values, ourValues, rules, path);
  const keys = [...recorded.keys()];
  const ourKeys = [...ours.keys()];
  if (keys.length !== ourKeys.length || keys.some((key, i) => compareTexts(key, ourKeys[i] as string, rules, "").differences.length > 0))
    return { differences: [`${path}: got keys ${ourKeys.join()}, expected ${keys.join()}`], pairs: [] };
  return joined(
    keys.flatMap((key, i) => [
      compareTexts(key, ourKeys[i] as string, rules, ""),
      compareJson(recorded.get(key) as JsonValue, ours.get(ourKeys[i] as string) as JsonValue, rules, `${path}.${key}`),
    ]),
  );
}

function compareLists(recorded: readonly JsonValue[], ours: readonly JsonValue[], rules: CompareRules, path: string): Comparison {
  if (rules.shapeOnly === true || LISTS_OF_CHANCE.has(keyOf(path))) return compareWithAny(recorded, ours, rules, path);
  if (recorded.length !== ours.length && rules.inStep === false) return compareWithAny(recorded, ours, rules, path);
  if (recorded.length !== ours.length)
    return { differences: [`${path}: got ${ours.length} elements, expected ${recorded.length}`], pairs: [] };
  const inOrder = joined(recorded.map((item, i) => compareJson(item, ours[i] as JsonValue, rules, `${path}[${i}]`)));
  if (inOrder.differences.length === 0 || !isCoinList(recorded)) return inOrder;
  return pairedUp(recorded, ours, rules, path) ?? inOrder;
}

/** The values of an object that has ids for keys. */
function valuesById(object: JsonObject): readonly JsonValue[] | undefined {
  return Array.from(object.keys()).every((key) => key.startsWith("0x")) ? Array.from(object.values()) : undefined;
}

/** Coins that were made by different transactions of one block, or of neighbouring blocks, come in an order of chance. */
function isCoinList(list: readonly JsonValue[]): boolean {
  return list.every((item) => isJsonObject(item) && (item.has("coinid") || item.has("tokenid")));
}

function pairedUp(recorded: readonly JsonValue[], ours: readonly JsonValue[], rules: CompareRules, path: string): Comparison | undefined {
  const left = [...ours];
  const parts: Comparison[] = [];
  for (const item of recorded) {
    const comparisons = left.map((candidate) => compareJson(item, candidate, rules, path));
    const at = comparisons.findIndex(({ differences }) => differences.length === 0);
    if (at < 0) return undefined;
    parts.push(comparisons[at] as Comparison);
    left.splice(at, 1);
  }
  return joined(parts);
}

/** Every element of ours must look like one of the recorded; pairs are taken only where both stand at the same place. */
function compareWithAny(recorded: readonly JsonValue[], ours: readonly JsonValue[], rules: CompareRules, path: string): Comparison {
  if (recorded.length === 0) return SAME;
  return joined(
    ours.map((item, i) => {
      const samples = recorded.map((sample) => compareJson(sample, item, { ...rules, consistent: false }, `${path}[${i}]`));
      const fitting = samples.find(({ differences }) => differences.length === 0);
      if (fitting === undefined) return samples[Math.min(i, samples.length - 1)] as Comparison;
      return recorded.length === ours.length && samples[i]?.differences.length === 0 ? (samples[i] as Comparison) : SAME;
    }),
  );
}

function compareTexts(recorded: string, ours: string, rules: CompareRules, path: string): Comparison {
  const { ids } = rules;
  const translated = ids.translate(recorded);
  if (translated === ours) return SAME;
  const key = keyOf(path);
  if ((path.startsWith(".params.") || key === "password") && ours === SECRET) return SAME;
  const isQuantity = isFixedQuantity(key, rules) && /^[\d.]+$/.test(recorded);
  const fixed = (rules.exact || isQuantity) && !OWN_COUNTERS.has(key);
  const form = fixed ? withoutPlace : formOf;
  if (form(translated) !== form(ours)) {
    if (!FREE_TEXT.has(key)) return differs(translated, ours, path);
    if (idsOf(recorded).length !== 1 || idsOf(ours).length !== 1) return SAME;
  }
  const theirs = idsOf(recorded);
  const pairs = idsOf(ours)
    .map((token, i) => [theirs[i] as string, token] as const)
    .filter(([token, our]) => token !== our && !(ids.isShared(token) && ids.isShared(our)));
  if (rules.consistent && NAMING_KEYS.has(key) && !path.includes(".signatures[")) {
    const wrong = pairs.find(([token, our]) => ids.ours(token) !== undefined && ids.ours(token) !== our);
    if (wrong !== undefined) return differs(`${ids.ours(wrong[0])}`, ours, path);
  }
  return { differences: [], pairs };
}

/** A text without the folder of its paths, and without the platform's words for a script that does not parse. */
function withoutPlace(text: string): string {
  return text
    .replace(/(^| )(?:\/[\w.-]+)+/g, (path, before: string) => before + path.slice(path.lastIndexOf("/") + 1))
    .replace(/(PARSE ERROR : ).*/g, "$1<text>");
}

/** The form of a text: what varies from run to run is replaced by its kind. */
export function formOf(text: string): string {
  return withoutPlace(text)
    .replace(/^(Minima @ \S+ \S+ \[[^\]]+\] : ).*/s, "$1<text>")
    .replace(/(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \S+ \d{4}/g, "<date>")
    .replace(/\b\d+(\.\d)? (bytes|[KMGTPE]B)\b/g, "<size>")
    .replace(/\b[0-9A-Z]{4}(-[0-9A-Z]{4})+\b/g, "<code>")
    .replace(/Mx[0-9A-Z]{16,}/g, "<mx>")
    .replace(/0x[0-9A-Fa-f]{8,}/g, "<hex>")
    .replace(/\b\d+\.\d+\.\d+\.\d+\b/g, "<ip>")
    .replace(/(?<![\w.])-?\d+(\.\d+)?(E-?\d+)?(?![\w.])/g, "<n>");
}
