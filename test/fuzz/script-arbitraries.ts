import fc from "fast-check";
import { FUNCTION_NAMES } from "../../host/kissvm/words.js";

type Text = fc.Arbitrary<string>;

const oneOf = (...texts: readonly string[]): Text => fc.constantFrom(...texts);
const joined = (...parts: readonly (Text | string)[]): Text =>
  fc.tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part))).map((list) => list.join(""));
const listOf = (item: Text, minLength: number, maxLength: number, separator = " "): Text =>
  fc.array(item, { minLength, maxLength }).map((list) => list.join(separator));

const digits = (maxLength: number): Text => fc.array(fc.nat(9), { minLength: 1, maxLength }).map((list) => list.join(""));

const NUMBERS = oneOf(
  ..."0 1 2 3 7 8 10 32 63 64 65 255 256 257 1023 1024 65535 65536 65537 2147483647 2147483648 4294967295 4294967296".split(" "),
  ..."18446744073709551615 18446744073709551616 0.1 0.5 1.5 2.50 00 00.10 1.000 0.00000000000000000000000000000000000000000001".split(" "),
  "0.000000000000000000000000000000000000000000019",
);
const number: Text = fc.oneof(
  { weight: 4, arbitrary: NUMBERS },
  { weight: 2, arbitrary: digits(20) },
  { weight: 2, arbitrary: joined(digits(21), ".", digits(50)) },
  { weight: 1, arbitrary: joined("-", NUMBERS) },
);

const hexDigits = (maxLength: number): Text =>
  fc.array(oneOf(..."0123456789abcdefABCDEF"), { minLength: 1, maxLength }).map((list) => list.join(""));
const hex: Text = fc.oneof(
  oneOf(
    "0x00",
    "0x01",
    "0xFF",
    "0x0000",
    "0x00FF",
    "0xFF00",
    "0x80",
    "0x0100",
    "0xFFFFFFFFFFFFFFFF",
    "0x010000000000000000",
    "0xEDA080",
    "0xE281",
  ),
  joined("0x", hexDigits(12)),
  joined("0x", hexDigits(80)),
);

const string: Text = fc.oneof(
  oneOf(
    "[]",
    "[a]",
    "[TRUE]",
    "[FALSE]",
    "[1]",
    "[ 1.5]",
    "[1e3]",
    "[-.5e-3]",
    "[+5.]",
    "[0x]",
    "[$1]",
    "[$0]",
    "[\\$1]",
    "[\\\\]",
    "[x\\]",
    "[$00x]",
  ),
  oneOf(
    "[é]",
    "[😀]",
    "[a[b]c]",
    "[LET q=1]",
    "[LET returnvalue=$1]",
    "[LET returnvalue=$1+$2]",
    "[RETURN TRUE]",
    "[RETURN $1]",
    "[٣]",
    "[aaaa]",
  ),
  fc.array(oneOf(..."ab$\\01[] é😀\n"), { maxLength: 10 }).map((list) => `[${balanced(list.join(""))}]`),
);

/** Closes every bracket that is open, drops those that close none. */
function balanced(text: string): string {
  let open = 0;
  let out = "";
  for (const character of text) {
    if (character === "[") open++;
    if (character === "]" && open-- === 0) {
      open = 0;
      continue;
    }
    out += character;
  }
  return out + "]".repeat(open);
}

const boolean: Text = oneOf("TRUE", "FALSE");

const call = (name: string, ...parameters: readonly Text[]): Text =>
  joined(
    name,
    oneOf("(", " ( "),
    fc.tuple(...parameters).map((list) => list.join(" ")),
    ")",
  );
const space: Text = oneOf("", " ");
const binary = (left: Text, operators: readonly string[], right: Text): Text =>
  fc.tuple(left, space, oneOf(...operators), space, right).map(([l, before, operator, after, r]) => {
    const word = /[A-Z]/.test(operator);
    return `${l}${word ? " " : before}${operator}${word ? " " : after}${r}`;
  });

