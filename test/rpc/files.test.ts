import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commandFile } from "../../host/rpc/files.js";

let folder = "";
let dataDir = "";

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "command-file-")));
  dataDir = join(folder, "data");
  mkdirSync(dataDir);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("plain names lie in the folder of commands, also before it is there", () => {
  expect(commandFile(dataDir, "a.txn")).toEqual({ path: join(dataDir, "files", "a.txn"), isOwn: true });
});

describe.skipIf(process.platform === "win32")("symbolic links", () => {
  const refused = (name: string): void => expect(() => commandFile(dataDir, name)).toThrow("no place for files");

  test("do not lead into the data folder", () => {
    symlinkSync(dataDir, join(folder, "link"));
    refused(join(folder, "link", "new.txn"));
    refused(join(folder, "link", "new", "deeper", "new.txn"));
    writeFileSync(join(dataDir, "wallet.db"), "");
    symlinkSync(join(dataDir, "wallet.db"), join(folder, "direct"));
    refused(join(folder, "direct"));
    mkdirSync(join(dataDir, "files"));
    symlinkSync(join(dataDir, "wallet.db"), join(dataDir, "files", "plain"));
    refused("plain");
  });

  test("to a data folder do not open it", () => {
    symlinkSync(dataDir, join(folder, "link"));
    dataDir = join(folder, "link");
    refused(join(folder, "data", "wallet.db"));
    expect(commandFile(dataDir, "a.txn")).toEqual({ path: join(folder, "data", "files", "a.txn"), isOwn: true });
  });

  test("to other places are followed", () => {
    mkdirSync(join(folder, "other"));
    symlinkSync(join(folder, "other"), join(folder, "link"));
    expect(commandFile(dataDir, join(folder, "link", "a.txn"))).toEqual({ path: join(folder, "other", "a.txn"), isOwn: false });
  });
});
