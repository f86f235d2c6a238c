import { type Bytes, parseHex } from "../protocol/bytes.js";
import { hashWith } from "../protocol/hash.js";
import { encode } from "../protocol/writer.js";
import { dataPrefix, hashSecrets } from "./secret-hash.js";
import { phraseSeed } from "./seedphrase.js";

/** Keeps these secrets apart from those of keys (spec 09 §7.7). */
const DOMAIN = parseHex("0xDEADDEAD");

/** A secret that always follows from a phrase and a text, and tells nothing of the wallet's keys (spec 09 §7.7). */
export function seedRandom(phrase: string, modifier: string): Bytes {
  const inner = hashWith((writer) => {
    writer.data(encode((w, text) => w.string(text), modifier));
    writer.data(DOMAIN);
  });
  const seed = phraseSeed(phrase);
  try {
    return hashSecrets(dataPrefix(inner), inner, dataPrefix(seed), seed);
  } finally {
    seed.fill(0);
  }
}
