import { ProtocolError } from "../protocol/errors.js";
import { MiniNumber } from "../protocol/number.js";
import { ScriptError, ScriptParseError } from "./errors.js";
import { SCRIPT_FUNCTIONS } from "./functions/index.js";
import type { BinaryOperator, Expression, UnaryOperator } from "./syntax.js";
import type { Token } from "./tokeniser.js";
import { FALSE, numberValue, TRUE, valueFromText } from "./value.js";
import { isFunctionName } from "./words.js";

/** Brackets and parameters inside each other, at most (spec 05 §5.2). */
const MAX_NESTING = 64;
const MAX_PARAMETERS = 32;

/** The binary operators by rank, loosest first (spec 05 §5.1). */
const RANKS: readonly (readonly BinaryOperator[])[] = [
  ["AND", "OR", "XOR", "NAND", "NOR", "NXOR"],
  ["EQ", "NEQ", "GT", "GTE", "LT", "LTE"],
  ["&", "|", "^"],
  ["+", "-", "%", "<<", ">>"],
  ["*", "/"],
];
const rankOf: ReadonlyMap<string, { readonly operator: BinaryOperator; readonly rank: number }> = new Map(
  RANKS.flatMap((operators, rank) => operators.map((operator) => [operator, { operator, rank }] as const)),
);

/** The tokens of one or more expressions, read one after the other. */
export class ExpressionReader {
  #at: number;
  #nesting = 0;

  /** Reads the tokens from `from` up to but not including `to`. */
  constructor(
    readonly tokens: readonly Token[],
    from: number,
    readonly to: number,
    /** Where the script text ends, for errors. */
    readonly scriptEnd: number,
  ) {
    this.#at = from;
  }

  get done(): boolean {
    return this.#at >= this.to;
  }

  /** The next expression, as long as it can be continued. */
  expression(): Expression {
    return this.#binary(0);
  }

  /** One expression that must use all tokens. */
  whole(): Expression {
    const expression = this.expression();
    const extra = this.#peek();
    if (extra !== undefined)
      throw new ScriptParseError("expression goes on after its end", extra.at, extra.text, "an operator or the next statement");
    return expression;
  }

  #peek(): Token | undefined {
    return this.done ? undefined : this.tokens[this.#at];
  }

  #next(expected: string): Token {
    const token = this.#peek();
    if (token === undefined) throw this.#ended(expected);
    this.#at++;
    return token;
  }

  #ended(expected: string): ScriptParseError {
    const after = this.tokens[this.to];
    return new ScriptParseError("expression ends too early", after?.at ?? this.scriptEnd, after?.text, expected);
  }

  /** Precedence climbing: recursion only goes to higher ranks, chains of one rank are a loop. */
  #binary(lowest: number): Expression {
    let left = this.#primary();
    for (;;) {
      const token = this.#peek();
      const found = token?.type === "OPERATOR" ? rankOf.get(token.text) : undefined;
      if (token === undefined || found === undefined || found.rank < lowest) return left;
      this.#at++;
      const right = this.#binary(found.rank + 1);
      left = { kind: "binary", operator: found.operator, left, right, at: token.at };
    }
  }

  /** Chains of unary operators may be of any length: no recursion (spec 05 §12, 20). */
  #primary(): Expression {
    const first = this.#at;
    for (let token = this.#peek(); token !== undefined && isUnary(token); token = this.#peek()) this.#at++;
    const after = this.#at;
    let expression = this.#base();
    for (let i = after - 1; i >= first; i--) {
      const token = this.tokens[i];
      if (token !== undefined && isUnary(token)) expression = { kind: "unary", operator: token.text, operand: expression, at: token.at };
    }
    return expression;
  }

  #base(): Expression {
    const token = this.#next("a value");
    switch (token.type) {
      case "VALUE":
        return { kind: "constant", value: guarded(token, "not a value", () => valueFromText(token.text)) };
      case "TRUE":
        return { kind: "constant", value: TRUE };
      case "FALSE":
        return { kind: "constant", value: FALSE };
      case "GLOBAL":
        return { kind: "global", name: token.text, at: token.at };
      case "VARIABLE":
        return { kind: "variable", name: token.text, at: token.at };
      case "FUNCTION":
        return this.#call(token);
      case "OPENBRACKET":
        return this.#bracketed(token);
      case "OPERATOR":
        if (token.text === "-") return this.#negativeNumber();
    }
    throw new ScriptParseError(`${token.text} cannot begin a value`, token.at, token.text, "a value, variable, function or (");
  }

  /** A prefix minus takes the text of the next token, which must be a decimal number (spec 05 §5.1). */
  #negativeNumber(): Expression {
    const token = this.#next("a number");
    const number = guarded(token, "a prefix - takes a number only; use NEG for expressions", () => MiniNumber.parse(token.text).negate());
    return { kind: "constant", value: numberValue(number) };
  }

  #bracketed(open: Token): Expression {
    const expression = this.#nested(open);
    const close = this.#next(")");
    if (close.type !== "CLOSEBRACKET") throw new ScriptParseError("bracket is not closed", close.at, close.text, ")");
    return expression;
  }

  #nested(at: Token): Expression {
    if (++this.#nesting > MAX_NESTING) throw new ScriptParseError("brackets too deep", at.at, at.text, `at most ${MAX_NESTING} levels`);
    const expression = this.expression();
    this.#nesting--;
    return expression;
  }

  #call(name: Token): Expression {
    if (!isFunctionName(name.text)) throw new ScriptParseError("unknown function", name.at, name.text);
    const open = this.#next("(");
    if (open.type !== "OPENBRACKET") throw new ScriptParseError(`${name.text} needs brackets`, open.at, open.text, "(");
    const parameters: Expression[] = [];
    while (this.#peek()?.type !== "CLOSEBRACKET") {
      const next = this.#peek();
      if (next === undefined) throw this.#ended(")");
      parameters.push(this.#nested(next));
      if (parameters.length > MAX_PARAMETERS)
        throw new ScriptParseError(`too many parameters of ${name.text}`, next.at, next.text, `at most ${MAX_PARAMETERS}`);
    }
    this.#at++;
    const { minimum, more = false } = SCRIPT_FUNCTIONS[name.text];
    if (parameters.length < minimum || (parameters.length > minimum && !more)) {
      const wanted = `${minimum}${more ? " or more" : ""} parameter${minimum === 1 && !more ? "" : "s"}`;
      throw new ScriptParseError(`${name.text} has ${parameters.length} parameters`, name.at, name.text, wanted);
    }
    return { kind: "call", name: name.text, parameters, at: name.at };
  }
}

function isUnary(token: Token): token is Token & { readonly text: UnaryOperator } {
  return token.type === "OPERATOR" && (token.text === "NOT" || token.text === "NEG" || token.text === "~");
}

/** Literals that cannot be held are parse errors. */
function guarded<T>(token: Token, message: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof ScriptError)
      throw new ScriptParseError(message, token.at, token.text, error.message);
    throw error;
  }
}
