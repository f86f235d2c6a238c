import { ProtocolError } from "../../protocol/errors.js";

/** Something the user gave that is not what it should be. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** A JSON value together with where it stands, so that complaints can name the place. */
export class Json {
  constructor(
    readonly value: unknown,
    readonly path: string,
  ) {}

  static parse(text: string, what: string): Json {
    try {
      return new Json(JSON.parse(text), what);
    } catch (error) {
      throw new InputError(`${what} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** A member of an object, undefined where there is none. */
  member(name: string): Json | undefined {
    const value = this.#object()[name];
    return value === undefined || value === null ? undefined : new Json(value, `${this.path}.${name}`);
  }

  /** The members of an object, which must be among these. */
  only(...names: readonly string[]): this {
    const unknown = Object.keys(this.#object()).find((name) => !names.includes(name));
    if (unknown !== undefined) throw new InputError(`${this.path}.${unknown} is unknown; there is ${names.join(", ")}`);
    return this;
  }

  members(): readonly (readonly [name: string, value: Json])[] {
    return Object.entries(this.#object()).map(([name, value]) => [name, new Json(value, `${this.path}.${name}`)]);
  }

  get isList(): boolean {
    return Array.isArray(this.value);
  }

  list(): readonly Json[] {
    if (!Array.isArray(this.value)) throw new InputError(`${this.path} must be a list`);
    return this.value.map((item: unknown, i) => new Json(item, `${this.path}[${i}]`));
  }

  /** A string; numbers and booleans count as their text. */
  text(): string {
    const { value } = this;
    if (typeof value === "string") return value;
    if (typeof value === "boolean" || (typeof value === "number" && String(value).length <= 15)) return String(value);
    throw new InputError(`${this.path} must be a text; write long numbers as "..."`);
  }

  flag(): boolean {
    if (typeof this.value !== "boolean") throw new InputError(`${this.path} must be true or false`);
    return this.value;
  }

  integer(minimum: number): number {
    const number = Number(this.text());
    if (!Number.isSafeInteger(number) || number < minimum) throw new InputError(`${this.path} must be a whole number from ${minimum} on`);
    return number;
  }

  /** What a reader of protocol text makes of this text. */
  read<T>(read: (text: string) => T): T {
    const text = this.text();
    try {
      return read(text);
    } catch (error) {
      if (error instanceof ProtocolError) throw new InputError(`${this.path} "${text}": ${error.message}`);
      throw error;
    }
  }

  #object(): Record<string, unknown> {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value))
      throw new InputError(`${this.path} must be an object {..}`);
    return this.value as Record<string, unknown>;
  }
}
