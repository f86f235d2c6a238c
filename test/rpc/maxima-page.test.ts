import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import { addressOf, ask, Nodes } from "../node/nodes.js";
import { until } from "../until.js";

const PAGE = readFileSync(fileURLToPath(new URL("../../docs/maxima.md", import.meta.url)), "utf8");

/** What the page tells to type, and on which device. */
const steps = Array.from(PAGE.matchAll(/^```sh\n# (lamp|switch)\n([\s\S]*?)^```/gm)).flatMap(([, device = "", lines = ""]) =>
  lines
    .trim()
    .split("\n")
    .map((line) => [device, line] as const),
);

const nodes = new Nodes();
afterAll(() => nodes.stopAll());

test("what docs/maxima.md tells to type works on two devices, in its order", { timeout: 90_000 }, async () => {
  const lamp = await nodes.start("lamp", "solo", { allowAllIPs: true, mine: true });
  await until(() => (lamp.chain.tip?.number ?? 0) > 2);
  const light = await nodes.start("switch", "test", { allowAllIPs: true, connect: [addressOf(lamp)] });
  await until(() => light.maxima.hosts().some(({ connected }) => connected));
  const devices: Readonly<Record<string, MinimoteNode>> = { lamp, switch: light };
  const events: string[] = [];
  lamp.notify.hub.subscribe({ wants: (event) => event === "MAXIMA", take: (_, json) => events.push(json) });
  const { contact } = await ask<{ contact: string }>(lamp, "maxima");
  const { publickey } = await ask<{ publickey: string }>(light, "maxima");

  expect(steps.length).toBeGreaterThan(10);
  for (const [device, line] of steps) {
    const node = devices[device] as MinimoteNode;
    const typed = line.replace(/MxG18H\.\.\.\S*/, contact).replace(/0x30819F\.\.\./, publickey);
    if (typed.startsWith("curl")) {
      await until(() => events.length === 1);
      expect(events[0]).toContain("0x7B226F6E223A747275657D");
      continue;
    }
    expect(typed).toMatch(/^minimote /);
    const response = await ask<unknown>(node, typed.replace("minimote ", "").replaceAll("'", ""));
    if (line.includes("action:add ")) {
      await until(() => [lamp, light].every(({ maximaServices }) => maximaServices.contacts.list()[0]?.details.name !== undefined));
      await until(() => [lamp, light].every(({ maximaServices }) => maximaServices.contacts.list()[0]?.myAddress !== "Mx00"));
    }
    if (line.endsWith("minimote maxcontacts")) expect(response).toMatchObject({ contacts: [{ id: 1 }] });
    if (line.includes("action:send")) expect(response).toMatchObject({ delivered: true });
    if (line.includes("convert")) expect(response).toEqual({ conversion: '{"on":true}' });
    if (line.includes("action:remove")) await until(() => lamp.maximaServices.contacts.count() === 0);
  }
});
