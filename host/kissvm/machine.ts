import type { Bytes } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { hashtableOrder } from "../protocol/java-hashtable.js";
import type { StateVariable } from "../protocol/state-variable.js";
import type { Transaction } from "../protocol/transaction.js";
import type { Witness } from "../protocol/witness.js";
import type { Code, Step } from "./compile.js";
import { describeExpression, describeStatement } from "./describe.js";
import { ScriptError } from "./errors.js";
import { type Frame, Frames } from "./frames.js";
import { SCRIPT_FUNCTIONS } from "./functions/index.js";
import { isOfType, type ScriptContext, type ScriptFunction } from "./functions/script-function.js";
import { entryKey, RETURN_VARIABLE } from "./functions/variables.js";
import { applyBinary, applyUnary } from "./operators.js";
import { type Program, programOf } from "./program.js";
import { MAX_DEPTH } from "./statement-parser.js";
import type { BinaryNode, CallNode, UnaryNode } from "./syntax.js";
import { textOf, type Value } from "./value.js";
import type { FunctionName } from "./words.js";
import { BYTE_COST, NUMBER_COST, PARSE_COST, STEP_COST, type WorkMeter } from "./work.js";

/** What a script runs in. */
export interface Surroundings {
  readonly transaction: Transaction;
  readonly witness: Witness;
  readonly previousState: readonly StateVariable[];
  readonly globals: ReadonlyMap<string, Value>;
  /** Instructions, at most (spec 05 §6). */
  readonly maxOperations: number;
  readonly work: WorkMeter;
  isSignedBy(key: Bytes): boolean;
  /** The script of the witness that has this address (spec 05 §4, MAST). */
  scriptAt(address: Bytes): string | undefined;
  /** Receives the trace, line by line (spec 05 §11). */
  readonly trace?: ((text: string, instructions: number) => void) | undefined;
}

/** Globals that change from block to block (spec 05 §8). */
const BLOCK_GLOBALS: ReadonlySet<string> = new Set(["@BLOCK", "@BLOCKMILLI", "@COINAGE"]);

/** A function that is being called, and its parameters so far. */
interface Call {
  readonly name: FunctionName;
  readonly function: ScriptFunction;
  readonly values: Value[];
}

const tooMany = (maximum: number): ScriptError => new ScriptError(`more than ${maximum} instructions`);

