import { afterAll, describe, expect, onTestFailed, test } from "vitest";
import { splitCoins } from "./harness/grow.js";
import { Lab } from "./harness/lab.js";
import type { Kind } from "./harness/node-under-test.js";
import { hasReference } from "./harness/reference.js";
import { addressOf, BLOCK_MS, chainOf, spend, waitForBalance, waitForConfirmed, waitForOneTip } from "./harness/views.js";

const TEST_MS = 20 * 60_000;

const lab = new Lab();
afterAll(() => lab.close(), 60_000);

const masters: readonly (readonly [string, Kind, Kind, string])[] = [
  ["ours follows the reference", "reference", "minimote", "--slavenode"],
  ["the reference's follows us", "minimote", "reference", "-slavenode"],
];

describe.runIf(hasReference).concurrent("interop: TxBlock nodes", () => {
  test.each(masters)("%s, is paid and pays", { timeout: TEST_MS }, async (_name, masterKind, slaveKind, option) => {
    onTestFailed(() => lab.keep());
    const master = await lab.start(masterKind, { founder: true });
    await splitCoins(master);
    const slave = await lab.start(slaveKind, { args: [option, `127.0.0.1:${master.port}`] });
    const { block } = await chainOf(master);
    await waitForOneTip([master, slave], 4 * BLOCK_MS, block + 2);

    const { txpowid } = await spend(master, `send address:${await addressOf(slave)} amount:100 split:2 mine:true`);
    await waitForConfirmed(master, txpowid);
    await waitForBalance(slave, "100");
    const back = await spend(slave, `send address:${await addressOf(master)} amount:3 mine:true`);
    expect(await waitForConfirmed(master, back.txpowid)).not.toBe("");
    await waitForBalance(slave, "97");
    await waitForOneTip([master, slave], 4 * BLOCK_MS);
  });
});
