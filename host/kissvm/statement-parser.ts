import { ScriptParseError } from "./errors.js";
import { ExpressionReader } from "./expression-parser.js";
import type { Block, Branch, Expression, Statement } from "./syntax.js";
import { type Token, tokenise } from "./tokeniser.js";
import { TRUE } from "./value.js";

/** Blocks inside each other, the root included, at most (spec 05 §4.2). */
export const MAX_DEPTH = 64;

/** A parsed script. */
export interface Syntax {
  readonly block: Block;
  /** Blocks inside each other, the root included. */
  readonly depth: number;
}

/** Parses a script (spec 05 §4, §5). Throws ScriptParseError. */
export function parseScript(script: string): Syntax {
  return parseTokens(tokenise(script), script.length);
}

/** Parses the tokens of a script of `length` characters. Throws ScriptParseError. */
function parseTokens(tokens: readonly Token[], length: number): Syntax {
  const parser = new StatementParser(tokens, length);
  return { block: parser.block(0, tokens.length, 1), depth: parser.depth };
}

/** All ranges are of token indexes, `to` not included. Recursion goes as deep as blocks do. */
class StatementParser {
  depth = 0;
  #at = 0;

  constructor(
    readonly tokens: readonly Token[],
    readonly scriptEnd: number,
  ) {}

  block(from: number, to: number, depth: number): Block {
    if (depth > MAX_DEPTH) throw this.#error("blocks too deep", from, `at most ${MAX_DEPTH} levels`);
    this.depth = Math.max(this.depth, depth);
    const statements: Statement[] = [];
    this.#at = from;
    while (this.#at < to) statements.push(this.#statement(to, depth));
    return statements;
  }

  #statement(to: number, depth: number): Statement {
    const token = this.tokens[this.#at];
    const at = token?.at ?? this.scriptEnd;
    const command = token?.type === "COMMAND" ? token.text : undefined;
    this.#at++;
    switch (command) {
      case "LET":
        return this.#let(at, to);
      case "IF":
        return this.#if(at, to, depth);
      case "WHILE":
        return this.#while(at, to, depth);
      case "EXEC":
      case "MAST":
      case "ASSERT":
      case "RETURN":
        return { kind: command, at, value: this.#toNextCommand(to) };
      default:
        throw this.#error("no statement begins here", this.#at - 1, meant(token) ?? STATEMENTS.join(" "));
    }
  }

  #let(at: number, to: number): Statement {
    const target = this.#take(to, "a variable or (");
    if (target.type === "VARIABLE") {
      const equals = this.#take(to, "=");
      if (equals.text !== "=") throw this.#error("LET needs =", this.#at - 1, "=");
      return { kind: "LET", at, name: target.text, value: this.#toNextCommand(to) };
    }
    if (target.type !== "OPENBRACKET") throw this.#error("LET needs a variable or an array", this.#at - 1, "a lower-case variable or (");
    const indices = this.#arrayIndices(to);
    return { kind: "LET()", at, indices, value: this.#toNextCommand(to) };
  }

  /** Everything up to the next `=`; the last of it must be the closing bracket. */
  #arrayIndices(to: number): Expression[] {
    const from = this.#at;
    let equals = from;
    while (equals < to && !isOperator(this.tokens[equals], "=")) equals++;
    const close = equals - 1;
    if (equals === to) throw this.#error("LET needs =", to, "=");
    if (close < from || this.tokens[close]?.type !== "CLOSEBRACKET") throw this.#error("array index is not closed", equals, ")");
    if (close === from) throw this.#error("array index is empty", close, "an expression");
    const reader = new ExpressionReader(this.tokens, from, close, this.scriptEnd);
    const indices: Expression[] = [];
    while (!reader.done) indices.push(reader.expression());
    this.#at = equals + 1;
    return indices;
  }

  #if(at: number, to: number, depth: number): Statement {
    const branches: Branch[] = [];
    let condition = this.#toCommand("THEN", to);
    for (;;) {
      const from = this.#at;
      const stop = this.#endOfIfBody(at, from, to);
      const body = this.block(from, stop, depth + 1);
      this.#at = stop + 1;
      branches.push({ condition, body });
      const part = this.tokens[stop]?.text;
      if (part === "ENDIF") return { kind: "IF", at, branches };
      condition = part === "ELSE" ? { kind: "constant", value: TRUE } : this.#toCommand("THEN", to);
    }
  }

  /**
   * The ENDIF, ELSEIF or ELSE of this IF, not seeing WHILE. The reference takes the last token for it where the tokens run out
   * (spec 05 §4.1), which then proves to be none of the three, or the end of an inner IF that misses it in turn.
   */
  #endOfIfBody(at: number, from: number, to: number): number {
    let inner = 0;
    for (let i = from; i < to; i++) {
      const token = this.tokens[i];
      if (token?.type !== "COMMAND") continue;
      if (token.text === "IF") inner++;
      else if (inner === 0 && (token.text === "ENDIF" || token.text === "ELSEIF" || token.text === "ELSE")) return i;
      else if (token.text === "ENDIF") inner--;
    }
    throw new ScriptParseError("IF is not closed", at, "IF", "ENDIF further on");
  }