type Expressions = { number: string; hex: string; string: string; boolean: string; any: string };

/** Expressions that mostly have the right types. */
export const expressions = fc.letrec<Expressions>((tie) => {
  const n = tie("number");
  const h = tie("hex");
  const s = tie("string");
  const b = tie("boolean");
  const a = tie("any");
  const depth = { maxDepth: 4, depthSize: "small" as const };
  return {
    number: fc.oneof(
      depth,
      fc.oneof(number, oneOf("a", "b", "n")),
      binary(n, ["+", "-", "*", "/", "%"], n),
      joined("(", n, ")"),
      joined("NEG ", n),
      fc.oneof(call("LEN", h), call("LEN", s), call("BITCOUNT", h), call("NUMBER", a), call("GET", oneOf("0", "1", "1 0", "2.0"))),
      ...["ABS", "CEIL", "FLOOR", "INC", "DEC", "SQRT"].map((name) => call(name, n)),
      ...["MAX", "MIN", "SIGDIG", "POW"].map((name) => call(name, n, n)),
      call("POW", oneOf("-3", "0", "2", "7", "1023"), n),
      call("SIGDIG", oneOf("0", "1", "3", "64"), n),
    ),
    hex: fc.oneof(
      depth,
      fc.oneof(hex, oneOf("h", "c")),
      binary(h, ["&", "|", "^"], h),
      binary(h, ["<<", ">>"], n),
      joined("~", h),
      joined("(", h, ")"),
      call("CONCAT", h, h),
      call("REV", h),
      call("SUBSET", oneOf("0", "1", "2"), oneOf("1", "2", "3"), h),
      call("SETLEN", oneOf("0", "1", "3", "32", "65536"), h),
      call("OVERWRITE", h, oneOf("0", "1"), h, oneOf("0", "1"), oneOf("0", "1", "2")),
      call("BITSET", h, fc.oneof(oneOf("0", "5", "8"), n), b),
      call("HEX", a),
      fc.oneof(call("SHA2", h), call("SHA3", s), call("ADDRESS", s)),
    ),
    string: fc.oneof(
      depth,
      fc.oneof(string, oneOf("s", "d")),
      binary(s, ["+"], s),
      call("STRING", a),
      call("ASCII", h),
      call("UTF8", h),
      call("SUBSTR", oneOf("0", "1", "2"), oneOf("1", "2", "3"), s),
      call("REPLACE", s, s, s),
      call("REPLACEFIRST", s, s, s),
    ),
    boolean: fc.oneof(
      depth,
      fc.oneof(boolean, oneOf("t", "e")),
      binary(b, ["AND", "OR", "XOR", "NAND", "NOR", "NXOR", "EQ", "NEQ"], b),
      binary(n, ["EQ", "NEQ", "LT", "LTE", "GT", "GTE"], n),
      binary(h, ["EQ", "NEQ"], h),
      binary(s, ["EQ", "NEQ"], s),
      joined("NOT ", b),
      joined("(", b, ")"),
      call("BOOL", a),
      call("BITGET", h, fc.oneof(oneOf("0", "7", "8"), n)),
      call("EXISTS", n),
      call("SIGNEDBY", h),
      call("MULTISIG", oneOf("0", "1", "2"), h, h),
      call(
        "PROOF",
        fc.oneof(h, s),
        n,
        h,
        n,
        fc.oneof(h, oneOf("0x000100000100", "0x0001000001010100000001AA000105", "0x00010000010100000000020102020F01")),
      ),
    ),
    any: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      n,
      h,
      s,
      b,
      call("FUNCTION", s),
      call("FUNCTION", fc.oneof(s, oneOf("[LET returnvalue=$1]", "[LET returnvalue=$1 LET a=$2]")), a, a),
      fc.oneof(...FUNCTION_NAMES.map((name) => call(name, a, a))),
    ),
  };
});

