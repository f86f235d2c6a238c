import { describe, expect, test } from "vitest";
import type { Contact, ContactStore } from "../../host/maxima/contact.js";
import { APPLICATION } from "../../host/maxima/link.js";
import { MaximaServices } from "../../host/maxima/services.js";
import type { MaximaStore } from "../../host/maxima/store.js";
import { silentLogger } from "../../host/node/logger.js";
import { toHex0x } from "../../host/protocol/bytes.js";
import { writeMLSPacketGETResp } from "../../host/protocol/messages/mls.js";
import { decodeUtf8, encodeUtf8 } from "../../host/protocol/text.js";
import { encode } from "../../host/protocol/writer.js";
import { SimulatedClock } from "../net/memory/simulated-clock.js";
import { type FakeLink, PostOffice, textStore } from "./post-office.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

class ContactMemory implements ContactStore {
  #next = 1;
  readonly #rows = new Map<number, Contact>();
  all = (): readonly Contact[] => [...this.#rows.values()];
  count = (): number => this.#rows.size;
  byId = (id: number): Contact | undefined => this.#rows.get(id);
  byKey = (publicKey: string): Contact | undefined => this.all().find((one) => one.publicKey === publicKey);
  add = (contact: Omit<Contact, "id">): Contact => {
    const row = { ...contact, id: this.#next++ };
    this.#rows.set(row.id, row);
    return row;
  };
  update = (contact: Contact): void => void this.#rows.set(contact.id, contact);
  remove = (id: number): void => void this.#rows.delete(id);
}

interface Somebody {
  readonly link: FakeLink;
  readonly services: MaximaServices;
  readonly changes: { count: number };
  readonly texts: ReturnType<typeof textStore>;
}

const clock = new SimulatedClock(1_800_000_000_000);

function somebody(office: PostOffice, name: string, fill: number, texts = textStore(), staysWithHost = false): Somebody {
  const link = office.open(name, fill);
  const changes = { count: 0 };
  const services = new MaximaServices({
    link,
    store: texts as unknown as MaximaStore,
    contacts: new ContactMemory(),
    chain: { status: () => ({ topBlock: "60", checkBlock: "10", checkHash: "0x00AA" }) },
    minimaAddress: () => "MxG0",
    mayReach: (address) => !address.includes("@127."),
    staysWithHost,
    contactsChanged: () => void changes.count++,
    clock,
    random: (length) => new Uint8Array(length).fill(fill),
    log: silentLogger,
  });
  services.profile.setName(name);
  services.start();
  return { link, services, changes, texts };
}

const settled = (): Promise<void> => clock.run(1);

interface Sent {
  readonly [key: string]: unknown;
}

function contactMessages(office: PostOffice): readonly (readonly [string, string, Sent])[] {
  return office
    .take()
    .filter(({ application }) => application === APPLICATION.contactCtrl)
    .map(({ from, to, data }) => [from, to, JSON.parse(decodeUtf8(data)) as Sent] as const);
}

async function befriended(office = new PostOffice()): Promise<{ office: PostOffice; a: Somebody; b: Somebody }> {
  const a = somebody(office, "1.1.1.1", 10);
  const b = somebody(office, "2.2.2.2", 20);
  await a.services.contacts.add(b.link.contactAddress());
  await settled();
  return { office, a, b };
}

describe("contacts", () => {
  test("adding one takes three messages, with the keys in the reference's order", async () => {
    const { office, a, b } = await befriended();
    const messages = contactMessages(office);
    expect(messages.map(([from, to, { intro }]) => [from, to, intro])).toEqual([
      ["1.1.1.1", "2.2.2.2", true],
      ["2.2.2.2", "1.1.1.1", false],
      ["1.1.1.1", "2.2.2.2", false],
    ]);
    expect(Object.entries(messages[0]?.[2] ?? {})).toEqual([
      ["delete", false],
      ["intro", true],
      ["publickey", a.link.key],
      ["address", a.link.contactAddress()],
      ["name", "1.1.1.1"],
      ["icon", "0x00"],
      ["minimaaddress", "MxG0"],
      ["topblock", "60"],
      ["checkblock", "10"],
      ["checkhash", "0x00AA"],
      ["mls", a.link.ownAddress()],
    ]);
    expect(a.services.mlsClient.shownAddress).toBe(a.link.localAddress());
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const [contact, ...more] = one.services.contacts.list();
      expect(more).toEqual([]);
      expect(contact).toMatchObject({
        publicKey: other.link.key,
        currentAddress: other.link.contactAddress(),
        myAddress: one.link.contactAddress(),
        details: { name: other.link.name, mls: other.link.ownAddress() },
      });
    }
    expect(a.changes.count).toBeGreaterThan(0);
    await a.services.contacts.add(b.link.contactAddress());
    await settled();
    expect(contactMessages(office).length).toBe(2);
    expect(a.services.contacts.count()).toBe(1);
  });

  test("a removed contact loses both, and its host's key is made anew", async () => {
    const { office, a, b } = await befriended();
    const host = a.link.hostUp("3.3.3.3", 30);
    a.services.contacts.refresh();
    await settled();
    expect(a.services.contacts.list()[0]?.myAddress).toBe(host.contactAddress);
    office.take();
    a.services.contacts.remove(1);
    a.services.contacts.remove(77);
    await settled();
    expect(a.link.renewed).toEqual(["3.3.3.3:9001"]);
    expect(contactMessages(office).map(([from, , message]) => [from, Object.entries(message)])).toEqual([
      [
        "1.1.1.1",
        [
          ["delete", true],
          ["intro", false],
          ["publickey", a.link.key],
          ["address", ""],
          ["name", ""],
          ["minimaaddress", "Mx00"],
          ["topblock", "0"],
          ["checkblock", "0"],
          ["checkhash", "0x00"],
          ["mls", ""],
        ],
      ],
    ]);
    expect([a.services.contacts.count(), b.services.contacts.count()]).toEqual([0, 0]);
  });

  test("contacts that used a host which is gone are told another way, a new name goes to all", async () => {
    const { office, a, b } = await befriended();
    const c = somebody(office, "5.5.5.5", 50);
    const host = a.link.hostUp("3.3.3.3", 30);
    await a.services.contacts.add(c.link.contactAddress());
    await settled();
    office.take();
    a.link.hostDown(host);
    await settled();
    expect(contactMessages(office).map(([, to]) => to)).toEqual(["5.5.5.5"]);
    expect(c.services.contacts.list()[0]?.currentAddress).toBe(a.link.ownAddress());
    a.services.profile.setName(`O'Neil; "x"`);
    a.services.contacts.refresh();
    await settled();
    expect(b.services.contacts.list()[0]?.details.name).toBe("ONeil x");
    expect(c.services.contacts.list()[0]?.details.name).toBe("ONeil x");
  });

  test("many changes while an update is under way become one", async () => {
    const { office, a } = await befriended();
    office.take();
    for (let i = 0; i < 20; i++) a.services.contacts.refresh();
    await settled();
    expect(contactMessages(office).length).toBe(2);
  });

  test("strangers are refused unless they are allowed", async () => {
    const office = new PostOffice();
    const a = somebody(office, "1.1.1.1", 10);
    const b = somebody(office, "2.2.2.2", 20);
    b.services.contacts.allowsAll = false;
    await a.services.contacts.add(b.link.contactAddress());
    await settled();
    expect(b.services.contacts.count()).toBe(0);
    b.services.contacts.allowed.add(a.link.key);
    const again = somebody(new PostOffice(), "2.2.2.2", 20, b.texts);
    expect(again.services.contacts.allowsAll).toBe(false);
    expect(again.services.contacts.allowed.list()).toEqual([a.link.key]);
    await a.services.contacts.add(b.link.contactAddress());
    await settled();
    expect([a.services.contacts.count(), b.services.contacts.count()]).toEqual([1, 1]);
  });

  test("what is no contact message changes nothing", async () => {
    const { office, a, b } = await befriended();
    const stranger = office.open("6.6.6.6", 60);
    const good = {
      delete: false,
      intro: false,
      publickey: stranger.key,
      address: stranger.ownAddress(),
      name: "x",
      icon: "",
      minimaaddress: "Mx00",
      topblock: "1",
      checkblock: "1",
      checkhash: "0x00",
      mls: "",
    };
    const bad: unknown[] = [
      { ...good, publickey: b.link.key },
      { ...good, publickey: b.link.key, delete: true },
      { ...good, publickey: stranger.key.toLowerCase() },
      { ...good, address: "nowhere" },
      { ...good, address: stranger.ownAddress().replace("6.6.6.6", "127.0.0.1") },
      { ...good, address: 7 },
      { ...good, delete: "false" },
      { ...good, intro: null },
      { ...good, topblock: "abc" },
      { ...good, checkhash: "0xZZ" },
      { ...good, name: {} },
      { ...good, mls: "M".repeat(2000) },
      { ...good, minimaaddress: undefined },
      [good],
      "text",
      null,
    ];
    const before = a.services.contacts.list();
    const texts = [...bad.map((item) => JSON.stringify(item)), "{", "", "\u0000", "[".repeat(2000)];
    for (const text of texts)
      await stranger.send(a.link.contactAddress(), APPLICATION.contactCtrl, encodeUtf8(text)).catch((error: Error) => {
        expect(error.name).toBe("ProtocolError");
      });
    await stranger.send(a.link.contactAddress(), APPLICATION.contactCtrl, Uint8Array.of(0xff, 0xc0)).catch(() => {});
    await settled();
    expect(a.services.contacts.list()).toEqual(before);
    const long = { ...good, name: `${"n".repeat(400)}'";`, icon: "i".repeat(200_000) };
    await stranger.send(a.link.contactAddress(), APPLICATION.contactCtrl, encodeUtf8(JSON.stringify(long)));
    const details = a.services.contacts.list()[1]?.details;
    expect([details?.name.length, details?.icon]).toEqual([255, ""]);
  });

  test("a crowd of strangers is not taken in", async () => {
    const office = new PostOffice();
    const a = somebody(office, "1.1.1.1", 0);
    const intrude = async (from: number, count: number): Promise<void> => {
      for (let i = from; i < from + count; i++) {
        const link = office.open(`9.9.${i}.9`, 7);
        link.publicKey[0] = i;
        link.publicKey[1] = i >> 8;
        const news = {
          delete: false,
          intro: true,
          publickey: link.key,
          address: link.ownAddress(),
          minimaaddress: "Mx00",
          topblock: "1",
          checkblock: "1",
          checkhash: "0x00",
          mls: "",
        };
        await link.send(a.link.contactAddress(), APPLICATION.contactCtrl, encodeUtf8(JSON.stringify(news)));
      }
    };
    await intrude(1, 100);
    expect(a.services.contacts.count()).toBe(60);
    for (let hour = 1; hour < 6; hour++) {
      clock.advance(HOUR_MS + 1);
      await intrude(200 * hour, 100);
    }
    expect(a.services.contacts.count()).toBe(200);
  });
});

describe("locations", () => {
  test("a contact that moved is found through its location service", async () => {
    const { office, a, b } = await befriended();
    const service = somebody(office, "4.4.4.4", 40);
    const host = b.link.hostUp("3.3.3.3", 30, service.link.ownAddress());
    await settled();
    expect(b.services.mlsClient.address).toBe(service.link.ownAddress());
    b.services.contacts.refresh();
    await settled();
    expect(service.services.mlsServer.entries()).toMatchObject([
      { publicKey: b.link.key, identity: host.contactAddress, publicKeys: [a.link.key] },
    ]);
    a.link.isDown = true;
    b.link.hostDown(host);
    await clock.run(31 * MINUTE_MS);
    a.services.contacts.lookForUnseen();
    await settled();
    a.link.isDown = false;
    const [contact] = a.services.contacts.list();
    expect(contact?.details.mls).toBe(service.link.ownAddress());
    office.take();
    clock.advance(31 * MINUTE_MS);
    a.services.contacts.lookForUnseen();
    await settled();
    expect(a.services.contacts.list()[0]?.currentAddress).toBe(b.link.ownAddress());
    expect(
      service.services.mlsServer.get(toHex0x(office.open("8.8.8.8", 80).publicKey), { publicKey: b.link.key, randomUid: "0x01" }),
    ).toEqual(Uint8Array.of(2));
  });

  test("a service that answers for somebody else, or makes up its answer, is not believed", async () => {
    const { a, b } = await befriended();
    const uid = toHex0x(new Uint8Array(32).fill(10));
    const good = { publicKey: b.link.key, address: b.link.ownAddress(), randomUid: uid };
    for (const [answered, found] of [
      [good, good.address],
      [{ ...good, randomUid: "0x00" }, undefined],
      [{ ...good, publicKey: a.link.key }, undefined],
      [{ ...good, address: "nowhere" }, undefined],
    ] as const) {
      b.link.register(APPLICATION.mlsGet, ({ answer }) => answer(encode(writeMLSPacketGETResp, answered)));
      expect(await a.services.mlsClient.find(b.link.key, b.link.ownAddress())).toBe(found);
    }
  });

  test("a node that follows TxBlocks stays with the service of its master, even when it no longer follows", () => {
    const slave = somebody(new PostOffice(), "1.1.1.1", 10, textStore(), true);
    slave.link.hostUp("3.3.3.3", 30);
    expect(slave.services.mlsClient.isStatic).toBe(false);
    for (const [fill, mls] of [
      [31, "Mx1@3.3.3.4:1"],
      [32, "Mx2@3.3.3.5:1"],
    ] as const) {
      slave.link.hostUp(`3.3.3.${fill}`, fill, mls);
      expect([slave.services.mlsClient.isStatic, slave.services.mlsClient.address]).toEqual([true, mls]);
    }
    const again = somebody(new PostOffice(), "1.1.1.1", 10, slave.texts);
    expect(again.services.mlsClient.isStatic).toBe(true);
  });

  test("a service is used for twelve hours, then the next host's; both are told", async () => {
    const office = new PostOffice();
    const a = somebody(office, "1.1.1.1", 10);
    const first = somebody(office, "4.4.4.4", 40);
    const second = somebody(office, "5.5.5.5", 50);
    expect(a.services.mlsClient.address).toBe(a.link.ownAddress());
    a.link.hostUp("3.3.3.3", 30);
    expect(a.services.mlsClient.address).toBe(a.link.ownAddress());
    a.link.hostUp("3.3.3.4", 31, first.link.ownAddress());
    a.link.hostUp("3.3.3.5", 32, second.link.ownAddress());
    expect(a.services.mlsClient.address).toBe(first.link.ownAddress());
    clock.advance(12 * HOUR_MS + 1);
    await settled();
    office.take();
    a.link.hostUp("3.3.3.6", 33, second.link.ownAddress());
    await settled();
    expect(a.services.mlsClient.address).toBe(second.link.ownAddress());
    expect(office.take().map(({ to }) => to)).toEqual(["5.5.5.5", "4.4.4.4"]);
    const again = somebody(new PostOffice(), "1.1.1.1", 10, a.texts);
    expect(again.services.mlsClient.address).toBe(second.link.ownAddress());
    a.services.mlsClient.setStatic(first.link.ownAddress());
    expect([a.services.mlsClient.isStatic, a.services.mlsClient.address]).toEqual([true, first.link.ownAddress()]);
    a.services.mlsClient.announce();
    await settled();
    expect(office.take().map(({ to }) => to)).toEqual(["4.4.4.4"]);
    a.services.mlsClient.setStatic(undefined);
    expect(a.services.mlsClient.isStatic).toBe(false);
  });

  test("everybody may ask where a permanent one is", async () => {
    const { office, a, b } = await befriended();
    b.services.mlsClient.announce();
    await settled();
    const stranger = somebody(office, "7.7.7.7", 70);
    const permanent = `MAX#${b.link.key}#${b.link.ownAddress()}`;
    expect(await stranger.services.mlsClient.look(permanent)).toBeUndefined();
    expect((await a.services.mlsClient.look(permanent))?.address).toBe(b.link.contactAddress());
    b.services.mlsServer.permanent.add(b.link.key);
    expect((await stranger.services.mlsClient.look(permanent))?.address).toBe(b.link.contactAddress());
    b.services.mlsServer.permanent.remove(b.link.key);
    expect(await stranger.services.mlsClient.look(permanent)).toBeUndefined();
    await expect(stranger.services.mlsClient.look("MAX#0x00")).rejects.toThrow();
  });

  test("the first loop comes after three minutes, and tells contacts a minute later", async () => {
    const { office, a } = await befriended();
    await clock.run(170_000);
    office.take();
    await clock.run(60_000);
    expect(contactMessages(office)).toEqual([]);
    await clock.run(20_000);
    expect(contactMessages(office).filter(([from]) => from === "1.1.1.1").length).toBe(1);
    a.services.close();
    await clock.run(20 * MINUTE_MS + MINUTE_MS);
    expect(contactMessages(office).filter(([from]) => from === "1.1.1.1").length).toBe(0);
  });
});
