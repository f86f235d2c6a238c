import { type Bytes, parseHex } from "../protocol/bytes.js";
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../protocol/json.js";
import { canonicalAddress, decodeMx } from "../protocol/mx.js";
import { MiniNumber } from "../protocol/number.js";

/** Why a command was refused, in words for its caller (spec 09 §4.1). `key` says where the text goes in the answer. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  constructor(
    message: string,
    readonly key: "error" | "message" = "error",
  ) {
    super(message);
  }
}

/** The parameters of one command, read by type (spec 09 §3.4). Every method throws `CommandError`. */
export class Params {
  readonly #shown = new Map<string, JsonValue>();

  constructor(readonly values: ReadonlyMap<string, JsonValue>) {}

  /** The parameters as the answer shows them. */
  get shown(): JsonObject {
    return new Map([...this.values, ...this.#shown]);
  }

  /** Shows another value of a parameter in the answer than the one that was given. */
  show(name: string, value: JsonValue): void {
    this.#shown.set(name, value);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  #required(name: string): JsonValue {
    const value = this.values.get(name);
    if (value === undefined) throw new CommandError(`param not specified : ${name}`);
    return value;
  }

  /** Text, trimmed; blank is refused. */
  string(name: string): string {
    const value = this.#required(name);
    if (typeof value !== "string") throw new CommandError(`param must be text, not JSON : ${name}`);
    const text = value.trim();
    if (text === "") throw new CommandError(`BLANK param not allowed : ${name}`);
    return text;
  }

  optionalString(name: string): string | undefined {
    return this.has(name) ? this.string(name) : undefined;
  }

  /** True only for the text `true`. */
  boolean(name: string, fallback: boolean): boolean {
    return this.has(name) ? this.string(name) === "true" : fallback;
  }

  number(name: string): MiniNumber {
    const text = this.string(name);
    try {
      return MiniNumber.parse(text);
    } catch {
      throw new CommandError(`Invalid number for ${name} : ${text}`);
    }
  }

  numberOr(name: string, fallback: MiniNumber): MiniNumber {
    return this.has(name) ? this.number(name) : fallback;
  }

  /** The integer part, as a 32-bit int. */
  integerOr(name: string, fallback: number): number {
    return this.has(name) ? this.number(name).toInt32() : fallback;
  }

  /** Bytes: `Mx...` text or HEX. */
  data(name: string): Bytes {
    const text = this.string(name);
    try {
      return /^mx/i.test(text) ? decodeMx(text) : parseHex(text);
    } catch {
      throw new CommandError(`Invalid Data param specified : ${name} ${text}`);
    }
  }

  /** As `data`, for what must not show in an error. */
  secret(name: string): Bytes {
    try {
      return this.data(name);
    } catch (error) {
      throw this.has(name) ? new CommandError(`Invalid Data param specified : ${name}`) : error;
    }
  }

  /** An address as canonical HEX text; text that is neither `Mx` nor `0x` passes unchanged. */
  address(name: string): string {
    const text = this.string(name);
    try {
      return canonicalAddress(text);
    } catch {
      throw new CommandError(`Invalid address : ${text}`);
    }
  }

  object(name: string): JsonObject {
    const value = this.#required(name);
    if (!isJsonObject(value)) throw new CommandError(`param must be a JSON object : ${name}`);
    return value;
  }

  array(name: string): readonly JsonValue[] {
    const value = this.#required(name);
    if (!isJsonArray(value)) throw new CommandError(`param must be a JSON array : ${name}`);
    return value;
  }
}
