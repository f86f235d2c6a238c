import { afterAll, describe, expect, onTestFailed, test } from "vitest";
import { Lab } from "./harness/lab.js";
import { Hooks, hasHost, type MaximaEvent } from "./harness/maxima.js";
import type { Kind, NodeUnderTest } from "./harness/node-under-test.js";
import { waitFor, waitUntil } from "./harness/poll.js";
import { hasReference } from "./harness/reference.js";
import { BLOCK_MS, waitForHeight } from "./harness/views.js";

const TEST_MS = 15 * 60_000;
const SETTLED_MS = 120_000;
/** A host that fails its check is left after 30 s. */
const JUDGED_MS = 45_000;
/** Near the longest there may be. */
const LONG = `0x${"AB".repeat(250_000)}`;
const TOO_LONG = `0x${"AB".repeat(263_000)}`;

interface Sent {
  readonly delivered?: boolean;
  readonly error?: string;
  readonly msgid: string;
}

const lab = new Lab();
const hooks = new Hooks();
afterAll(async () => {
  hooks.close();
  await lab.close();
}, 60_000);

const allowing = (kind: Kind): readonly string[] => (kind === "minimote" ? ["--allowallip"] : []);

const scenarios: readonly (readonly [string, Kind, Kind, Kind])[] = [
  ["we carry the messages of two references", "minimote", "reference", "reference"],
  ["the reference carries ours and those of a reference", "reference", "minimote", "reference"],
];

interface Spoke {
  readonly node: NodeUnderTest;
  readonly events: readonly MaximaEvent[];
}

async function contactOf({ node }: Spoke): Promise<string> {
  return (await node.call<{ contact: string }>("maxima")).contact;
}

function send({ node }: Spoke, to: string, data: string, more = ""): Promise<Sent> {
  return node.call<Sent>(`maxima action:send to:${to} application:interop data:${data} ${more}`);
}

describe.runIf(hasReference)("interop: Maxima messages", () => {
  test.each(scenarios)("%s", { timeout: TEST_MS }, async (_name, hubKind, ...spokeKinds) => {
    onTestFailed(() => lab.keep());
    const hub = await lab.start(hubKind, { founder: true, args: allowing(hubKind) });
    await waitForHeight(hub, 1, BLOCK_MS);
    const spokes: Spoke[] = [];
    for (const kind of spokeKinds) {
      const node = await lab.start(kind, { connect: [hub], args: allowing(kind) });
      spokes.push({ node, events: await hooks.messagesOf(node) });
    }
    const hosted = (): Promise<unknown> =>
      Promise.all(spokes.map(({ node }) => waitUntil(`${node.name} to have a host`, SETTLED_MS, () => hasHost(node))));
    await hosted();

    const ways = [spokes, [...spokes].reverse()] as [Spoke, Spoke][];
    for (const [from, to] of ways) {
      const address = await contactOf(to);
      expect(address).toContain(`@127.0.0.1:${hub.port}`);
      const arrives = async ({ msgid, delivered }: Sent): Promise<MaximaEvent> => {
        if (delivered !== undefined) expect(delivered).toBe(true);
        return waitFor(`${to.node.name} to get a message`, SETTLED_MS, async () => to.events.find((event) => event.msgid === msgid));
      };
      const words = await arrives(await send(from, address, '{"text":"hello","path":"a/b"}'));
      expect(Buffer.from(words.data.slice(2), "hex").toString()).toBe('{"text":"hello","path":"a\\/b"}');
      expect((await arrives(await send(from, address, LONG))).data).toBe(LONG);
      await arrives(await send(from, address, "0x00", "poll:true"));
      expect(await send(from, address, TOO_LONG)).toMatchObject({ delivered: false, error: "Maxima Mesasge too big" });
      const { mxpublickey } = await from.node.call<{ mxpublickey: string }>("maxcreate");
      const nobody = address.replace(/^[^@]*/, mxpublickey);
      expect(await send(from, nobody, "0x00")).toMatchObject({ delivered: false, error: "Unknown Address" });
    }

    const connections = async (): Promise<number> => (await hub.call<{ connections: readonly unknown[] }>("network")).connections.length;
    const before = await connections();
    await new Promise((resolve) => setTimeout(resolve, JUDGED_MS));
    expect(await connections()).toBe(before);

    await hub.stop();
    await Promise.all(spokes.map(({ node }) => waitUntil(`${node.name} to lose its host`, SETTLED_MS, async () => !(await hasHost(node)))));
    await hub.start();
    await hosted();
    for (const [from, to] of ways) {
      const { msgid } = await send(from, await contactOf(to), "0x01");
      await waitFor("a message", SETTLED_MS, async () => to.events.find((event) => event.msgid === msgid));
    }
    await Promise.all([hub, ...spokes.map(({ node }) => node)].map((node) => node.stop()));
  });
});
