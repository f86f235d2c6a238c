/** A call of a module's export with constant arguments: numbers of 32 bits, or bigints of 64. */
export interface KernelCall {
  readonly name: string;
  readonly args: readonly (number | bigint)[];
}

/** Work of a module that needs nothing from outside. */
export interface Kernel {
  /** What lies in memory from the start. */
  readonly memory: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  readonly calls: readonly KernelCall[];
  /** How often the calls are done in a run. */
  readonly times: number;
  /** Where the 32 bits lie that a run gives. */
  readonly result: number;
}

/** The export that does the work once. */
export const KERNEL = "kernel";

/** Sections of a module, by their number in the binary format. */
const TYPES = 1;
const FUNCTIONS = 3;
const EXPORTS = 7;
const DATA_COUNT = 12;
const CODE = 10;
const DATA = 11;

const I32 = 0x7f;
const I64 = 0x7e;
const FUNCTION_TYPE = 0x60;
const PREAMBLE = 8;

/**
 * The module with one more export, `kernel`, that takes nothing and gives a number of 32 bits: the one kind of function that every
 * engine can call, however little of memory and of other types its interface shows. The module must import nothing.
 */
export function withKernel(module: Uint8Array, { memory, calls, times, result }: Kernel): Uint8Array {
  const sections = readSections(module);
  const section = (id: number): Uint8Array => sections.find((found) => found.id === id)?.content ?? Uint8Array.of(0);
  const types = readVector(section(TYPES), readType);
  const functions = readVector(section(FUNCTIONS), (reader) => reader.number());
  const exports = new Map(readVector(section(EXPORTS), readExport));
  const body = [
    ...[1, 1, I32],
    ...[0x03, 0x40],
    ...calls.flatMap(({ name, args }) => {
      const index = exports.get(name);
      const results = types[functions[index ?? -1] ?? -1];
      if (index === undefined || results === undefined) throw new Error(`the module exports no function ${name}`);
      const constants = args.flatMap((arg) => (typeof arg === "bigint" ? [0x42, ...signed(arg)] : [0x41, ...signed(BigInt(arg))]));
      return [...constants, 0x10, ...unsigned(index), ...Array.from({ length: results }, () => 0x1a)];
    }),
    ...[0x20, 0, 0x41, 1, 0x6a, 0x22, 0, 0x41, ...signed(BigInt(times)), 0x49, 0x0d, 0, 0x0b],
    ...[0x41, ...signed(BigInt(result)), 0x28, 2, 0, 0x0b],
  ];
  const added = new Map([
    [TYPES, [[FUNCTION_TYPE, 0, 1, I32]]],
    [FUNCTIONS, [unsigned(types.length)]],
    [EXPORTS, [[...named(KERNEL), 0, ...unsigned(functions.length)]]],
    [CODE, [[...unsigned(body.length), ...body]]],
    [DATA, memory.map(({ address, bytes }) => [0, 0x41, ...signed(BigInt(address)), 0x0b, ...unsigned(bytes.length), ...bytes])],
  ]);
  const rewritten = sections.flatMap(({ id, content }) => {
    if (id === DATA_COUNT) return framed(id, unsigned(new Binary(content).number() + memory.length));
    return framed(id, extended(content, added.get(id) ?? []));
  });
  return Uint8Array.from([...module.subarray(0, PREAMBLE), ...rewritten]);
}

interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

function readSections(module: Uint8Array): Section[] {
  const reader = new Binary(module.subarray(PREAMBLE));
  const sections: Section[] = [];
  while (!reader.isAtEnd) sections.push({ id: reader.byte(), content: reader.bytes(reader.number()) });
  return sections;
}

function readVector<Entry>(content: Uint8Array, read: (reader: Binary) => Entry): Entry[] {
  const reader = new Binary(content);
  return Array.from({ length: reader.number() }, () => read(reader));
}

/** How many results a function of this type has. */
function readType(reader: Binary): number {
  reader.byte();
  reader.bytes(reader.number());
  const results = reader.bytes(reader.number());
  if (results.some((type) => type !== I32 && type !== I64)) throw new Error("a result that is no integer");
  return results.length;
}

function readExport(reader: Binary): [string, number] {
  const name = Buffer.from(reader.bytes(reader.number())).toString();
  const kind = reader.byte();
  const index = reader.number();
  return [kind === 0 ? name : "", index];
}

/** A vector with more entries. */
function extended(content: Uint8Array, entries: readonly (readonly number[])[]): number[] {
  if (entries.length === 0) return [...content];
  const reader = new Binary(content);
  const count = reader.number();
  return [...unsigned(count + entries.length), ...reader.rest(), ...entries.flat()];
}

function framed(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function named(name: string): number[] {
  const bytes = Buffer.from(name);
  return [...unsigned(bytes.length), ...bytes];
}

/** LEB128, as WebAssembly writes numbers. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: bigint): number[] {
  const low = Number(value & 127n);
  const rest = value >> 7n;
  return (rest === 0n && low < 64) || (rest === -1n && low >= 64) ? [low] : [low | 128, ...signed(rest)];
}

class Binary {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  bytes(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }
}
