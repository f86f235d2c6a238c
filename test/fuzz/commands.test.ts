import { afterAll, beforeAll, expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { runLine } from "../../host/rpc/run-line.js";
import { Nodes } from "../node/nodes.js";
import { until } from "../until.js";

/** They stop the node, replace what it has, reach out to other machines, or take minutes: other tests are for them. */
const LEFT_OUT = new Set([
  "quit",
  "restore",
  "restoresync",
  "reset",
  "archive",
  "megammrsync",
  "backup",
  "vault",
  "hashtest",
  "rpc",
  "webhooks",
]);

/** Values that parameters do not expect. */
const VALUES = [
  "0",
  "-1",
  "1.5",
  "99999999999999999999",
  "1e9",
  "NaN",
  "true",
  "list",
  "x",
  "0x",
  "0x00",
  "0xZZ",
  `0x${"AB".repeat(32)}`,
  `0x${"FF".repeat(5000)}`,
  "MxZZ",
  "Mx2001VT24N2FC",
  "__proto__",
  "constructor",
  "{}",
  '{"0":"0x00"}',
  '{"a":{"b":[1]}}',
  '{"name":5}',
  "[]",
  '["a:1"]',
  "[1]",
  "[[]]",
  '["0xFF:1:2"]',
  "a:b",
  ":",
  "127.0.0.1:1",
  "../../no/such/file",
  "%00",
  "\u0000",
  "💥",
];

/** What a slip of ours would say. */
const SLIP = /undefined|not a function|not iterable|Cannot (read|convert|mix)|is not defined|circular|Invalid (array length|count)/;

const nodes = new Nodes();
let node: MinimoteNode;

beforeAll(async () => {
  node = await nodes.start("fuzz", "solo", { mine: true, blockSeconds: 0.2 });
  await until(() => (node.chain.tip?.number ?? 0) >= 5);
  await node.wallet.whenFilled;
}, 60_000);
afterAll(() => nodes.stopAll());

async function check(line: string): Promise<void> {
  const answer = JSON.parse(await runLine(line, COMMANDS, node, "write")) as { status: boolean; error?: string; message?: string };
  expect(typeof answer.status, line).toBe("boolean");
  if (!answer.status) expect(answer.error ?? answer.message ?? "", line).not.toMatch(SLIP);
}

for (const [name, { params }] of COMMANDS) {
  if (LEFT_OUT.has(name)) continue;
  test(`${name} takes whatever comes`, { timeout: 60_000 }, async () => {
    await check(name);
    for (const param of params) for (const value of VALUES) await check(`${name} ${param}:${value}`);
    for (const value of VALUES) await check(`${name} ${params.map((param) => `${param}:${value}`).join(" ")}`);
  });
}
