import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BackupError } from "../../host/node/backup/container.js";
import { readReferenceWallet } from "../../host/node/backup/reference-wallet.js";
import { readSqlDump } from "../../host/node/backup/sql-dump.js";
import { defaultConfig, type NodeConfig } from "../../host/node/config.js";
import { silentLogger } from "../../host/node/logger.js";
import { MinimoteNode } from "../../host/node/node.js";
import { encryptWithPassword, openWithPassword } from "../../host/protocol/encryption.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { runLine } from "../../host/rpc/run-line.js";

/** Backups that the reference made of a wallet for this test; the password is `pw`, that of the locked wallet `lockpw`. */
const FILES = new URL("reference-backup/", import.meta.url);
const PHRASE =
  "PRIZE TRIBE OBVIOUS COOL SIMPLE THUMB ARTEFACT PIONEER TOP SAY JUDGE HIGH CINNAMON DETECT SUGAR SKIN HOPE CLOSE FLAT LATER TODAY MANDATE DYNAMIC LOTTERY";
const FIRST_KEY = "0xF6F3D1753148FA309C4074A1471771D84B1DC8588D3E9348730E0CA247BB222F";
const SCRIPT = "LET s=[it's é, (a)";

const opened = async (name: string): Promise<Uint8Array> => openWithPassword("pw", readFileSync(new URL(name, FILES)), 1 << 28);

describe("the script of a database", () => {
  const TABLE = 'CREATE CACHED TABLE "PUBLIC"."T"(\n  "ID" BIGINT DEFAULT ON NULL NOT NULL,\n  "A B" CHARACTER VARYING(80) NOT NULL\n);';
  const rows = (script: string): unknown[] => (readSqlDump(script).get("T") ?? []).map((row) => Object.fromEntries(row));

  test("gives the rows of tables, whatever else there is", () => {
    const script = `-- H2; 'x'\n;CREATE USER "SA" SALT 'a;b';${TABLE}
      INSERT INTO "PUBLIC"."T" VALUES (-1, 'it''s; (a), "b" -- c'), (2, U&'\\00e9\\\\\\+01f600''');
      INSERT INTO T2 VALUES (1);INSERT INTO "T"("A B", "ID") VALUES ('', 3);ALTER TABLE "PUBLIC"."T" ADD CONSTRAINT "C" UNIQUE("ID");`;
    expect(rows(script)).toEqual([
      { ID: "-1", "A B": `it's; (a), "b" -- c` },
      { ID: "2", "A B": "é\\😀'" },
      { "A B": "", ID: "3" },
    ]);
  });

  test.each([
    "INSERT INTO \"T\" VALUES (1, 'a');",
    `${TABLE}INSERT INTO "T" VALUES (1);`,
    `${TABLE}INSERT INTO "T" VALUES (1, 'a'`,
    `${TABLE}INSERT INTO "T" VALUES (1, 'a);`,
    `${TABLE}INSERT INTO "T" SELECT 1, 2;`,
    `${TABLE}INSERT INTO "T" VALUES (1, U&'\\+ffffff');`,
    'CREATE TABLE "T" "A";',
  ])("that is broken is refused: %s", (script) => {
    expect(() => readSqlDump(script)).toThrow(BackupError);
  });

  test("may hold any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (text) => {
        expect(rows(`${TABLE}INSERT INTO "T" VALUES (1, '${text.replaceAll("'", "''")}');`)).toEqual([{ ID: "1", "A B": text }]);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`'";(),-\\U&CREATE TABLE INSERT INTO VALUES "T" 1`.split("")) }), (text) => {
        try {
          readSqlDump(text);
        } catch (error) {
          expect(error).toBeInstanceOf(BackupError);
        }
      }),
    );
  });
});

