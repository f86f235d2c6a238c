import { afterAll, describe, expect, onTestFailed, test } from "vitest";
import type { ContactJson } from "../maxima/contact-json.js";
import { Lab } from "./harness/lab.js";
import { Hooks, hasHost, type MaximaEvent } from "./harness/maxima.js";
import type { Kind, NodeUnderTest } from "./harness/node-under-test.js";
import { waitFor, waitUntil } from "./harness/poll.js";
import { hasReference } from "./harness/reference.js";
import { BLOCK_MS, waitForHeight } from "./harness/views.js";

const TEST_MS = 15 * 60_000;
/** A host check, and some messages one after the other. */
const SETTLED_MS = 120_000;

interface Info {
  readonly name: string;
  readonly publickey: string;
  readonly contact: string;
  readonly mls: string;
}

const lab = new Lab();
const hooks = new Hooks();
afterAll(async () => {
  hooks.close();
  await lab.close();
}, 60_000);

const infoOf = (node: NodeUnderTest): Promise<Info> => node.call<Info>("maxima");

async function contactsOf(node: NodeUnderTest): Promise<readonly ContactJson[]> {
  return (await node.call<{ contacts: readonly ContactJson[] }>("maxcontacts")).contacts;
}

/** The other as a contact, once both know each other's address. */
function contactOf(node: NodeUnderTest, name: string): Promise<ContactJson> {
  return waitFor(`${node.name} to know ${name}`, SETTLED_MS, async () =>
    (await contactsOf(node)).find(({ extradata, myaddress, samechain }) => extradata.name === name && myaddress !== "Mx00" && samechain),
  );
}

const scenarios: readonly (readonly [string, Kind, Kind])[] = [
  ["1: the reference dials us, adds us and removes us", "minimote", "reference"],
  ["2: we dial the reference, add it and remove it", "reference", "minimote"],
];

describe.runIf(hasReference)("interop: Maxima contacts", () => {
  test.each(scenarios)("%s", { timeout: TEST_MS }, async (_name, founderKind, joinerKind) => {
    onTestFailed(() => lab.keep());
    const args = (kind: Kind): readonly string[] => (kind === "minimote" ? ["--allowallip"] : []);
    const founder = await lab.start(founderKind, { founder: true, args: args(founderKind) });
    const { number } = await waitForHeight(founder, 1, BLOCK_MS);
    const joiner = await lab.start(joinerKind, { connect: [founder], args: args(joinerKind) });
    await waitForHeight(joiner, number, BLOCK_MS);
    const founded = await hooks.messagesOf(founder);
    const joined = await hooks.messagesOf(joiner);
    await founder.call("maxima action:setname name:founder");
    await joiner.call("maxima action:setname name:joiner");
    await waitUntil("the joiner to have a host", SETTLED_MS, () => hasHost(joiner));
    expect((await infoOf(joiner)).contact).toContain(`@127.0.0.1:${founder.port}`);

    const { maxima } = await joiner.call<{ maxima: { delivered: boolean } }>(
      `maxcontacts action:add contact:${(await infoOf(founder)).contact}`,
    );
    expect(maxima.delivered).toBe(true);
    const ofJoiner = await contactOf(joiner, "founder");
    const ofFounder = await contactOf(founder, "joiner");
    expect(ofJoiner.publickey).toBe((await infoOf(founder)).publickey);
    expect(ofFounder.publickey).toBe((await infoOf(joiner)).publickey);
    expect(ofFounder.currentaddress).toBe((await infoOf(joiner)).contact);
    expect(Object.keys(ofFounder)).toEqual(Object.keys(ofJoiner));
    expect(Object.keys(ofFounder.extradata).sort()).toEqual(Object.keys(ofJoiner.extradata).sort());

    const sends: readonly (readonly [NodeUnderTest, number, readonly MaximaEvent[]])[] = [
      [joiner, ofJoiner.id, founded],
      [founder, ofFounder.id, joined],
    ];
    for (const [from, id, events] of sends) {
      const sent = await from.call<{ delivered: boolean; msgid: string }>(
        `maxima action:send id:${id} application:interop data:{"from":"${from.name}","sign":"/"}`,
      );
      expect(sent.delivered).toBe(true);
      const event = await waitFor("the event", SETTLED_MS, async () => events.find(({ msgid }) => msgid === sent.msgid));
      expect(Buffer.from(event.data.slice(2), "hex").toString()).toBe(`{"from":"${from.name}","sign":"\\/"}`);
      expect(event.from).toBe((await infoOf(from)).publickey);
    }

    // The joiner's location service is the founder's: it knows where the joiner is, and tells the founder, who is a contact.
    const { publickey, mls, contact } = await infoOf(joiner);
    expect(mls).toBe((await infoOf(founder)).mls);
    await joiner.call("maxima action:setname name:renamed");
    await contactOf(founder, "renamed");
    const located = await waitFor("the location", SETTLED_MS, async () => {
      const answer = await founder.tryCall<{ success: boolean; mlsresponse: { address: string } }>(
        `maxextra action:getaddress maxaddress:MAX#${publickey}#${mls}`,
      );
      return answer?.success === true && answer.mlsresponse.address === contact ? answer : undefined;
    });
    expect(located.success).toBe(true);

    await joiner.call(`maxcontacts action:remove id:${ofJoiner.id}`);
    await waitUntil("both to have no contacts", SETTLED_MS, async () =>
      (await Promise.all([founder, joiner].map(contactsOf))).every((contacts) => contacts.length === 0),
    );
    await Promise.all([joiner.stop(), founder.stop()]);
  });
});
