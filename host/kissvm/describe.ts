import type { BinaryNode, Expression, Statement, UnaryNode } from "./syntax.js";
import { textOf } from "./value.js";

/** The trace's text of an expression (spec 05 §11). Without recursion: chains of operators may be of any length. */
export function describeExpression(expression: Expression): string {
  const pieces: string[] = [];
  const tasks: (Expression | string)[] = [expression];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (typeof task === "string") pieces.push(task);
    else tasks.push(...parts(task).reverse());
  }
  return pieces.join("");
}

function parts(expression: Expression): (Expression | string)[] {
  switch (expression.kind) {
    case "constant":
      return [textOf(expression.value)];
    case "variable":
      return [`variable:${expression.name}`];
    case "global":
      return [`global:${expression.name}`];
    case "unary":
      return unaryParts(expression);
    case "binary":
      return binaryParts(expression);
    case "call": {
      const parameters = expression.parameters.flatMap((parameter, i) => (i === 0 ? [parameter] : [", ", parameter]));
      return [`function:${expression.name}, params:[`, ...parameters, "]"];
    }
  }
}

function unaryParts({ operator, operand }: UnaryNode): (Expression | string)[] {
  const before = { NOT: "NOT ( ", NEG: " - ( ", "~": " ~ ( " }[operator];
  return [before, operand, " )"];
}

function binaryParts({ operator, left, right }: BinaryNode): (Expression | string)[] {
  return ["( ", left, ` ${operator} `, right, " )"];
}

/** The trace's text of a statement (spec 05 §11). */
export function describeStatement(statement: Statement): string {
  switch (statement.kind) {
    case "LET":
      return `LET ${statement.name} = ${describeExpression(statement.value)}`;
    case "LET()": {
      const indices = statement.indices.map((index) => describeExpression(index).trim()).join(" ");
      return `LET ( ${indices} ) = ${describeExpression(statement.value)}`;
    }
    case "IF":
      return `IF ${statement.branches.map(({ condition }) => describeExpression(condition)).join(", ELSEIF ")}`;
    case "WHILE":
      return `WHILE ${describeExpression(statement.condition)}`;
    default:
      return `${statement.kind} ${describeExpression(statement.value)}`;
  }
}