describe("a wallet of the reference", () => {
  test("is read out of its backup", async () => {
    const wallet = readReferenceWallet(await opened("open.bak"));
    expect(wallet.phrase).toBe(PHRASE);
    expect(wallet.sealed).toBeNull();
    expect(wallet.keys).toHaveLength(10);
    expect(wallet.keys[0]).toEqual({ index: 0, modifier: "0x00", publickey: FIRST_KEY, size: 64, depth: 3, uses: 1 });
    expect(wallet.scripts.filter(({ simple }) => simple)).toHaveLength(10);
    expect(wallet.scripts.filter((script) => script.default)).toHaveLength(8);
    expect(wallet.scripts.find(({ script }) => script === SCRIPT)).toMatchObject({ simple: false, track: true, publickey: "0x00" });
  });

  test("that is locked keeps its phrase under its password", async () => {
    const wallet = readReferenceWallet(await opened("locked.bak"));
    expect(wallet.phrase).toBeNull();
    expect(wallet.sealed).toMatch(/^0x[0-9A-F]{100,}$/);
    expect(wallet.keys[0]).toMatchObject({ publickey: FIRST_KEY, uses: 1 });
  });

  test("is refused where its parts do not belong together, or are broken", async () => {
    const content = Buffer.from(await opened("open.bak"));
    const changed = (from: string, to: string): Buffer => {
      const at = content.indexOf(from);
      expect(at).toBeGreaterThan(0);
      const copy = Buffer.from(content);
      copy.write(to, at);
      return copy;
    };
    expect(() => readReferenceWallet(changed("'PRIZE", "'PRICE"))).toThrow("not that of its wallet");
    expect(() => readReferenceWallet(changed("262144, '0x00', '0xF73E", "262144, '0x00', '0xA73E"))).toThrow("Key 0");
    expect(() => readReferenceWallet(changed("262144, '0x03'", "262144, '0x04'"))).toThrow("Key 3");
    expect(() => readReferenceWallet(changed("'RETURN SIGNEDBY(0xF6", "'RETURN SIGNEDBY(0xA6"))).toThrow("cannot be read");
    expect(() => readReferenceWallet(content.subarray(0, 3000))).toThrow("cannot be read");
    expect(() => readReferenceWallet(changed('INTO "PUBLIC"."SEED"', 'INTO "PUBLIC"."SEEX"'))).toThrow(BackupError);
  });
});

describe("a node", () => {
  let folder = "";
  let node: MinimoteNode | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "refbackup-"));
  });
  afterEach(async () => {
    await node?.stop();
    node = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(network: NodeConfig["network"] = "test"): Promise<MinimoteNode> {
    const config = {
      ...defaultConfig(network),
      dataDir: join(folder, network),
      listenHost: "127.0.0.1",
      port: 0,
      rpcPort: null,
      p2p: false,
    };
    node = await MinimoteNode.start({ ...config, mine: false }, silentLogger);
    return node;
  }
  const call = async (line: string): Promise<Record<string, unknown>> =>
    JSON.parse(await runLine(line, COMMANDS, node as MinimoteNode, "write")) as Record<string, unknown>;

  async function restored(name: string): Promise<MinimoteNode> {
    const before = await start();
    copyFileSync(new URL(name, FILES), join(folder, "test", name));
    expect(await call(`restore file:${name} password:wrong shutdown:false`)).toMatchObject({ error: "Incorrect Password!" });
    expect(await call(`restore file:${name} password:pw shutdown:false`)).toMatchObject({ status: true });
    await before.stop();
    return start();
  }

  test("takes the wallet over, with its keys, scripts and uses, and waits for the chain", async () => {
    const { wallet } = await restored("open.bak");
    expect(wallet.revealPhrase()).toBe(PHRASE);
    expect(wallet.isCatchingUp).toBe(true);
    expect(wallet.keys()).toHaveLength(10);
    expect(wallet.keys().every(({ uses }) => uses > 1)).toBe(true);
    expect(wallet.scripts().some(({ script }) => script === SCRIPT)).toBe(true);
    // It goes on with the keys that the reference would make next.
    const { publicKey } = await wallet.newAddress();
    const [, , , , , , , , , , next] = await wallet.previewKeys(PHRASE, 11);
    expect(publicKey).toEqual(next);
  });

  test("takes a locked wallet over, and unlocks it with its password", async () => {
    const { wallet } = await restored("locked.bak");
    expect(wallet.isLocked).toBe(true);
    await expect(wallet.unlockWithPassword("pw")).rejects.toThrow("Incorrect password!");
    await wallet.unlockWithPassword("lockpw");
    expect(wallet.revealPhrase()).toBe(PHRASE);
  });

  test("refuses it on a private network, and what is no backup anywhere", async () => {
    await start("solo");
    copyFileSync(new URL("open.bak", FILES), join(folder, "solo", "open.bak"));
    expect((await call("restore file:open.bak password:pw")).error).toContain("cannot be fetched again");
    await node?.stop();
    await start();
    writeFileSync(join(folder, "test", "diary.txt"), "Dear diary, this is a text of some length, and not a backup");
    expect((await call("restore file:diary.txt password:pw")).error).toContain("no backup of minimote, nor of the reference");
    writeFileSync(
      join(folder, "test", "other.bak"),
      await encryptWithPassword("pw", new Uint8Array(5), (length) => new Uint8Array(length)),
    );
    expect((await call("restore file:other.bak password:pw")).error).toContain("cannot be read");
  });
});
