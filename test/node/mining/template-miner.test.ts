import { expect, test } from "vitest";
import { CancelledError } from "../../../host/core/pool.js";
import { TemplateMiner } from "../../../host/node/mining/template-miner.js";
import { bodyHash } from "../../../host/protocol/txbody.js";
import type { TxPoW } from "../../../host/protocol/txpow.js";
import { sampleBody, sampleTxPoW } from "../../protocol/samples.js";

test("templates are mined with other random bytes, one per interval, and given up when the tip changes", async () => {
  let now = 0;
  const mined: TxPoW[] = [];
  const submitted: TxPoW[] = [];
  const errors: unknown[] = [];
  const ends: (() => void)[] = [];
  const miner = new TemplateMiner({
    interval: 1000,
    monotonic: () => now,
    randomBytes: (length) => new Uint8Array(length).fill(mined.length + 1),
    mine: (template, signal) => {
      mined.push(template);
      return new Promise((resolve, reject) => {
        ends.push(() => resolve(template));
        signal.addEventListener("abort", () => reject(new CancelledError()));
      });
    },
    submit: async (txpow) => {
      submitted.push(txpow);
    },
    onError: (error) => errors.push(error),
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const template = sampleTxPoW(sampleBody());

  miner.offer(sampleTxPoW(null));
  expect(mined.length).toBe(0);
  miner.offer(template);
  miner.offer(template);
  expect(mined.length).toBe(1);
  const [first] = mined as [TxPoW];
  expect(first.body?.prng).not.toEqual(template.body?.prng);
  expect(first.header.bodyhash).toEqual(first.body === null ? undefined : bodyHash(first.body));
  expect({ ...first.body, prng: 0 }).toEqual({ ...template.body, prng: 0 });

  now = 1000;
  miner.offer(template);
  expect(mined.length).toBe(2);
  await settle();
  ends[1]?.();
  await settle();
  expect(submitted).toEqual([mined[1]]);

  now = 2000;
  miner.offer(template);
  miner.cancel();
  await settle();
  expect(submitted.length).toBe(1);
  expect(errors).toEqual([]);
});
