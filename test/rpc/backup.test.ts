import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ByteSource, isSealed, newSealingKey, parseSealingKey, printSealingKey, seal, unseal } from "../../host/node/backup/container.js";
import { beginRestore, commitRestore, finishRestore } from "../../host/node/backup/pending.js";
import { readBackup } from "../../host/node/backup/read-backup.js";
import { type BackupRecord, decodeRecords, encodeRecords, RECORD } from "../../host/node/backup/records.js";
import { defaultConfig, type NodeConfig } from "../../host/node/config.js";
import { silentLogger } from "../../host/node/logger.js";
import { MinimoteNode } from "../../host/node/node.js";
import { placeOf } from "../../host/node/place.js";
import { sealWithPassword } from "../../host/protocol/encryption.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { runLine } from "../../host/rpc/run-line.js";
import { until } from "../until.js";

let folder = "";
const nodes: MinimoteNode[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backup-"));
});
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function* streamOf(...parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

describe("a sealed file", () => {
  const sealed = (plain: Buffer, password = "word"): Promise<Buffer> =>
    newSealingKey(password, randomBytes).then((key) => collect(seal(streamOf(plain), key, randomBytes)));
  const opened = (file: Buffer, password = "word"): Promise<Buffer> =>
    collect(unseal(streamOf(file.subarray(0, 100), file.subarray(100)), password));

  test("opens with its password, whatever its length", async () => {
    for (const length of [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]) {
      const plain = randomBytes(length);
      const file = await sealed(plain);
      expect(isSealed(file)).toBe(true);
      expect((await opened(file)).equals(plain)).toBe(true);
    }
  });

  test("may be sealed with a key that was kept in the place of the password, as often as one likes", async () => {
    const kept = printSealingKey(await newSealingKey("word", randomBytes));
    const files = [await collect(seal(streamOf(Buffer.from("one")), parseSealingKey(kept), randomBytes))];
    files.push(await collect(seal(streamOf(Buffer.from("one")), parseSealingKey(kept), randomBytes)));
    for (const file of files) expect((await opened(file)).toString()).toBe("one");
    expect(files[0]?.subarray(65)).not.toEqual(files[1]?.subarray(65));
    for (const damaged of ["", "zz", kept.slice(2), `ff${kept.slice(2)}`]) expect(() => parseSealingKey(damaged)).toThrow("damaged");
  });

  test("tells a wrong password from damage, and shows nothing in plain", async () => {
    const plain = Buffer.alloc(150_000, "abandon ");
    const file = await sealed(plain);
    expect(file.includes("abandon")).toBe(false);
    await expect(opened(file, "other")).rejects.toThrow("Incorrect Password!");
    for (const at of [70, 1000, 70_000, file.length - 1]) {
      const damaged = Buffer.from(file);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      await expect(opened(damaged)).rejects.toThrow(/damaged/);
    }
  });

  test("cannot be cut short, extended or put together anew", async () => {
    const header = 65;
    const chunk = 65_536 + 16;
    const file = await sealed(randomBytes(3 * 65_536));
    const [one, two] = [file.subarray(header, header + chunk), file.subarray(header + chunk, header + 2 * chunk)];
    const head = file.subarray(0, header);
    for (const other of [
      head,
      file.subarray(0, header + chunk),
      file.subarray(0, header + 2 * chunk),
      file.subarray(0, -1),
      Buffer.concat([file, Buffer.of(0)]),
      Buffer.concat([head, two, one, file.subarray(header + 2 * chunk)]),
    ])
      await expect(opened(other)).rejects.toThrow(/damaged/);
    await expect(opened(Buffer.from("MINIMOTE"))).rejects.toThrow();
    await expect(opened(Buffer.concat([Buffer.from("MINIMOTE"), Buffer.of(9, 15), file.subarray(10)]))).rejects.toThrow(/newer minimote/);
    await expect(opened(randomBytes(100))).rejects.toThrow(/no backup/);
  });
});

describe("the records of a backup", () => {
  test("come back as they were; later kinds are passed over, an end is needed", async () => {
    async function* records() {
      yield { type: RECORD.about, bytes: Buffer.from("{}") };
      yield { type: RECORD.txpow, bytes: randomBytes(10) };
      yield { type: 99 as typeof RECORD.about, bytes: Buffer.from("later") };
      yield { type: RECORD.end, bytes: Buffer.alloc(0) };
    }
    const bytes = await collect(encodeRecords(records()));
    const types: number[] = [];
    for await (const { type } of decodeRecords(streamOf(bytes))) types.push(type);
    expect(types).toEqual([RECORD.about, RECORD.txpow, RECORD.end]);
    await expect(collectTypes(bytes.subarray(0, -5))).rejects.toThrow(/incomplete/);
    await expect(collectTypes(bytes.subarray(0, 6))).rejects.toThrow(/incomplete/);
  });

  const collectTypes = async (bytes: Buffer): Promise<void> => {
    for await (const { type } of decodeRecords(streamOf(bytes))) expect(type).toBeGreaterThan(0);
  };

  test("are read in pieces of any size", async () => {
    const source = new ByteSource(streamOf(...Array.from({ length: 10 }, (_, i) => Buffer.of(i))));
    expect(Array.from(await source.take(3))).toEqual([0, 1, 2]);
    expect(Array.from(await source.take(0))).toEqual([]);
    expect(Array.from(await collect(source.rest()))).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(Array.from(await source.take(5))).toEqual([]);
  });
});

describe("a restore that is made ready", () => {
  const files = ["wallet.db", "chain.db", "settings.json"];
  const put = (path: string, text: string): void => writeFileSync(join(folder, path), text);
  const read = (path: string): string => readFileSync(join(folder, path), "utf8");

  function prepare(): string {
    for (const name of [...files, "wallet.db-wal"]) put(name, `old ${name}`);
    beginRestore(folder);
    put("restore.new/wallet.db", "new wallet.db");
    put("restore.new/chain.db", "new chain.db");
    return commitRestore(folder, 123);
  }

  test("takes the place of the old files, which are kept", () => {
    const replaced = prepare();
    expect(finishRestore(folder, files, () => undefined)).toBe(join(folder, replaced));
    expect(read("wallet.db")).toBe("new wallet.db");
    expect(read("chain.db")).toBe("new chain.db");
    expect(existsSync(join(folder, "settings.json"))).toBe(false);
    expect(existsSync(join(folder, "wallet.db-wal"))).toBe(false);
    expect(readdirSync(join(folder, replaced)).sort()).toEqual(["chain.db", "settings.json", "wallet.db", "wallet.db-wal"]);
    expect(finishRestore(folder, files, () => undefined)).toBeUndefined();
  });

  test("does nothing before it is complete, or while another process runs", () => {
    put("wallet.db", "old");
    beginRestore(folder);
    put("restore.new/wallet.db", "half");
    expect(finishRestore(folder, files, () => undefined)).toBeUndefined();
    expect(read("wallet.db")).toBe("old");
    prepare();
    const inUse = (): void => {
      throw new Error("in use");
    };
    expect(() => finishRestore(folder, files, inUse)).toThrow("in use");
    expect(read("wallet.db")).toBe("old wallet.db");
  });
});

function config(name: string, more: Partial<NodeConfig> = {}): NodeConfig {
  return {
    ...defaultConfig("solo"),
    dataDir: join(folder, name),
    listenHost: "127.0.0.1",
    port: 0,
    rpcPort: null,
    blockSeconds: 0.3,
    miningDuty: 1,
    ...more,
  };
}

async function start(name: string, more: Partial<NodeConfig> = {}): Promise<MinimoteNode> {
  const node = await MinimoteNode.start(config(name, more), silentLogger);
  nodes.push(node);
  return node;
}

async function stop(node: MinimoteNode): Promise<void> {
  nodes.splice(nodes.indexOf(node), 1);
  await node.stop();
}

interface Answer {
  readonly status: boolean;
  readonly error?: string;
  readonly message?: string;
  readonly [key: string]: unknown;
}
const call = async (node: MinimoteNode, line: string): Promise<Answer> =>
  JSON.parse(await runLine(line, COMMANDS, node, "write")) as Answer;

describe("backup and restore of a node", () => {
  test("bring wallet, chain and settings to another folder; keys go on far ahead, and the wallet waits for the chain", async () => {
    const node = await start("a");
    await node.wallet.whenFilled;
    await until(() => (node.chain.tip?.number ?? 0) >= 4);
    const { address } = (await call(node, "newaddress")).response as { address: string };
    await call(node, `send address:${address} amount:5 mine:true`);
    await call(node, "webhooks action:add hook:http://127.0.0.1:9/x filter:NEWBLOCK");
    await call(node, "maxima action:setname name:somebody");
    node.maximaServices.contacts.allowed.add("0x01");
    const sentAt = node.chain.tip?.number ?? 0;
    await until(() => (node.chain.tip?.number ?? 0) >= sentAt + 8);
    expect(node.wallet.keys().some(({ uses }) => uses > 0)).toBe(true);

    const file = join(folder, "my.bak");
    const { backup } = (await call(node, `backup file:${file} password:pw confirm:pw`)) as { backup?: Record<string, unknown> };
    expect(Object.keys(backup ?? {})).toEqual(["block", "files", "uncompressed", "file", "size", "auto"]);
    expect(Object.keys(backup?.files as object)).toEqual(["wallet", "cascade", "chain", "user", "p2p", "txpow"]);
    expect(backup).toMatchObject({ file, auto: false });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const words = node.wallet.revealPhrase().split(" ");
    const bytes = readFileSync(file);
    expect(words.some((word) => bytes.includes(word))).toBe(false);
    const keys = node.wallet.keys();
    const identity = (await call(node, "maxima")).response as Record<string, string>;
    await stop(node);

    const other = await start("b");
    await other.wallet.whenFilled;
    const mine = other.wallet.revealPhrase();
    expect(await call(other, `restore file:${file} password:bad`)).toMatchObject({ status: false, error: "Incorrect Password!" });
    const restored = await call(other, `restore file:${file} password:pw shutdown:false`);
    expect(Object.keys(restored)).toEqual(["command", "params", "status", "pending", "restore", "message"]);
    expect(restored).toMatchObject({ restore: { file }, message: "Restart Minima for restore to take effect!" });
    expect(other.wallet.revealPhrase()).toBe(mine);
    await expect(other.wallet.sign(other.wallet.keys()[0]?.publicKey as Uint8Array, Uint8Array.of(1))).rejects.toThrow(/restore is ready/);
    await stop(other);

    const again = await start("b", { mine: false });
    expect(again.wallet.revealPhrase().split(" ")).toEqual(words);
    expect(again.chain.tip?.number).toBeGreaterThanOrEqual(backup?.block as number);
    expect(again.wallet.isCatchingUp).toBe(true);
    expect((await call(again, "webhooks")).response).toEqual({ webhooks: ["NEWBLOCK#http://127.0.0.1:9/x"] });
    const { name, publickey, localidentity = "" } = identity;
    const restoredIdentity = (await call(again, "maxima")).response as Record<string, string>;
    expect(restoredIdentity).toMatchObject({ name, publickey });
    expect(restoredIdentity.localidentity?.split("@")[0]).toBe(localidentity.split("@")[0]);
    expect((await call(again, "maxextra action:listallowed")).response).toEqual({ allowed: ["0x01"] });
    for (const [i, { publicKey, uses }] of again.wallet.keys().entries()) {
      expect(publicKey).toEqual(keys[i]?.publicKey);
      expect(uses).toBeGreaterThanOrEqual((keys[i]?.uses ?? 0) + 64);
    }
    expect((await call(again, `send address:${address} amount:1`)).status).toBe(false);
    expect(await call(again, "keys action:fresh")).toMatchObject({ status: true });
    expect(await call(again, "balance")).toMatchObject({ status: true, response: [{ total: "1000000000" }] });
    const sent = await call(again, `send address:${address} amount:1`);
    expect(sent.error ?? sent.message).toBeUndefined();
    expect(readdirSync(join(folder, "b")).some((name) => name.startsWith("replaced-"))).toBe(true);
  }, 120_000);

  test("are not the only copies: a copied data folder is noticed, too", async () => {
    const node = await start("a");
    await node.wallet.whenFilled;
    await until(() => (node.chain.tip?.number ?? 0) >= 3);
    const before = node.wallet.keys().map(({ uses }) => uses);
    await stop(node);
    cpSync(join(folder, "a"), join(folder, "b"), { recursive: true });
    // Not every file system tells when a file was made.
    if (placeOf(join(folder, "a", "wallet.db")).born === "") return;
    const copy = await start("b", { mine: false });
    expect(copy.wallet.isCatchingUp).toBe(true);
    for (const [i, { uses }] of copy.wallet.keys().entries()) expect(uses).toBeGreaterThanOrEqual((before[i] ?? 0) + 64);
    await stop(copy);
    const original = await start("a", { mine: false });
    expect(original.wallet.isCatchingUp).toBe(false);
    expect(original.wallet.keys().map(({ uses }) => uses)).toEqual(before);
  }, 60_000);

  test("without a Maxima identity, as they were made before, leave the one that is there", async () => {
    const node = await start("a", { mine: false });
    await node.wallet.whenFilled;
    const file = join(folder, "a", "new.bak");
    await node.backups.write(file, "pw");
    const older = async function* (): AsyncGenerator<BackupRecord> {
      for await (const record of readBackup(file, "pw")) if (record.type !== RECORD.maxima) yield record;
    };
    const packed = Readable.from(encodeRecords(older())).pipe(createGzip()) as AsyncIterable<Buffer>;
    writeFileSync(join(folder, "a", "old.bak"), await collect(seal(packed, await newSealingKey("pw", randomBytes), randomBytes)));
    const { publickey } = (await call(node, "maxima")).response as Record<string, string>;
    expect(await call(node, "restore file:old.bak password:pw shutdown:false")).toMatchObject({ status: true });
    await stop(node);
    const again = await start("a", { mine: false });
    expect((await call(again, "maxima")).response).toMatchObject({ publickey });
  }, 60_000);

  test("of a wallet that has moved on do not bring its used keys back", async () => {
    const node = await start("a");
    await node.wallet.whenFilled;
    await call(node, "backup file:early.bak password:pw");
    const publicKey = node.wallet.keys()[0]?.publicKey as Uint8Array;
    node.wallet.raiseUse(publicKey, 200_000);
    expect(await call(node, "restore file:early.bak password:pw shutdown:false")).toMatchObject({ status: true });
    await stop(node);
    const again = await start("a");
    expect(again.wallet.keys()[0]?.uses).toBeGreaterThan(200_000);
  }, 120_000);

  test("say what is wrong, and leave everything as it was", async () => {
    const node = await start("a");
    await node.wallet.whenFilled;
    expect(await call(node, "restore")).toMatchObject({ error: "java.lang.Exception: MUST specify a file to restore from" });
    const missing = join(folder, "a", "nosuch.bak");
    expect(await call(node, "restore file:nosuch.bak")).toMatchObject({
      error: `java.lang.Exception: Restore file doesn't exist : ${missing}`,
    });
    expect(await call(node, "backup password:a confirm:b")).toMatchObject({ status: false, error: "Passwords do NOT match!" });
    writeFileSync(join(folder, "a", "diary.txt"), "dear diary, today was a good day");
    expect((await call(node, "backup file:diary.txt password:pw")).error).toContain("no backup");
    expect((await call(node, "restore file:diary.txt password:pw")).error).toContain("This is no backup of minimote");
    await call(node, "backup file:good.bak password:pw");
    const good = join(folder, "a", "good.bak");
    writeFileSync(good, readFileSync(good).subarray(0, -20));
    expect((await call(node, "restore file:good.bak password:pw")).error).toMatch(/damaged/);
    expect(existsSync(join(folder, "a", "restore.new"))).toBe(false);
    node.wallet.signerFor(node.wallet.keys()[0]?.publicKey as Uint8Array);
    expect(await call(node, "reset action:chainsync")).toMatchObject({ status: false });
    expect(await call(node, "restoresync file:good.bak password:pw")).toMatchObject({ status: false });
  }, 60_000);

  test("take the chain from the network when asked to", async () => {
    const more = { network: "test", mine: false } as const;
    const node = await start("a", more);
    await node.wallet.whenFilled;
    const keys = node.wallet.keys();
    await call(node, "backup file:old.bak password:pw");
    expect(await call(node, "restoresync file:old.bak password:pw host:127.0.0.1:9")).toMatchObject({
      restore: { file: join(folder, "a", "old.bak") },
      message: "Restart Minima for restore to take effect!",
    });
    await stop(node);
    const again = await start("a", more);
    expect(again.wallet.keys().map(({ publicKey }) => publicKey)).toEqual(keys.map(({ publicKey }) => publicKey));
    expect(again.wallet.isCatchingUp).toBe(true);
    expect(again.network.metrics().connecting).toBeGreaterThan(0);
    expect(again.settings.current.syncFrom).toBeNull();
    expect(await call(again, "reset action:chainsync")).toMatchObject({ status: true });
    expect((await call(again, "reset")).error).toBe("param not specified : archivefile");
    expect((await call(again, "reset action:nonsense")).error).toContain("Invalid action");
    expect((await call(again, "reset action:chainsync archivefile:x")).error).toContain("Archive files are not read");
  }, 60_000);

  test("are made every day when asked for", async () => {
    const node = await start("a");
    await node.wallet.whenFilled;
    expect(await call(node, "backup auto:true password:pw")).toMatchObject({ backup: { auto: true } });
    expect(node.settings.current.autobackup).toBe(true);
    expect(readFileSync(join(folder, "a", "settings.json"), "utf8")).not.toContain('"pw"');
    await node.backups.writeDaily();
    const daily = readdirSync(join(folder, "a")).filter((name) => name.startsWith("minima-autobackup-"));
    expect(daily).toHaveLength(1);
    let settings: Uint8Array = new Uint8Array(0);
    for await (const { type, bytes } of readBackup(join(folder, "a", daily[0] as string), "pw"))
      if (type === RECORD.settings) settings = bytes;
    expect(JSON.parse(Buffer.from(settings).toString("utf8"))).toMatchObject({ autobackup: false, autobackupKey: null });
    expect(await call(node, "backup auto:false")).toEqual({
      command: "backup",
      params: { auto: "false" },
      status: true,
      pending: false,
      backup: { autobackup: false },
    });
    expect(node.settings.current).toMatchObject({ autobackup: false, autobackupKey: null });
  }, 60_000);

  test("every day forget a password that an earlier version kept", async () => {
    mkdirSync(join(folder, "a"));
    const file = join(folder, "a", "settings.json");
    writeFileSync(file, JSON.stringify({ autobackup: true, autobackupPassword: "very secret" }));
    const node = await start("a");
    await until(() => node.settings.current.autobackupKey !== null);
    expect(readFileSync(file, "utf8")).not.toMatch(/very secret|autobackupPassword/);
    expect(node.settings.current.autobackup).toBe(true);
  }, 60_000);

  test("can be looked into, also those of the reference", async () => {
    const node = await start("a");
    await node.wallet.whenFilled;
    await call(node, "backup file:mine.bak password:pw");
    const { response } = (await call(node, "decryptbackup file:mine.bak password:pw")) as { response?: { output: string } };
    expect(Object.keys(response ?? {})).toEqual(["input", "inputsize", "output", "outputsize", "message"]);
    expect(readFileSync(response?.output ?? "", "latin1")).toContain(node.wallet.revealPhrase());
    expect(statSync(response?.output ?? "").mode & 0o777).toBe(0o600);
    const reference = await sealWithPassword("minima", Buffer.from("INSERT INTO SEED VALUES('ABANDON')"), (length) => randomBytes(length));
    writeFileSync(join(folder, "a", "ref.bak"), reference);
    expect(await call(node, "decryptbackup file:ref.bak password:wrong output:plain.sql")).toMatchObject({ error: "Incorrect Password!" });
    expect(await call(node, "decryptbackup file:ref.bak output:plain.sql")).toMatchObject({ status: true });
    expect(readFileSync(join(folder, "a", "plain.sql"), "utf8")).toContain("ABANDON");
    expect(await call(node, "decryptbackup file:ref.bak output:plain.sql")).toMatchObject({ status: false });
  }, 60_000);
});

describe("the vault", () => {
  const PHRASE = Array(24).fill("ABANDON").join(" ");

  test("wipes keys for whoever shows the seed, and takes them back with the phrase", async () => {
    const node = await start("a");
    await node.wallet.whenFilled;
    const { phrase, seed } = (await call(node, "vault")).response as { phrase: string; seed: string };
    expect(await call(node, "vault action:wipekeys seed:0x00")).toMatchObject({ error: "Incorrect seed for lock" });
    expect(await call(node, `vault action:wipekeys seed:${seed}`)).toMatchObject({ response: "All private keys wiped!" });
    expect((await call(node, "vault")).response).toEqual({ phrase: "", seed: "0x00", locked: true });
    expect(await call(node, "vault action:passwordlock password:x")).toMatchObject({ error: "DB already locked!" });
    expect((await call(node, `vault action:restorekeys phrase:"${PHRASE}"`)).status).toBe(false);
    const lower = phrase.toLowerCase();
    const back = (await call(node, `vault action:restorekeys phrase:"${lower}"`)) as { response?: unknown; params?: unknown };
    expect(back.response).toEqual({ entered: lower, cleaned: phrase, same: true, result: "All private keys restored!" });
    expect(back.params).toEqual({ action: "restorekeys", phrase: "***" });
    expect((await call(node, "vault")).response).toEqual({ phrase, seed, locked: false });
  }, 60_000);

  test("shows the addresses of a phrase", async () => {
    const node = await start("a");
    expect((await call(node, 'vault action:testphrase phrase:"ABANDON ABANDON ABANDON" numkeys:1')).response).toEqual({
      phrase: "ABANDON ABANDON ABANDON",
      seed: "0xAD4D55AF7B0101628770F61BDC2BE81C757BCFC7BDABD796A9DDD5DA50FD4FFE",
      address: [
        {
          publickey: "0xBDB1D36554F75F20993E3E2512DBD2FFAC97BD5CE6FD641D52F05DCC66B613D7",
          address: "MxG08433RU9HTUYVMC20BE2Z2UR5B06KBQ47B936ZF5YJAR9GQN27H132F74Q46",
        },
      ],
    });
    expect((await call(node, `vault action:testphrase phrase:"${PHRASE}" numkeys:1000`)).status).toBe(false);
  }, 60_000);

  test("takes the wallet of another phrase at the next start, beyond the uses it had", async () => {
    const node = await start("a");
    const before = node.wallet.revealPhrase();
    expect(await call(node, `vault action:resetkeys phrase:"${PHRASE}" keyuses:210000`)).toMatchObject({
      response: "All private keys restored!",
    });
    await stop(node);
    const again = await start("a");
    expect(again.wallet.revealPhrase()).toBe(PHRASE);
    expect(again.wallet.keys()[0]?.uses).toBeGreaterThanOrEqual(210_000);
    const [replaced] = readdirSync(join(folder, "a")).filter((name) => name.startsWith("replaced-"));
    expect(readFileSync(join(folder, "a", replaced ?? "", "wallet.db"), "latin1")).toContain(before);
  }, 60_000);
});
