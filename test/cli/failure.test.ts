import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureText } from "../../host/cli/failure.js";
import { runNode } from "../../host/cli/run-node.js";
import { defaultConfig, type NodeConfig } from "../../host/node/config.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "minimote-failure-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const refusal = (code: string, syscall: string): Error => Object.assign(new Error(`${code}: refused, ${syscall}`), { code, syscall });

describe("what the system refuses is told with what to do about it", () => {
  test.each([
    ["ENOSPC", "write", "make room"],
    ["EROFS", "open", "mount it writable"],
    ["EACCES", "mkdir", "chown"],
    ["EACCES", "listen", "choose a higher one"],
    ["EADDRNOTAVAIL", "listen", "--listen"],
    ["EMFILE", "open", "ulimit -n"],
    ["EIO", "read", "minimote doctor"],
  ])("%s of %s", (code, syscall, cure) => {
    expect(failureText(refusal(code, syscall))).toContain(cure);
  });

  test("a folder where a file is, a file where a folder should be", () => {
    writeFileSync(join(folder, "file"), "");
    const failure = (act: () => void): unknown => {
      try {
        return act();
      } catch (error) {
        return error;
      }
    };
    expect(failureText(failure(() => mkdirSync(join(folder, "file/data"))))).toContain("a file is where a folder should be");
    expect(failureText(failure(() => readFileSync(folder)))).toContain("minimote doctor");
  });

  test("a native part of SQLite for another machine", () => {
    const error = Object.assign(new Error("x.node: cannot open shared object\nmore"), { code: "ERR_DLOPEN_FAILED" });
    expect(failureText(error)).toMatch(/^SQLite does not load: .*object\. .*npm rebuild better-sqlite3$/);
  });

  test("but not a mistake of the program", () => {
    expect(failureText(new TypeError("x is not a function"))).toBeUndefined();
    expect(failureText("text")).toBeUndefined();
  });
});

describe("a node that cannot start", () => {
  /** What it says. */
  async function reason(config: Partial<NodeConfig>): Promise<string> {
    let output = "";
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (chunk: string | Uint8Array) => {
      output += String(chunk);
      return true;
    };
    try {
      const dataDir = join(folder, "data");
      const common = { dataDir, listenHost: "127.0.0.1", port: 0, rpcPort: null, mine: false };
      expect(await runNode({ ...defaultConfig("main"), ...common, ...config })).toBe(1);
    } finally {
      process.stdout.write = write;
    }
    return output;
  }

  test("names the option for the port that is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await reason({ port })).toContain("or use another --port");
    expect(await reason({ rpcHost: "127.0.0.1", rpcPort: port })).toContain("or use another --rpc-port");
    await new Promise((resolve) => other.close(resolve));
  });

  test("says that its folder is a file", async () => {
    writeFileSync(join(folder, "no-folder"), "");
    expect(await reason({ dataDir: join(folder, "no-folder/data") })).toContain("a file is where a folder should be");
  });
});
