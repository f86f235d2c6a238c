import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equalBytes } from "../../host/protocol/bytes.js";
import {
  aesDecrypt,
  aesEncrypt,
  decryptPackage,
  decryptWithPassword,
  encryptFor,
  encryptWithPassword,
  newRSAKeyPair,
  openWithPassword,
  readCryptoPackage,
  rsaDecrypt,
  rsaEncrypt,
  rsaSign,
  rsaVerify,
  sealWithPassword,
  writeCryptoPackage,
} from "../../host/protocol/encryption.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { decode } from "../../host/protocol/reader.js";
import { encode } from "../../host/protocol/writer.js";
import { bytes } from "./arbitraries.js";

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

describe("encryption", () => {
  test("AES round trip; damaged input is refused or differs", () => {
    fc.assert(
      fc.property(bytes(), fc.nat(), (data, at) => {
        const [key, iv] = [random(16), random(16)];
        const sealed = aesEncrypt(key, iv, data);
        expect(aesDecrypt(key, iv, sealed)).toEqual(data);
        expect(() => aesDecrypt(key, iv, sealed.subarray(1))).toThrow(ProtocolError);
        expect(() => aesDecrypt(key.subarray(at % 16), iv.subarray(1), sealed)).toThrow(ProtocolError);
      }),
    );
  });

  test("a password opens what it sealed, another does not", async () => {
    const data = random(1000);
    const sealed = await encryptWithPassword("correct horse", data, random);
    expect(await decryptWithPassword("correct horse", sealed)).toEqual(data);
    await expect(decryptWithPassword("wrong", sealed)).rejects.toBeInstanceOf(ProtocolError);
    await expect(decryptWithPassword("correct horse", sealed.subarray(0, 40))).rejects.toBeInstanceOf(ProtocolError);
    await expect(decryptWithPassword("x", new Uint8Array(0))).rejects.toBeInstanceOf(ProtocolError);
  });

  test("content beyond the limit is refused while it is unpacked", async () => {
    const sealed = await sealWithPassword("p", new Uint8Array(1_000_000), random);
    expect(sealed.length).toBeLessThan(5000);
    await expect(openWithPassword("p", sealed, 999_999)).rejects.toBeInstanceOf(ProtocolError);
    expect(await openWithPassword("p", sealed, 1_000_000)).toHaveLength(1_000_000);
  });

  test("large content goes through in parts", async () => {
    const plain = random(9_000_000);
    expect(equalBytes(await openWithPassword("p", await sealWithPassword("p", plain, random)), plain)).toBe(true);
  });

  test("packages and signatures of a key pair", async () => {
    const [alice, bob] = [await newRSAKeyPair(), await newRSAKeyPair()];
    expect(alice.publicKey).toHaveLength(162);
    fc.assert(
      fc.property(bytes(), (data) => {
        const item = encryptFor(alice.publicKey, data, random);
        expect(item.secret).toHaveLength(128);
        expect(decryptPackage(alice.privateKey, decode(readCryptoPackage, encode(writeCryptoPackage, item)))).toEqual(data);
        const signature = rsaSign(bob.privateKey, data);
        expect(rsaVerify(bob.publicKey, data, signature)).toBe(true);
        expect(rsaVerify(alice.publicKey, data, signature)).toBe(false);
        expect(() => rsaVerify(bob.publicKey, data, signature.subarray(1))).toThrow(ProtocolError);
        expect(() => rsaVerify(data, data, signature)).toThrow(ProtocolError);
      }),
      { numRuns: 20 },
    );
    for (const length of [0, 1, 117])
      expect(rsaDecrypt(alice.privateKey, rsaEncrypt(alice.publicKey, random(length), random))).toHaveLength(length);
    expect(() => rsaEncrypt(alice.publicKey, random(118), random)).toThrow(ProtocolError);
    expect(() => rsaDecrypt(bob.privateKey, rsaEncrypt(alice.publicKey, random(16), random))).toThrow(ProtocolError);
    expect(() => rsaDecrypt(alice.privateKey, random(5))).toThrow(ProtocolError);
    expect(() => rsaDecrypt(random(50), random(128))).toThrow(ProtocolError);
    expect(() => rsaEncrypt(random(162), random(16), random)).toThrow(ProtocolError);
  });
});
