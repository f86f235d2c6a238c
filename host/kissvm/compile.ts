import type { BinaryNode, Block, CallNode, Expression, Statement, UnaryNode } from "./syntax.js";
import type { Value } from "./value.js";

/** A place in the code that steps jump to. */
export interface Label {
  at: number;
}

/**
 * One step of a compiled script. Expressions are in postfix order on a stack of values, so that running them needs no
 * recursion; what the language counts before the operands is a step of its own, before them (spec 05 §6).
 */
export type Step =
  | { readonly do: "enter" | "leave" | "end" }
  /** Skips to the end of the block, without leaving it, once a result is set (spec 05 §4.2). */
  | { readonly do: "statement"; readonly statement: Statement; readonly skip: Label }
  | { readonly do: "count"; readonly instructions: number }
  | { readonly do: "constant"; readonly value: Value }
  | { readonly do: "variable" | "global"; readonly name: string; readonly at: number }
  | { readonly do: "unary"; readonly node: UnaryNode; readonly at: number }
  | { readonly do: "binary"; readonly node: BinaryNode; readonly at: number }
  | { readonly do: "call"; readonly node: CallNode; readonly at: number }
  /** Takes a parameter; jumps to `enough` when the function wants no more. */
  | { readonly do: "parameter"; readonly enough: Label; readonly at: number }
  | { readonly do: "apply" | "invoke" | "returned"; readonly node: CallNode; readonly at: number }
  | { readonly do: "set"; readonly name: string }
  /** Checks that the value on top is an array index. */
  | { readonly do: "index"; readonly at: number }
  | { readonly do: "setEntry"; readonly indices: number }
  | { readonly do: "branch"; readonly otherwise: Label; readonly what: "IF" | "WHILE"; readonly at: number }
  | { readonly do: "jump"; readonly to: Label }
  /** Jumps unless a result is set. */
  | { readonly do: "repeat"; readonly to: Label }
  | { readonly do: "EXEC" | "MAST" | "ASSERT" | "RETURN"; readonly at: number };

export type Code = readonly Step[];

/** Turns a parsed script into steps. */
export function compile(block: Block): Code {
  const code: Step[] = [];
  compileBlock(block, code);
  code.push({ do: "end" });
  return code;
}

const newLabel = (): Label => ({ at: -1 });

/** Recursion goes as deep as blocks do. */
function compileBlock(block: Block, code: Step[]): void {
  const skip = newLabel();
  code.push({ do: "enter" });
  for (const statement of block) {
    code.push({ do: "statement", statement, skip });
    compileStatement(statement, code);
  }
  code.push({ do: "leave" });
  skip.at = code.length;
}

function compileStatement(statement: Statement, code: Step[]): void {
  const { at } = statement;
  switch (statement.kind) {
    case "LET":
      compileExpression(statement.value, code);
      code.push({ do: "set", name: statement.name });
      return;
    case "LET()":
      for (const index of statement.indices) {
        compileExpression(index, code);
        code.push({ do: "index", at });
      }
      compileExpression(statement.value, code);
      code.push({ do: "setEntry", indices: statement.indices.length });
      return;
    case "IF": {
      const end = newLabel();
      for (const { condition, body } of statement.branches) {
        const otherwise = newLabel();
        compileExpression(condition, code);
        code.push({ do: "branch", otherwise, what: "IF", at });
        compileBlock(body, code);
        code.push({ do: "jump", to: end });
        otherwise.at = code.length;
      }
      end.at = code.length;
      return;
    }
    case "WHILE": {
      const start: Label = { at: code.length };
      const otherwise = newLabel();
      compileExpression(statement.condition, code);
      code.push({ do: "branch", otherwise, what: "WHILE", at });
      compileBlock(statement.body, code);
      code.push({ do: "repeat", to: start });
      otherwise.at = code.length;
      return;
    }
    default:
      compileExpression(statement.value, code);
      code.push({ do: statement.kind, at });
  }
}

/** What is still to be done: an expression to compile, a step to put after its operands, a label to place. */
type Task = Expression | { readonly kind: "step"; readonly step: Step } | { readonly kind: "label"; readonly label: Label };

/** Without recursion: chains of operators may be of any length. */
function compileExpression(expression: Expression, code: Step[]): void {
  const tasks: Task[] = [expression];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    switch (task.kind) {
      case "constant":
        code.push({ do: "constant", value: task.value });
        break;
      case "variable":
      case "global":
        code.push({ do: task.kind, name: task.name, at: task.at });
        break;
      case "unary":
        countOne(code);
        tasks.push({ kind: "step", step: { do: "unary", node: task, at: task.at } }, task.operand);
        break;
      case "binary":
        countOne(code);
        tasks.push({ kind: "step", step: { do: "binary", node: task, at: task.at } }, task.right, task.left);
        break;
      case "call":
        code.push({ do: "call", node: task, at: task.at });
        tasks.push(...callTasks(task));
        break;
      case "step":
        code.push(task.step);
        break;
      case "label":
        task.label.at = code.length;
    }
  }
}

function countOne(code: Step[]): void {
  const last = code.at(-1);
  if (last?.do === "count") code[code.length - 1] = { do: "count", instructions: last.instructions + 1 };
  else code.push({ do: "count", instructions: 1 });
}

/** The parameters, each with the step that takes it, then what applies the function; in reverse, as they go on a stack. */
function callTasks(node: CallNode): Task[] {
  const { at } = node;
  const enough = newLabel();
  const take: Task = { kind: "step", step: { do: "parameter", enough, at } };
  const finish: Step[] =
    node.name === "FUNCTION"
      ? [
          { do: "invoke", node, at },
          { do: "returned", node, at },
        ]
      : [{ do: "apply", node, at }];
  const tasks: Task[] = node.parameters.flatMap((parameter): Task[] => [parameter, take]);
  tasks.push({ kind: "label", label: enough });
  for (const step of finish) tasks.push({ kind: "step", step });
  return tasks.reverse();
}
