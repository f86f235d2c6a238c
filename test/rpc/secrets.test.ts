import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultConfig } from "../../host/node/config.js";
import { createLogger } from "../../host/node/logger.js";
import { MinimoteNode } from "../../host/node/node.js";
import { toHex } from "../../host/protocol/bytes.js";
import type { RunningServer } from "../../host/rpc/http-server.js";
import { openPasswords, PASSWORDS_FILE } from "../../host/rpc/passwords.js";
import { startRpcServer } from "../../host/rpc/rpc-server.js";
import { keySeed, phraseSeed } from "../../host/wallet/seedphrase.js";
import { basic, exchange } from "./raw.js";

const CONFIGURED = "configured-Password-1";
const VAULT = "vault-Password-2";
const USER = "users-Password-3";
const BACKUP = "backup-Password-4";
const CHANGED = "changed-Password-5";
/** Kept by its owner, not by the node. */
const OWN_KEY = "5EC2E7".padEnd(64, "5EC2E7");
const OTHER_PHRASE = Array(24).fill("ZEBRA").join(" ");

let folder = "";
let node: MinimoteNode;
let server: RunningServer | null;
/** Everything that comes out of the node but the answers that are asked for secrets. */
const seen: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
  const log = createLogger({ level: "debug", format: "json", write: (line) => seen.push(line), now: Date.now });
  node = await MinimoteNode.start(
    {
      ...defaultConfig("solo"),
      dataDir: folder,
      listenHost: "127.0.0.1",
      port: 0,
      rpcPort: 0,
      rpcPassword: CONFIGURED,
      blockSeconds: 0.3,
      miningDuty: 1,
    },
    log,
  );
  node.notify.hub.subscribe({ wants: () => true, take: (_, json) => seen.push(json) });
  server = await startRpcServer(node);
  await node.wallet.whenFilled;
});

