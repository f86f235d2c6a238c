import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BoardState, readBoard } from "../../../host/node/mining/board-sensors.js";
import { MiningGuard } from "../../../host/node/mining/mining-guard.js";
import { until } from "../../until.js";
import { recordingLogger } from "../nodes.js";

describe("a guard of mining", () => {
  const log = recordingLogger();
  const changes: boolean[] = [];
  let board: BoardState = { temperature: 50, onBattery: false };
  const guard = (onBattery: boolean, maxTemperature = 80): MiningGuard =>
    new MiningGuard({ read: async () => board, maxTemperature, onBattery, log, changed: (paused) => changes.push(paused) });
  const at = async (watched: MiningGuard, temperature: number | undefined, isOnBattery = false): Promise<string | undefined> => {
    board = { temperature, onBattery: isOnBattery };
    await watched.look();
    return watched.reason;
  };

  beforeEach(() => {
    changes.length = 0;
    log.events.length = 0;
  });

  test("pauses in the heat and goes on when the board is well below the limit", async () => {
    const watched = guard(false);
    expect(await at(watched, 79.9)).toBeUndefined();
    expect(await at(watched, 80)).toBe("heat");
    expect(await at(watched, 75)).toBe("heat");
    expect(await at(watched, 70)).toBe("heat");
    expect(await at(watched, 69)).toBeUndefined();
    expect(await at(watched, 79)).toBeUndefined();
    expect(changes).toEqual([true, false]);
    expect(log.events).toEqual(["mining pauses", "mining goes on"]);
  });

  test("pauses on battery, unless the owner wants otherwise; heat still counts", async () => {
    const watched = guard(false);
    expect(await at(watched, undefined, true)).toBe("battery");
    expect(await at(watched, 90, true)).toBe("battery");
    expect(await at(watched, 90, false)).toBe("heat");
    expect(changes).toEqual([true]);
    expect(await at(guard(true), 20, true)).toBeUndefined();
    expect(await at(guard(true), 90, true)).toBe("heat");
    const fearless = new MiningGuard({ read: async () => board, maxTemperature: undefined, onBattery: true, log, changed: () => {} });
    expect(await at(fearless, 99)).toBeUndefined();
  });

  test("looks again and again until it is stopped", async () => {
    let looks = 0;
    const read = async (): Promise<BoardState> => ({ temperature: ++looks > 3 ? 95 : 20, onBattery: false });
    const watched = new MiningGuard({ read, maxTemperature: 80, onBattery: false, lookEveryMs: 5, log, changed: () => {} });
    await watched.start();
    await until(() => watched.reason === "heat");
    watched.stop();
    const before = looks;
    await sleep(50);
    expect(looks).toBeLessThanOrEqual(before + 1);
  });
});

describe("a Linux board", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "minimote-board-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (path: string, text: string): void => {
    const file = join(folder, path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
  };

  test("tells its hottest sensor; broken ones are passed over", async () => {
    expect(await readBoard(folder)).toEqual({ temperature: undefined, onBattery: false });
    write("thermal/thermal_zone0/temp", "48312\n");
    write("thermal/thermal_zone1/temp", "71500\n");
    write("thermal/thermal_zone2/temp", "-274000\n");
    write("thermal/thermal_zone3/temp", "garbage\n");
    write("thermal/cooling_device0/temp", "99000\n");
    expect((await readBoard(folder)).temperature).toBe(71.5);
  });

  test("is on battery while one runs down and nothing feeds it", async () => {
    write("power_supply/BAT0/type", "Battery\n");
    write("power_supply/BAT0/status", "Discharging\n");
    expect((await readBoard(folder)).onBattery).toBe(true);
    write("power_supply/AC/type", "Mains\n");
    write("power_supply/AC/online", "0\n");
    expect((await readBoard(folder)).onBattery).toBe(true);
    write("power_supply/AC/online", "1\n");
    expect((await readBoard(folder)).onBattery).toBe(false);
    write("power_supply/AC/online", "0\n");
    write("power_supply/BAT0/scope", "Device\n");
    expect((await readBoard(folder)).onBattery).toBe(false);
  });
});