/** One run of a script (spec 05 §4 to §6). */
export class Machine implements ScriptContext {
  readonly transaction: Transaction;
  readonly witness: Witness;
  readonly previousState: readonly StateVariable[];
  readonly variables = new Map<string, Value>();
  instructions = 0;
  /** Set by RETURN, ASSERT or an exception. */
  result: boolean | undefined;
  monotonic = true;
  readonly #surroundings: Surroundings;
  readonly #values: Value[] = [];
  readonly #calls: Call[] = [];
  readonly #frames = new Frames();
  #depth = 0;
  /** Where the statement stands that the script itself began last. */
  #statementAt: number | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.transaction = surroundings.transaction;
    this.witness = surroundings.witness;
    this.previousState = surroundings.previousState;
  }

  isSignedBy(key: Bytes): boolean {
    return this.#surroundings.isSignedBy(key);
  }

  spend(cost: number): void {
    this.#surroundings.work.spend(cost);
  }

  note(text: () => string): void {
    this.#surroundings.trace?.(text(), this.instructions);
  }

  /**
   * Runs a script, whose program is given, to its end, giving way whenever a slice of work is done. Returns the exception that
   * ended it early, if any. Throws WorkExceededError.
   */
  *run(script: string, program: Program): Generator<void, ScriptError | undefined> {
    const { work } = this.#surroundings;
    try {
      this.#enterCode(script, program);
      while (this.#runSlice()) {
        work.rest();
        yield;
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof ScriptError || error instanceof ProtocolError)) throw error;
      this.result = false;
      const failure = new ScriptError(error.message, this.#position());
      this.note(() => `Execution Error - ${failure.message}`);
      return failure;
    }
  }

  /** True when there is more to do. */
  #runSlice(): boolean {
    const { work } = this.#surroundings;
    for (let frame = this.#frames.innermost; frame !== undefined; frame = this.#frames.innermost) {
      if (work.tired) return true;
      work.spend(STEP_COST);
      const step = (frame.code ?? this.#parseAgain(frame))[frame.next++];
      if (step === undefined || step.kind === "end") this.#frames.leave();
      else this.#execute(step, frame);
    }
    return false;
  }

  #execute(step: Step, frame: Frame): void {
    switch (step.kind) {
      case "enter":
        this.#enter();
        break;
      case "leave":
        this.#depth--;
        break;
      case "statement":
        if (this.result !== undefined) frame.next = step.skip.at;
        else {
          if (this.#frames.count === 1) this.#statementAt = step.statement.at;
          this.#count(1);
          this.note(() => describeStatement(step.statement));
        }
        break;
      case "count":
        this.#count(step.instructions);
        break;
      case "constant":
        this.#count(1);
        this.#values.push(step.value);
        break;
      case "variable":
        this.#count(1);
        this.#values.push(this.#variable(step.name));
        break;
      case "global":
        this.#count(1);
        this.#values.push(this.#global(step.name));
        break;
      case "unary": {
        const operand = this.#pop();
        // The internal constant that stands on its right side.
        this.#count(1);
        this.#charge(operand);
        this.#finish(step, applyUnary(step.operator, operand));
        break;
      }
      case "binary": {
        const right = this.#pop();
        const left = this.#pop();
        this.#charge(left);
        this.#charge(right);
        this.#finish(step, applyBinary(step.operator, left, right));
        break;
      }
      case "begin":
        this.#call(step.node);
        break;
      case "parameter":
        if (this.#parameter()) frame.next = step.enough.at;
        break;
      case "invoke":
        this.#invoke();
        break;
      case "apply":
      case "returned": {
        const { function: called, values } = this.#calls.pop() as Call;
        const value = called.run(values, this);
        this.#depth--;
        this.#finish(step.node, value);
        break;
      }
      case "set":
        this.#set(step.name, this.#pop());
        break;
      case "index":
        if (this.#values.at(-1)?.type !== "NUMBER") throw new ScriptError("array index must be NUMBER");
        break;
      case "setEntry": {
        const value = this.#pop();
        this.#set(entryKey(this.#values.splice(this.#values.length - step.indices)), value);
        break;
      }
      case "branch":
        if (!this.#popBoolean(`${step.what} condition`)) frame.next = step.otherwise.at;
        break;
      case "jump":
        frame.next = step.to.at;
        break;
      case "repeat":
        if (this.result === undefined) frame.next = step.to.at;
        break;
      case "ASSERT":
        if (!this.#popBoolean("ASSERT")) this.result ??= false;
        break;
      case "RETURN": {
        const value = this.#popBoolean("RETURN");
        this.result ??= value;
        break;
      }
      case "EXEC": {
        const script = this.#pop();
        if (script.type !== "STRING") throw new ScriptError(`EXEC takes STRING, not ${script.type}`);
        this.#runText(script.text);
        break;
      }
      case "MAST": {
        const address = this.#pop();
        if (address.type !== "HEX") throw new ScriptError(`MAST takes HEX, not ${address.type}`);
        const script = this.#surroundings.scriptAt(address.bytes);
        if (script === undefined) throw new ScriptError("no script of this address in the witness");
        this.#runText(script);
        break;
      }
    }
  }

  #count(instructions: number): void {
    const { maxOperations } = this.#surroundings;
    const total = this.instructions + instructions;
    // Counting one by one, the first that is too many ends the run.
    this.instructions = total > maxOperations ? Math.max(this.instructions, maxOperations) + 1 : total;
    if (total > maxOperations) throw tooMany(maxOperations);
  }

  /** Counts several instructions at once. */
  #surcharge(instructions: number): void {
    this.instructions += instructions;
    if (this.instructions > this.#surroundings.maxOperations) throw tooMany(this.#surroundings.maxOperations);
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw new ScriptError(`blocks and functions deeper than ${MAX_DEPTH}`);
  }

  #enterCode(text: string, { code, depth }: Program): void {
    if (this.#depth + depth > MAX_DEPTH) throw new ScriptError(`blocks deeper than ${MAX_DEPTH}`);
    this.#frames.enter(text, code);
  }

  /** The code of the innermost frame, which was given up. */
  #parseAgain(frame: Frame): Code {
    this.spend(frame.text.length * PARSE_COST);
    const { code } = programOf(frame.text);
    this.#frames.keep(frame, code);
    return code;
  }

  /** Runs a text as a nested block, after the current step. */
  #runText(script: string): void {
    this.spend(script.length * PARSE_COST);
    this.#enterCode(script, programOf(script));
  }

  #pop(): Value {
    return this.#values.pop() as Value;
  }

  #popBoolean(what: string): boolean {
    const value = this.#pop();
    if (value.type !== "BOOLEAN") throw new ScriptError(`${what} takes BOOLEAN, not ${value.type}`);
    return value.value;
  }

  #variable(name: string): Value {
    const value = this.variables.get(name);
    if (value === undefined) throw new ScriptError(`no variable ${name}`);
    return value;
  }

  #global(name: string): Value {
    const value = this.#surroundings.globals.get(name);
    if (value === undefined) throw new ScriptError(`no global ${name}`);
    if (BLOCK_GLOBALS.has(name)) this.monotonic = false;
    return value;
  }

  #set(name: string, value: Value): void {
    this.variables.set(name, value);
    this.note(
      () =>
        `{ ${hashtableOrder(this.variables)
          .map(([key, item]) => `${shownName(key)} = ${textOf(item)}, `)
          .join("")}}`,
    );
  }

  #call({ name, parameters }: CallNode): void {
    const called = SCRIPT_FUNCTIONS[name];
    this.#count(1);
    this.#enter();
    called.begin?.(parameters.length);
    if (called.surcharge !== undefined) this.#surcharge(called.surcharge);
    this.#calls.push({ name, function: called, values: [] });
  }

  /** Takes an evaluated parameter; true when the function wants no more. */
  #parameter(): boolean {
    const { name, function: called, values } = this.#calls.at(-1) as Call;
    const value = this.#pop();
    const type = called.types[values.length] ?? called.types.at(-1) ?? "ANY";
    if (!isOfType(value, type)) {
      const wanted = type === "BYTES" ? "HEX or STRING" : type;
      throw new ScriptError(`parameter ${values.length + 1} of ${name} must be ${wanted}, not ${value.type}`);
    }
    values.push(value);
    this.#charge(value);
    return called.accept?.(values, this) ?? false;
  }

  /** Runs the text that the parameters of FUNCTION were put into. */
  #invoke(): void {
    const [code] = (this.#calls.at(-1) as Call).values;
    this.variables.delete(RETURN_VARIABLE);
    if (code?.type === "STRING") this.#runText(code.text);
  }

  #finish(node: UnaryNode | BinaryNode | CallNode, value: Value): void {
    this.#values.push(value);
    this.#charge(value);
    if (node.kind !== "binary" || node.operator !== "+") this.note(() => `${describeExpression(node)} returns:${textOf(value)}`);
  }

  /** What it costs to go through a value. */
  #charge(value: Value): void {
    if (value.type === "HEX") this.spend(value.bytes.length * BYTE_COST);
    else if (value.type === "STRING") this.spend(value.size * BYTE_COST);
    else if (value.type === "NUMBER") this.spend(NUMBER_COST);
  }

  /** Where in the script the step stands that was begun last; in code that the script runs, where the script runs it. */
  #position(): number | undefined {
    const frame = this.#frames.outermost;
    const step = frame?.code?.[frame.next - 1];
    return step !== undefined && "at" in step ? step.at : this.#statementAt;
  }
}

/** The name of a variable as people know it: array entries by their indices (spec 05 §11). */
export function shownName(name: string): string {
  return name.includes(",") ? `( ${name.replaceAll(",", " ").trim()} )` : name;
}