afterAll(async () => {
  await server?.close();
  await node.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(line: string, authorization = basic("minima", CONFIGURED)): Promise<string> {
  const answer = await exchange(
    server?.port ?? 0,
    `POST / HTTP/1.1\r\n${authorization}Content-Length: ${Buffer.byteLength(line)}\r\n\r\n${line}`,
  );
  expect(answer).not.toBe("");
  return answer;
}

/** As `ask`; the answer must not hold any secret. */
async function tell(line: string, authorization?: string): Promise<void> {
  seen.push(await ask(line, authorization));
}

function filesBelow(path: string): string[] {
  return readdirSync(path).flatMap((name) => {
    const child = join(path, name);
    return statSync(child).isDirectory() ? filesBelow(child) : [child];
  });
}

test("no secret gets into logs, errors, events, answers or files", async () => {
  const phrase = node.wallet.revealPhrase();
  const baseSeed = phraseSeed(phrase);
  const generated = openPasswords(folder);
  const words = phrase.split(" ");
  const secrets = [
    ...words.slice(2).map((_, i) => words.slice(i, i + 3).join(" ")),
    ...[baseSeed, ...node.wallet.keys().map(({ index }) => keySeed(baseSeed, index))].map(toHex),
    ...Object.values(generated),
    ...[CONFIGURED, VAULT, USER, BACKUP, CHANGED],
    "ZEBRA",
    OWN_KEY,
  ];

  for (const authorization of ["", basic("minima", "wrong"), basic("readonly", generated.full), "Authorization: Basic %%%\r\n"])
    await tell("status", authorization);
  await tell("vault", basic("readonly", generated.readonly));
  await tell(`rpc action:adduser username:bob password:${USER} mode:read`);
  await tell(`rpc action:adduser username:minima password:${USER} mode:read`);
  await tell(`rpc action:adduser username:bob password:${USER} mode:nonsense`);
  await tell("rpc action:listusers;rpc");
  await tell("balance", basic("bob", USER));
  await tell(`rpc enable:true ssl:true password:${CHANGED}`);
  await tell(`rpc enable:true password:${CHANGED}`);
  await tell("status", basic("minima", CHANGED));

  await tell(`vault action:passwordlock password:${VAULT} confirm:different`);
  await tell(`vault action:passwordlock password:${VAULT} confirm:${VAULT}`);
  const { miniaddress } = JSON.parse((await ask("getaddress")).split("\r\n\r\n")[1] ?? "").response as { miniaddress: string };
  await tell(`send address:${miniaddress} amount:1`);
  await tell(`send address:${miniaddress} amount:1 password:${VAULT}x`);
  await tell(`send address:${miniaddress} amount:1 password:${VAULT}`);
  await tell(`sendpoll address:${miniaddress} amount:1000000000 password:${VAULT}`);
  await tell("sendpoll action:list");
  await tell(`txnauto id:a amount:1 address:${miniaddress}`);
  await tell(`txnsign id:a publickey:auto password:${VAULT}x`);
  await tell(`txnsign id:a publickey:auto password:${VAULT}`);
  await tell(`consolidate tokenid:0x00 password:${VAULT}`);
  await tell(`sendsign file:nosuch.txn password:${VAULT}`);
  await tell(`multisig action:sign file:nosuch.txn password:${VAULT}`);
  for (const key of [`0x${OWN_KEY}`, `0x${OWN_KEY}zz`, OWN_KEY, `{0x${OWN_KEY}}`]) {
    await tell(`txnsign id:a publickey:custom keyuses:1 privatekey:${key}`);
    await tell(`signfrom data:0x00 keyuses:1 privatekey:${key}`);
    await tell(`sendfrom fromaddress:${miniaddress} address:${miniaddress} amount:1 script:"RETURN TRUE" keyuses:1 privatekey:${key}`);
    await tell(`consolidatefrom fromaddress:${miniaddress} script:"RETURN TRUE" keyuses:1 privatekey:${key} nosuch:1`);
  }
  await tell(`vault action:restorekeys phrase:"${OTHER_PHRASE}"`);
  await tell(`vault action:passwordunlock password:${VAULT}x`);
  await tell(`vault action:passwordunlock password:${VAULT}`);
  await tell(`vault action:wipekeys seed:0x${toHex(baseSeed).slice(2)}`);
  await tell(`vault action:resetkeys phrase:"${OTHER_PHRASE} NOSUCHWORD"`);
  await tell(`vault action:nonsense phrase:"${OTHER_PHRASE}" password:${VAULT}`);
  await tell(`vault action:restorekeys phrase:${OTHER_PHRASE}`);
  await tell(`vault action:restorekeys phrase:"${OTHER_PHRASE}" nosuch:1`);
  await tell(`vault action:passwordunlock password:{${VAULT}}`);
  await tell(`nosuch password:${VAULT}`);
  await tell("keys;scripts;coins;history;txpow relevant:true");

  await tell(`backup file:secret.bak password:${BACKUP} confirm:${BACKUP}`);
  await tell(`backup file:secret.bak password:${BACKUP} confirm:other`);
  await tell(`restore file:secret.bak password:${BACKUP}x`);
  await tell(`restore file:nosuch.bak password:${BACKUP}`);
  await tell(`send address:${miniaddress} amount:1 mine:true`);
  await sleep(1000);

  const plain = new Set(["wallet.db", "wallet.db-wal", PASSWORDS_FILE]);
  for (const path of filesBelow(folder)) {
    expect(statSync(path).mode & 0o077).toBe(0);
    if (!plain.has(path.slice(folder.length + 1))) seen.push(readFileSync(path, "latin1"));
  }
  expect(seen.length).toBeGreaterThan(40);
  const everything = seen.join("\n").toLowerCase();
  for (const [i, secret] of secrets.entries()) expect([i, everything.includes(secret.toLowerCase())]).toEqual([i, false]);
}, 60_000);
