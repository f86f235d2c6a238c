import { expect, test } from "vitest";
import type { Steps } from "../../host/chain/types.js";
import { ChainDriver } from "../../host/node/chain-driver.js";

const STEP_MS = 5;

/** How many turns others had while so many steps were done, each of which takes 5 ms of a clock that only steps move. */
async function turnsDuring(steps: number, step: () => Promise<void> | []): Promise<number> {
  let now = 0;
  let turns = 0;
  let done = false;
  const others = (): void => {
    turns++;
    if (!done) setImmediate(others);
  };
  const driver = new ChainDriver({ persist: () => {}, publish: () => {}, monotonic: () => now });
  setImmediate(others);
  await driver.run(function* (): Steps<void> {
    for (let i = 0; i < steps; i++) {
      now += STEP_MS;
      yield step();
    }
  });
  done = true;
  return turns;
}

test("others have their turn between steps that take long together", async () => {
  expect(await turnsDuring(40, () => [])).toBeGreaterThan(8);
});

test("and between steps that wait for work that is done already", async () => {
  expect(await turnsDuring(40, () => Promise.resolve())).toBeGreaterThan(8);
});
