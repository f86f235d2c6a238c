import { describe, expect, test } from "vitest";
import { transactionTarget } from "../../host/chain/builder.js";
import { DEFAULT_MAGIC_VALUES } from "../../host/chain/magic.js";
import { isWorked, type WorkPort, workFor } from "../../host/maxima/work.js";
import { fromUnsigned, MAX_HASH, toHex0x, toUnsigned } from "../../host/protocol/bytes.js";
import { isForPackage, maximaPackageHash } from "../../host/protocol/messages/maxima.js";
import { type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import { SimulatedClock } from "../net/memory/simulated-clock.js";
import { sampleTxPoW } from "../protocol/samples.js";

const item = { version: "1.0", to: Uint8Array.of(1), data: Uint8Array.of(2) };
const never = new AbortController().signal;

function port(changes: Partial<WorkPort> = {}): WorkPort & { readonly submitted: TxPoW[] } {
  const submitted: TxPoW[] = [];
  return {
    hasChain: () => true,
    minimumWork: () => MAX_HASH,
    build: async (customhash) => sampleTxPoW(null, { customhash, blkdiff: new Uint8Array(32) }),
    mine: async (template) => template,
    submit: (block) => submitted.push(block),
    submitted,
    ...changes,
  };
}

test("the target is the network's minimum over 1.1, as seen on the network", () => {
  expect(toHex0x(transactionTarget(0, MAX_HASH.slice(5), DEFAULT_MAGIC_VALUES.minTxPoWWork))).toBe(
    "0x05F53392866C5C645155AF3F16D07737B43B48C44F76AA0C00000000000000",
  );
});

describe("the work for a package", () => {
  test("commits to it, and a block goes to the chain", async () => {
    const plain = port();
    expect(isForPackage(await workFor(item, plain, new SimulatedClock(), never))).toBe(true);
    expect(plain.submitted).toEqual([]);
    const lucky = port({ build: async (customhash) => sampleTxPoW(null, { customhash, blkdiff: MAX_HASH }) });
    const { txpow } = await workFor(item, lucky, new SimulatedClock(), never);
    expect(lucky.submitted).toEqual([txpow]);
    expect(txpow.header.customhash).toEqual(maximaPackageHash(item));
  });

  const endless = (_: TxPoW, signal: AbortSignal): Promise<TxPoW> =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("cancelled"))));

  test("ends after 15 seconds, or when the node stops", async () => {
    const clock = new SimulatedClock();
    const late = workFor(item, port({ mine: endless }), clock, never);
    const refused = expect(late).rejects.toThrow("not build Maxima message in time");
    await clock.run(14_999);
    await clock.run(1);
    await refused;
    const stop = new AbortController();
    const stopped = expect(workFor(item, port({ mine: endless }), clock, stop.signal)).rejects.toThrow("the node stops");
    await clock.run(1);
    stop.abort();
    await stopped;
    expect(clock.step()).toBe(false);
  });

  test("needs a chain", async () => {
    await expect(workFor(item, port({ hasChain: () => false }), new SimulatedClock(), never)).rejects.toThrow("no chain");
    const broken = port({ build: () => Promise.reject(new Error("no tip")) });
    await expect(workFor(item, broken, new SimulatedClock(), never)).rejects.toThrow("no tip");
  });
});

test("work may fall short by a few per cent", () => {
  const txpow = sampleTxPoW();
  const id = toUnsigned(txpowId(txpow));
  expect(isWorked(txpow, fromUnsigned(id + 1n))).toBe(true);
  expect(isWorked(txpow, fromUnsigned((id * 97n) / 100n))).toBe(true);
  expect(isWorked(txpow, fromUnsigned((id * 95n) / 100n))).toBe(false);
});