  #while(at: number, to: number, depth: number): Statement {
    const condition = this.#toCommand("DO", to);
    const from = this.#at;
    const stop = this.#endOfWhileBody(from, to);
    const body = this.block(from, stop, depth + 1);
    this.#at = stop + 1;
    return { kind: "WHILE", at, condition, body };
  }

  /** The ENDWHILE of this WHILE, not seeing IF. Where it is missing, the last token is taken for it unseen (spec 05 §4.1). */
  #endOfWhileBody(from: number, to: number): number {
    let inner = 0;
    for (let i = from; i < to; i++) {
      const token = this.tokens[i];
      if (token?.type !== "COMMAND") continue;
      if (token.text === "WHILE") inner++;
      else if (token.text === "ENDWHILE" && inner-- === 0) return i;
    }
    if (from === to) throw this.#error("WHILE is not closed", to, "ENDWHILE");
    return to - 1;
  }

  /** The expression up to the first such command. */
  #toCommand(command: "THEN" | "DO", to: number): Expression {
    const from = this.#at;
    let end = from;
    while (end < to && !isCommand(this.tokens[end], command)) end++;
    if (end === to) throw this.#error(`missing ${command}`, to, command);
    this.#at = end + 1;
    return this.#expression(from, end);
  }

  /** The expression up to the next command, whichever. */
  #toNextCommand(to: number): Expression {
    const from = this.#at;
    let end = from;
    while (end < to && this.tokens[end]?.type !== "COMMAND") end++;
    this.#at = end;
    return this.#expression(from, end);
  }

  #expression(from: number, to: number): Expression {
    if (from === to) throw this.#error("missing expression", to, "an expression");
    return new ExpressionReader(this.tokens, from, to, this.scriptEnd).whole();
  }

  #take(to: number, expected: string): Token {
    const token = this.#at < to ? this.tokens[this.#at] : undefined;
    if (token === undefined) throw this.#error("LET is not finished", to, expected);
    this.#at++;
    return token;
  }

  #error(message: string, index: number, expected: string): ScriptParseError {
    const token = this.tokens[index];
    return new ScriptParseError(message, token?.at ?? this.scriptEnd, token?.text, expected);
  }
}

const STATEMENTS: readonly string[] = ["LET", "IF", "WHILE", "ASSERT", "RETURN", "EXEC", "MAST"];

/** The statement that a word would be in the right case. */
function meant(token: Token | undefined): string | undefined {
  return STATEMENTS.find((word) => word === token?.text.toUpperCase());
}

function isCommand(token: Token | undefined, command: string): boolean {
  return token?.type === "COMMAND" && token.text === command;
}

function isOperator(token: Token | undefined, operator: string): boolean {
  return token?.type === "OPERATOR" && token.text === operator;
}
