import { strictEqual } from "node:assert";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";

const SOURCE = join(import.meta.dirname, "../../bench/bouncycastle/BouncyCastle.java");
/** Long enough that Java has compiled what it runs. */
const WARM_UP_SECONDS = 1.5;

/** What `BouncyCastle.java` can do. */
export type JavaWork = "hash" | "search" | "key" | "sign" | "recover";

/** BouncyCastle, which the reference node hashes with, in a Java process of its own that lives as long as the benchmark. */
export class BouncyCastle {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterableIterator<string>;
  readonly #reader: Interface;

  /** @param jar the path of bcprov.jar, as Debian's package libbcprov-java installs it */
  constructor(jar: string) {
    this.#process = spawn("java", ["-cp", jar, SOURCE], { stdio: ["pipe", "pipe", "inherit"] });
    this.#reader = createInterface(this.#process.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /**
   * Warms up, checks that the work gives what it should, and gives what measures it: runs per second of CPU time in a run of so many
   * milliseconds.
   */
  async prepare(work: JavaWork, parts: readonly Uint8Array[], expected: Uint8Array): Promise<(milliseconds: number) => Promise<number>> {
    const { result } = await this.#ask(work, WARM_UP_SECONDS, parts);
    strictEqual(result, Buffer.from(expected).toString("hex"), `BouncyCastle, ${work}`);
    return async (milliseconds) => (await this.#ask(work, milliseconds / 1000, parts)).rate;
  }

  async #ask(work: JavaWork, seconds: number, parts: readonly Uint8Array[]): Promise<{ readonly result: string; readonly rate: number }> {
    this.#process.stdin.write(`${[work, seconds, ...parts.map((part) => Buffer.from(part).toString("hex"))].join(" ")}\n`);
    const line = await this.#lines.next();
    const [result, rate] = line.done === true ? [] : line.value.split(" ");
    if (result === undefined || rate === undefined) throw new Error("java ended: is it installed, and is BOUNCYCASTLE_JAR a bcprov.jar?");
    return { result, rate: Number(rate) };
  }

  close(): void {
    this.#reader.close();
    this.#process.stdin.end();
  }
}
