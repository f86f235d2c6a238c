import type { Value } from "./value.js";
import type { FunctionName } from "./words.js";

export type UnaryOperator = "NOT" | "NEG" | "~";

export type BinaryOperator =
  | "AND"
  | "OR"
  | "XOR"
  | "NAND"
  | "NOR"
  | "NXOR"
  | "EQ"
  | "NEQ"
  | "GT"
  | "GTE"
  | "LT"
  | "LTE"
  | "&"
  | "|"
  | "^"
  | "+"
  | "-"
  | "%"
  | "<<"
  | ">>"
  | "*"
  | "/";

export interface ConstantNode {
  readonly kind: "constant";
  readonly value: Value;
}

export interface VariableNode {
  readonly kind: "variable";
  readonly name: string;
  readonly at: number;
}

export interface GlobalNode {
  readonly kind: "global";
  readonly name: string;
  readonly at: number;
}

export interface UnaryNode {
  readonly kind: "unary";
  readonly operator: UnaryOperator;
  readonly operand: Expression;
  readonly at: number;
}

export interface BinaryNode {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly at: number;
}

export interface CallNode {
  readonly kind: "call";
  readonly name: FunctionName;
  readonly parameters: readonly Expression[];
  readonly at: number;
}

/** An expression (spec 05 §5). `at` is where its operator or name stands in the script text. */
export type Expression = ConstantNode | VariableNode | GlobalNode | UnaryNode | BinaryNode | CallNode;

export interface Branch {
  readonly condition: Expression;
  readonly body: Block;
}

/** A statement (spec 05 §4). An ELSE is a branch with the condition TRUE. */
export type Statement = { readonly at: number } & (
  | { readonly kind: "LET"; readonly name: string; readonly value: Expression }
  | { readonly kind: "LET()"; readonly indices: readonly Expression[]; readonly value: Expression }
  | { readonly kind: "IF"; readonly branches: readonly Branch[] }
  | { readonly kind: "WHILE"; readonly condition: Expression; readonly body: Block }
  | { readonly kind: "EXEC" | "MAST" | "ASSERT" | "RETURN"; readonly value: Expression }
);

export type Block = readonly Statement[];
