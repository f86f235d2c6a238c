import type { BinaryNode, Block, CallNode, ConstantNode, Expression, GlobalNode, Statement, UnaryNode, VariableNode } from "./syntax.js";

/** A place in the code that steps jump to. */
export interface Label {
  readonly kind: "label";
  at: number;
}

/**
 * One step of a compiled script. Expressions are in postfix order on a stack of values, so that running them needs no
 * recursion: their nodes are steps themselves, operators after their operands. What the language counts before the operands
 * is a step of its own, before them (spec 05 §6).
 */
export type Step =
  | ConstantNode
  | VariableNode
  | GlobalNode
  | UnaryNode
  | BinaryNode
  | { readonly kind: "enter" | "leave" | "end" }
  /** Skips to the end of the block, without leaving it, once a result is set (spec 05 §4.2). */
  | { readonly kind: "statement"; readonly statement: Statement; readonly skip: Label }
  | { readonly kind: "count"; instructions: number }
  | { readonly kind: "begin"; readonly node: CallNode; readonly at: number }
  /** Takes a parameter; jumps to `enough` when the function wants no more. */
  | { readonly kind: "parameter"; readonly enough: Label; readonly at: number }
  | { readonly kind: "apply" | "invoke" | "returned"; readonly node: CallNode; readonly at: number }
  | { readonly kind: "set"; readonly name: string }
  /** Checks that the value on top is an array index. */
  | { readonly kind: "index"; readonly at: number }
  | { readonly kind: "setEntry"; readonly indices: number }
  | { readonly kind: "branch"; readonly otherwise: Label; readonly what: "IF" | "WHILE"; readonly at: number }
  | { readonly kind: "jump"; readonly to: Label }
  /** Jumps unless a result is set. */
  | { readonly kind: "repeat"; readonly to: Label }
  | { readonly kind: "EXEC" | "MAST" | "ASSERT" | "RETURN"; readonly at: number };

export type Code = readonly Step[];

/** Turns a parsed script into steps. */
export function compile(block: Block): Code {
  const code: Step[] = [];
  compileBlock(block, code);
  code.push({ kind: "end" });
  return code;
}

const newLabel = (at = -1): Label => ({ kind: "label", at });

/** Recursion goes as deep as blocks do. */
function compileBlock(block: Block, code: Step[]): void {
  const skip = newLabel();
  code.push({ kind: "enter" });
  for (const statement of block) {
    code.push({ kind: "statement", statement, skip });
    compileStatement(statement, code);
  }
  code.push({ kind: "leave" });
  skip.at = code.length;
}

function compileStatement(statement: Statement, code: Step[]): void {
  const { at } = statement;
  switch (statement.kind) {
    case "LET":
      compileExpression(statement.value, code);
      code.push({ kind: "set", name: statement.name });
      return;
    case "LET()":
      for (const index of statement.indices) {
        compileExpression(index, code);
        code.push({ kind: "index", at });
      }
      compileExpression(statement.value, code);
      code.push({ kind: "setEntry", indices: statement.indices.length });
      return;
    case "IF": {
      const end = newLabel();
      for (const { condition, body } of statement.branches) {
        const otherwise = newLabel();
        compileExpression(condition, code);
        code.push({ kind: "branch", otherwise, what: "IF", at });
        compileBlock(body, code);
        code.push({ kind: "jump", to: end });
        otherwise.at = code.length;
      }
      end.at = code.length;
      return;
    }
    case "WHILE": {
      const start = newLabel(code.length);
      const otherwise = newLabel();
      compileExpression(statement.condition, code);
      code.push({ kind: "branch", otherwise, what: "WHILE", at });
      compileBlock(statement.body, code);
      code.push({ kind: "repeat", to: start });
      otherwise.at = code.length;
      return;
    }
    default:
      compileExpression(statement.value, code);
      code.push({ kind: statement.kind, at });
  }
}

/** What is still to be done: an expression to compile, a step to put after it, a label to place. */
type Task = Expression | Step | Label | typeof OPERANDS_DONE;

/** Says that the operands of the operator below it have been compiled. */
const OPERANDS_DONE = Symbol("operands done");

/** Without recursion: chains of operators may be of any length. */
function compileExpression(expression: Expression, code: Step[]): void {
  const tasks: Task[] = [expression];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (task === OPERANDS_DONE) {
      code.push(tasks.pop() as UnaryNode | BinaryNode);
      continue;
    }
    switch (task.kind) {
      case "unary":
        countOne(code);
        tasks.push(task, OPERANDS_DONE, task.operand);
        break;
      case "binary":
        countOne(code);
        tasks.push(task, OPERANDS_DONE, task.right, task.left);
        break;
      case "call":
        code.push({ kind: "begin", node: task, at: task.at });
        pushCall(task, tasks);
        break;
      case "label":
        task.at = code.length;
        break;
      default:
        code.push(task);
    }
  }
}

function countOne(code: Step[]): void {
  const last = code.at(-1);
  if (last?.kind === "count") last.instructions++;
  else code.push({ kind: "count", instructions: 1 });
}

/** The parameters, each with the step that takes it, then what applies the function; last first, as the first is done first. */
function pushCall(node: CallNode, tasks: Task[]): void {
  const { at } = node;
  const enough = newLabel();
  if (node.name === "FUNCTION") tasks.push({ kind: "returned", node, at }, { kind: "invoke", node, at });
  else tasks.push({ kind: "apply", node, at });
  tasks.push(enough);
  for (const parameter of node.parameters.toReversed()) tasks.push({ kind: "parameter", enough, at }, parameter);
}
