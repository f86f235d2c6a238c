import { INPUT, INPUT2_SIZE, OUTPUT, SEED, TARGET } from "../layout";
import { search, searchBegin } from "../pow";
import { selftest } from "../selftest";
import { RATE } from "../sha3";
import { winternitzPublicKey, winternitzRecover, winternitzSign } from "../winternitz";
import { bench } from "./bench";
import { hashRest, hexDigit, readAll, readHexLine } from "./input";
import { printHex } from "./output";

const USAGE = `usage: minimote-core COMMAND

  hash                      SHA3-256 of the input
  mine TARGET OFFSET WIDTH  the input with a big-endian counter of WIDTH bytes at OFFSET that makes its hash less than TARGET
  key                       one-time public key; input: a line with the seed, 64 hex digits
  sign                      one-time signature; input: a line with the seed, then the message
  verify KEY                input: a line with the signature, then the message
  selftest                  whether this machine computes what it should
  bench                     what this machine does per second

Bytes are read and written as hex, messages are read as they are. A seed must never sign two messages.
Exit status: 0 done, 1 no, 2 wrong use.
`;

const YES = 0;
const NO = 1;
const WRONG_USE = 2;
const SIGNATURE_SIZE: u32 = 1088;
/** Attempts between two looks at how many are left. */
const SLICE: u64 = 1 << 14;

process.exit(run(process.argv));

function run(args: string[]): i32 {
  const command = args.length > 1 ? args[1] : "";
  const given = args.length - 2;
  if (command == "hash" && given == 0) return hashInput();
  if (command == "mine" && given == 3) return mine(args[2], args[3], args[4]);
  if (command == "key" && given == 0) return makeKey();
  if (command == "sign" && given == 0) return sign();
  if (command == "verify" && given == 1) return verify(args[2]);
  if (command == "selftest" && given == 0) return testSelf();
  if (command == "bench" && given == 0) {
    bench();
    return YES;
  }
  process.stderr.write(USAGE);
  return WRONG_USE;
}

function hashInput(): i32 {
  hashRest(OUTPUT);
  printHex(OUTPUT, 32);
  return YES;
}

function mine(target: string, offsetText: string, widthText: string): i32 {
  const offset = parseNumber(offsetText);
  const width = parseNumber(widthText);
  const length = readAll(INPUT, <i32>(INPUT2_SIZE - RATE));
  if (length < 0) return refuse("the message is too long");
  if (!parseHash(target, TARGET)) return refuse("the target is not 64 hex digits");
  if (width < 1 || width > 8 || offset < 0 || offset > length - width) return refuse("there is no such counter in the message");
  searchBegin(length, offset, width);
  const last: u64 = width == 8 ? u64.MAX_VALUE : ((<u64>1) << (8 * width)) - 1;
  for (let counter: u64 = 0; ; counter += SLICE) {
    const left = last - counter;
    if (search(counter, <u32>(min(left, SLICE - 1) + 1)) < 0) break;
    if (left < SLICE) {
      process.stderr.write("no counter fits\n");
      return NO;
    }
  }
  memory.copy(INPUT + offset, OUTPUT, width);
  printHex(INPUT, length);
  return YES;
}

function makeKey(): i32 {
  if (!readHexLine(SEED, 32)) return refuse("the seed is not 64 hex digits");
  winternitzPublicKey();
  printHex(OUTPUT, 32);
  return YES;
}

function sign(): i32 {
  if (!readHexLine(SEED, 32)) return refuse("the seed is not 64 hex digits");
  hashRest(INPUT);
  winternitzSign();
  printHex(OUTPUT, SIGNATURE_SIZE);
  return YES;
}

function verify(key: string): i32 {
  if (!parseHash(key, TARGET)) return refuse("the key is not 64 hex digits");
  if (!readHexLine(INPUT, SIGNATURE_SIZE)) return refuse("the signature is not 2176 hex digits");
  hashRest(INPUT + SIGNATURE_SIZE);
  winternitzRecover();
  const valid = memory.compare(OUTPUT, TARGET, 32) == 0;
  process.stdout.write(valid ? "valid\n" : "invalid\n");
  return valid ? YES : NO;
}

function testSelf(): i32 {
  const failed = selftest();
  process.stdout.write(failed == 0 ? "ok\n" : "check " + String.fromCharCode(0x30 + failed) + " failed\n");
  return failed == 0 ? YES : NO;
}

function refuse(why: string): i32 {
  process.stderr.write(why + "\n");
  return WRONG_USE;
}

/** A whole number of up to 6 digits, or -1. */
function parseNumber(text: string): i32 {
  if (text.length < 1 || text.length > 6) return -1;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** 32 bytes as hex digits; false if the text is something else. */
function parseHash(text: string, to: usize): bool {
  if (text.length != 64) return false;
  for (let i = 0; i < 32; i++) {
    const high = hexDigit(text.charCodeAt(2 * i));
    const low = hexDigit(text.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) return false;
    store<u8>(to + i, (high << 4) | low);
  }
  return true;
}
