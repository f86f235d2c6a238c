import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { ForgedError, openPackage, sealMessage } from "../../host/maxima/sealing.js";
import { type Bytes, parseHex, toHex0x } from "../../host/protocol/bytes.js";
import { encryptFor, newRSAKeyPair, type RSAKeyPair, rsaSign, writeCryptoPackage } from "../../host/protocol/encryption.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import {
  type MaximaInternal,
  type MaximaMessage,
  type MaximaPackage,
  maximaMessageId,
  readMaximaMessage,
  readMaximaPackage,
  writeMaximaInternal,
  writeMaximaMessage,
} from "../../host/protocol/messages/maxima.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { decode } from "../../host/protocol/reader.js";
import { encode } from "../../host/protocol/writer.js";

interface Vector {
  readonly name: string;
  readonly from_public: string;
  readonly from_private: string;
  readonly to_private: string;
  readonly message: string;
  readonly msgid: string;
  readonly maximapackage: string;
}

const hex = (text: string): Bytes => parseHex(`0x${text}`);
const vectors = (JSON.parse(readFileSync(new URL("../vectors/network/maxima.json", import.meta.url), "utf8")) as Partial<Vector>[]).filter(
  (vector): vector is Vector => vector.maximapackage !== undefined,
);

describe("messages of the reference", () => {
  test.each(vectors)("$name", (vector) => {
    const { message, id } = openPackage(decode(readMaximaPackage, hex(vector.maximapackage)), hex(vector.to_private), randomBytes);
    expect(toHex0x(id)).toBe(vector.msgid);
    expect(encode(writeMaximaMessage, message)).toEqual(hex(vector.message));
    const sender = { publicKey: hex(vector.from_public), privateKey: hex(vector.from_private) };
    const again = sealMessage(decode(readMaximaMessage, hex(vector.message)), sender, randomBytes);
    expect(toHex0x(openPackage(again, hex(vector.to_private), randomBytes).id)).toBe(vector.msgid);
  });

  test("there are some", () => expect(vectors.length).toBeGreaterThan(5));
});

describe("what is not as it should be", () => {
  let sender: RSAKeyPair;
  let receiver: RSAKeyPair;
  let message: MaximaMessage;
  beforeAll(async () => {
    [sender, receiver] = await Promise.all([newRSAKeyPair(), newRSAKeyPair()]);
    const time = MiniNumber.of(1_700_000_000_000);
    message = { random: randomBytes(32), from: sender.publicKey, to: receiver.publicKey, time, application: "test", data: randomBytes(9) };
  });

  /** A package whose signed layer is what it should not be. */
  function packed(changes: Partial<MaximaInternal>, keys = sender): MaximaPackage {
    const data = changes.data ?? encode(writeMaximaMessage, message);
    const internal = { from: sender.publicKey, data, signature: rsaSign(keys.privateKey, data), ...changes };
    const sealed = encryptFor(receiver.publicKey, encode(writeMaximaInternal, internal), randomBytes);
    return { version: "1.0", to: receiver.publicKey, data: encode(writeCryptoPackage, sealed) };
  }

  const open = (item: MaximaPackage) => openPackage(item, receiver.privateKey, randomBytes);

  test("a good one is opened", () => {
    expect(open(packed({})).id).toEqual(maximaMessageId(message));
    expect(open(sealMessage(message, sender, randomBytes)).message.application).toBe("test");
  });

  test("a signature of somebody else, or of something else, is answered", () => {
    expect(() => open(packed({}, receiver))).toThrow(ForgedError);
    expect(() => open(packed({ signature: new Uint8Array(128) }))).toThrow(ForgedError);
    expect(() => open(packed({ from: receiver.publicKey }, receiver))).toThrow(ForgedError);
  });

  test("everything else meets silence, always in the same words", () => {
    const good = packed({});
    const damaged = (at: number): MaximaPackage => {
      const data = good.data.slice();
      data[at] = (data[at] ?? 0) ^ 0x80;
      return { ...good, data };
    };
    for (const item of [
      packed({ signature: new Uint8Array(127) }),
      packed({ from: new Uint8Array(163) }),
      packed({ data: Uint8Array.of(1, 2, 3) }),
      { ...good, data: new Uint8Array() },
      { ...good, data: randomBytes(400) },
      { ...good, data: good.data.slice(0, -1) },
      damaged(30),
      damaged(good.data.length - 1),
    ])
      expect(() => open(item)).toThrow(ProtocolError);
    expect(() => openPackage(good, sender.privateKey, randomBytes)).toThrow(ProtocolError);
  });

  test("a recipient key that is none is refused by the sender", () => {
    for (const to of [new Uint8Array(), Uint8Array.of(1), new Uint8Array(162)])
      expect(() => sealMessage({ ...message, to }, sender, randomBytes)).toThrow(ProtocolError);
  });
});
