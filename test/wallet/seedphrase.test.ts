import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ProtocolError } from "../../host/protocol/errors.js";
import { BIP39_ENGLISH } from "../../host/wallet/bip39-english.js";
import { cleanPhrase, newPhrase, phraseSeed } from "../../host/wallet/seedphrase.js";

describe("seed phrase", () => {
  test("a new phrase is 24 list words and already clean", () => {
    for (let i = 0; i < 50; i++) {
      const phrase = newPhrase((length) => new Uint8Array(randomBytes(length)));
      expect(phrase.split(" ")).toHaveLength(24);
      expect(cleanPhrase(phrase)).toBe(phrase);
      expect(cleanPhrase(`  ${phrase.toLowerCase().replaceAll(" ", "   ")}\n`)).toBe(phrase);
    }
  });

  test("words follow the random bytes", () => {
    expect(newPhrase((length) => new Uint8Array(length))).toBe(Array(24).fill("ABANDON").join(" "));
    expect(newPhrase((length) => new Uint8Array(length).fill(0xff))).toBe(Array(24).fill("ZOO").join(" "));
  });

  test("four letters are enough for every word", () => {
    for (const word of BIP39_ENGLISH) expect(cleanPhrase(word.slice(0, 4))).toBe(word.toUpperCase());
  });

  test("a refused phrase is not repeated in the error", () => {
    for (const text of ["abandon secretword", "ab", "abandon\tability"]) {
      try {
        cleanPhrase(text);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
        expect(String(error)).not.toMatch(/secretword|abandon/);
      }
    }
  });

  test("the seed depends on the exact text", () => {
    expect(phraseSeed("ZOO")).not.toEqual(phraseSeed("zoo"));
    expect(phraseSeed("")).toHaveLength(32);
  });
});