const variable: Text = oneOf("a", "b", "n", "h", "c", "s", "d", "t", "e", "x");
const { any } = expressions;
const condition: Text = fc.oneof({ weight: 9, arbitrary: expressions.boolean }, { weight: 1, arbitrary: any });

const statements = fc.letrec<{ statement: string; block: string }>((tie) => ({
  block: listOf(tie("statement"), 0, 4),
  statement: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    joined("LET a = ", expressions.number),
    joined("LET n=", expressions.number),
    joined("LET c=", expressions.hex),
    joined("LET d = ", expressions.string),
    joined("LET e=", expressions.boolean),
    joined("LET ", variable, "=", any),
    joined("LET (", listOf(expressions.number, 1, 2), ")=", any),
    joined("ASSERT ", condition),
    joined("EXEC ", expressions.string),
    joined("IF ", condition, " THEN ", tie("block"), " ENDIF"),
    joined("IF ", condition, " THEN ", tie("block"), " ELSEIF ", condition, " THEN ", tie("block"), " ELSE ", tie("block"), " ENDIF"),
    joined("LET i=0 WHILE i LT ", oneOf("2", "3"), " DO ", tie("block"), " LET i=INC(i) ENDWHILE"),
    joined("WHILE ", condition, " DO ", tie("block"), " ENDWHILE"),
    joined("RETURN ", condition),
  ),
}));

const START = "LET a=2 LET b=-1 LET n=3 LET h=0x0102 LET s=[st] LET t=TRUE LET c=0xFF00 LET d=[abc] LET e=FALSE LET (0)=5 LET (1 0)=0.5 ";

/** Well-formed scripts, most of which run for a while. */
export const scripts: Text = joined(START, listOf(statements.statement, 1, 6), fc.oneof(fc.constant(""), joined(" RETURN ", condition)));

const TOKENS: Text = oneOf(
  ..."LET IF THEN ELSEIF ELSE ENDIF RETURN ASSERT WHILE DO ENDWHILE EXEC MAST + - / * % & | ^ ~ = < > << >> ( ) ( ) LT EQ NEQ AND OR NOT NEG".split(
    " ",
  ),
  ..."TRUE FALSE @BLOCK @SCRIPT @X a b x 1 2.5 0 0xFF 0x [a] [LET [ ] $1 $ $1x 5. .5 1e3 abcdefghijklmnopqrstuvwxyzabcdefg A let Return".split(
    " ",
  ),
  ...FUNCTION_NAMES,
);

/** Token sequences that rarely make sense. */
export const tokenSoup: Text = fc
  .array(fc.tuple(TOKENS, oneOf(" ", " ", " ", "", "\n", "\t ", "\u000b", "\u00a0")), { maxLength: 30 })
  .map((list) => list.map(([token, gap]) => token + gap).join(""));

/** Scripts with damage: pieces deleted, doubled, exchanged or put in. */
export const brokenScripts: Text = fc
  .tuple(scripts, fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), TOKENS), { minLength: 1, maxLength: 3 }))
  .map(([script, damages]) => {
    const tokens = script.split(" ");
    for (const [where, how, token] of damages) {
      const at = Math.floor(where * tokens.length);
      if (how === 0) tokens.splice(at, 1);
      else if (how === 1) tokens.splice(at, 0, token);
      else if (how === 2) tokens.splice(at, 1, token);
      else tokens.splice(at, 0, tokens[(at * 7) % tokens.length] ?? token);
    }
    return tokens.join(" ");
  });

/** Any text at all, mostly of characters the tokeniser knows. */
export const texts: Text = fc
  .array(fc.oneof(TOKENS, fc.string({ unit: "binary", maxLength: 3 }), oneOf(..."[]()$\\<> ")), { maxLength: 40 })
  .map((list) => list.join(""));
