import { type Bytes, fromUnsigned } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { encodeUtf8, trimControls } from "../protocol/text.js";
import { BIP39_ENGLISH } from "./bip39-english.js";
import { dataPrefix, hashSecrets } from "./secret-hash.js";

/** Words of a new phrase. */
const PHRASE_WORDS = 24;
const SHORTEST_WORD = 3;

const exactWords: ReadonlySet<string> = new Set(BIP39_ENGLISH);

/** A new phrase: 24 independent uniform words, no BIP-39 checksum (spec 01 §8). `randomBytes` must be cryptographically secure. */
export function newPhrase(randomBytes: (length: number) => Bytes): string {
  const random = randomBytes(2 * PHRASE_WORDS);
  const words = Array.from({ length: PHRASE_WORDS }, (_, i) => {
    const index = (((random[2 * i] as number) << 8) | (random[2 * i + 1] as number)) % BIP39_ENGLISH.length;
    return BIP39_ENGLISH[index] as string;
  });
  return words.join(" ").toUpperCase();
}

/**
 * The canonical form of a phrase a user typed: a word of four or more letters stands for the first list word that starts with
 * it, and the number of words is not checked (spec 01 §8). Throws `malformed`; the message never holds a word.
 */
export function cleanPhrase(text: string): string {
  const tokens = trimControls(text)
    .split(" ")
    .filter((token) => token !== "");
  return tokens.map(findWord).join(" ").toUpperCase();
}

function findWord(token: string, index: number): string {
  const start = token.toLowerCase();
  if (start.length < SHORTEST_WORD) throw new ProtocolError("malformed", `word ${index + 1} of the phrase is too short`);
  const exact = start.length === SHORTEST_WORD;
  const word = exact ? (exactWords.has(start) ? start : undefined) : BIP39_ENGLISH.find((candidate) => candidate.startsWith(start));
  if (word === undefined) throw new ProtocolError("malformed", `word ${index + 1} of the phrase is unknown`);
  return word;
}

/** The base seed: SHA3-256 of the phrase text exactly as given (spec 01 §8, Q13). */
export function phraseSeed(phrase: string): Bytes {
  return hashSecrets(encodeUtf8(phrase));
}

/** What tells the wallet's keys apart: the number of a key, from 0, in creation order (spec 01 §8). */
export function keyModifier(index: number): Bytes {
  return fromUnsigned(BigInt(index));
}

/** The private seed of the wallet's default key number `index` (spec 01 §8). */
export function keySeed(baseSeed: Bytes, index: number): Bytes {
  const modifier = keyModifier(index);
  return hashSecrets(dataPrefix(baseSeed), baseSeed, dataPrefix(modifier), modifier);
}
