import { strictEqual } from "node:assert";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { HEADER } from "../host/cli/bench/header.js";
import type { Contender, Rate } from "../host/cli/bench/measure.js";
import type { Rival } from "../host/cli/bench/race.js";

const SOURCES = join(import.meta.dirname, "../../bench/java");
/** Long enough that Java has compiled what it runs. */
const WARM_UP_SECONDS = 1.5;
const JAVA = "BouncyCastle (Java)";

interface Answer {
  readonly result: string;
  readonly rate: Rate;
}

/** A Java program that lives as long as the benchmark and answers lines with what it measured. */
export class JavaProcess {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterableIterator<string>;
  readonly #reader: Interface;

  private constructor(classpath: string, program: string) {
    this.#process = spawn("java", ["-cp", classpath, join(SOURCES, program)], { stdio: ["pipe", "pipe", "inherit"] });
    this.#reader = createInterface(this.#process.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** BouncyCastle, which the reference node hashes with: `jar` is bcprov.jar, as Debian's package libbcprov-java installs it. */
  static bouncyCastle(jar: string): JavaProcess {
    return new JavaProcess(jar, "BouncyCastle.java");
  }

  /** The miner of the reference node. */
  static reference(classpath: string): JavaProcess {
    return new JavaProcess(classpath, "ReferenceMiner.java");
  }

  /** Does any work, having warmed up and shown that it gives what it should. */
  readonly rival: Rival = async ({ kind, parts, expected, perRun }) => {
    const words = [kind, ...parts.map((part) => Buffer.from(part).toString("hex"))];
    const { result } = await this.#ask(words, WARM_UP_SECONDS);
    strictEqual(result, Buffer.from(expected).toString("hex"), `${JAVA}, ${kind}`);
    return {
      name: kind === "hash" ? JAVA : `loop over ${JAVA}`,
      perRun,
      rate: async (milliseconds) => (await this.#ask(words, milliseconds / 1000)).rate,
    };
  };

  /** The reference's miner, on one thread and a header of a main-network block. */
  async miner(): Promise<Contender> {
    const words = ["mine", HEADER.toString("hex")];
    await this.#ask(words, WARM_UP_SECONDS);
    return {
      name: "reference miner (Java), its one thread",
      perRun: 1,
      rate: async (milliseconds) => (await this.#ask(words, milliseconds / 1000)).rate,
    };
  }

  async #ask([work = "", ...parts]: readonly string[], seconds: number): Promise<Answer> {
    this.#process.stdin.write(`${[work, seconds, ...parts].join(" ")}\n`);
    const line = await this.#lines.next();
    const [result, cpu, wall] = line.done === true ? [] : line.value.split(" ");
    if (result === undefined || cpu === undefined) throw new Error("java ended: is it installed, and are the jars what they should be?");
    return { result, rate: { cpu: Number(cpu), wall: Number(wall) } };
  }

  close(): void {
    this.#reader.close();
    this.#process.stdin.end();
  }
}
