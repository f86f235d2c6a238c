import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { isMaximaAddress, parseMaximaAddress, parsePermanentAddress } from "../../host/maxima/address.js";
import { readAnswer } from "../../host/maxima/answer.js";
import { ForgedError, openPackage } from "../../host/maxima/sealing.js";
import type { Bytes } from "../../host/protocol/bytes.js";
import { encryptFor, newRSAKeyPair, type RSAKeyPair, writeCryptoPackage } from "../../host/protocol/encryption.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { encode } from "../../host/protocol/writer.js";

let keys: RSAKeyPair;
beforeAll(async () => {
  keys = await newRSAKeyPair();
});

function refuses(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ProtocolError || error instanceof ForgedError)) throw error;
  }
}

test("whatever an answer is, it is read or it is none", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => void readAnswer(payload)));
});

test("whatever is encrypted, it is opened or refused", () => {
  const open = (data: Bytes): void =>
    refuses(() => openPackage({ version: "1.0", to: keys.publicKey, data }, keys.privateKey, randomBytes));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), open));
  const sealed = fc.uint8Array({ maxLength: 600 }).map((data) => encode(writeCryptoPackage, encryptFor(keys.publicKey, data, randomBytes)));
  fc.assert(fc.property(sealed, open));
});

test("whatever text it is, it is an address or it is none", () => {
  const parts = fc.array(fc.constantFrom("Mx", "MAX#", "0x", "@", ":", "#", "9001", "host", "G18H", "30FF", " ", "é"), { maxLength: 9 });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        parts.map((all) => all.join("")),
      ),
      (text) => {
        refuses(() => parseMaximaAddress(text));
        refuses(() => parsePermanentAddress(text));
        expect(typeof isMaximaAddress(text)).toBe("boolean");
      },
    ),
  );
});
