import { describe, expect, test } from "vitest";
import { type Bytes, toHex } from "../../host/protocol/bytes.js";
import { printJson } from "../../host/protocol/json.js";
import { Reader } from "../../host/protocol/reader.js";
import { encode } from "../../host/protocol/writer.js";
import { fromHex } from "../conformance/areas/base-bytes.js";
import { objectCodecs } from "../conformance/areas/objects-codecs.js";
import { generator, mutate, orRefused, RUNS, vectors } from "./mutations.js";

/** Small inputs keep the fuzzing fast and every byte of them is hit often. */
const SEEDS_PER_OBJECT = 6;
const MAX_SEED_BYTES = 2000;

const FILES = [
  "address",
  "cascade",
  "captured_blocks",
  "coin",
  "magic",
  "malformed",
  "payloads",
  "proofs",
  "statevariable",
  "token",
  "transaction",
  "txbody",
  "txheader",
  "txpow",
  "witness",
];

interface Vector {
  readonly object?: string;
  readonly hex?: string;
}

interface MaximaVector {
  readonly message?: string;
  readonly internal?: string;
  readonly object?: string;
}

const all = FILES.flatMap((file) => vectors(`objects/${file}`) as readonly Vector[]);
const maxima = vectors("network/maxima") as readonly MaximaVector[];
const emptyTransaction = "0001000001000001000000000100";

/** Objects no vector has, from parts. */
const OTHER_SEEDS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  Signature: ["00010100000001AA00000002BBCC0001000001010100000001AA000101"],
  MegaMMRIBD: ["0001020000010000010000000000", "0001020100010000010000010000000003612E62"],
  MMRData: ["0000000120000101", `00000020${"AB".repeat(32)}01020A0B`],
  MaximaMessage: [`00000001AA00000002BBCC0000000000010500000003617070000000020102`],
  MaximaInternal: ["00000001AA00000002BBCC00000003010203"],
  MaximaErrorMsg: maxima.filter(({ object, message }) => message === undefined && object !== undefined).map(({ object }) => object),
  MLSPacketGETReq: ["00000004307841420000000430784344"],
  MLSPacketGETResp: ["000000043078414200000003612E62000000043078434400"],
  MLSPacketSET: ["00000003612E6200010200000004307841420000000430784344"],
  TxnRow: [`000000026964${emptyTransaction}000100000100000100`],
};

function seedsOf(name: string): Bytes[] {
  const given = all.filter(({ object, hex }) => object === name && hex !== undefined).map(({ hex }) => hex);
  const texts = [...given, ...(OTHER_SEEDS[name] ?? [])].map((hex) => fromHex(hex ?? ""));
  return texts
    .filter(({ length }) => length > 3 && length <= MAX_SEED_BYTES)
    .sort((a, b) => a.length - b.length)
    .slice(0, SEEDS_PER_OBJECT);
}

describe(`every object decoder survives ${RUNS} broken inputs`, () => {
  for (const [index, [name, { read, write, toJSON }]] of Object.entries(objectCodecs).entries()) {
    test(name, () => {
      const seeds = seedsOf(name);
      expect(seeds.length).toBeGreaterThan(0);
      for (const seed of seeds) orRefused(() => read(new Reader(seed)));
      const random = generator(0x9e3779b9 + index);
      let decoded = 0;
      for (let run = 0; run < RUNS; run++) {
        const input = mutate(seeds, random);
        const object = orRefused(() => read(new Reader(input)));
        if (object === undefined) continue;
        decoded++;
        const first = orRefused(() => encode(write, object));
        if (first === undefined) continue;
        const again = read(new Reader(first));
        const second = encode(write, again);
        if (toHex(second) !== toHex(first)) expect(toHex(encode(write, read(new Reader(second))))).toBe(toHex(second));
        if (toJSON !== undefined && run % 32 === 0) orRefused(() => printJson(toJSON(object)));
      }
      expect(decoded).toBeGreaterThan(0);
    });
  }
});
