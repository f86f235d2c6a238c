import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What a board tells about itself. */
export interface BoardState {
  /** Of the hottest sensor, in degrees Celsius; undefined where there is none. */
  readonly temperature: number | undefined;
  /** Whether it runs down a battery. */
  readonly onBattery: boolean;
}

/** Readings outside of this are a broken sensor's, in degrees Celsius. */
const PLAUSIBLE = { low: -40, high: 150 } as const;

/** Reads what Linux exposes below a folder (`/sys/class`); on other systems nothing is found. */
export async function readBoard(folder: string): Promise<BoardState> {
  const [temperatures, supplies] = await Promise.all([
    readEach(join(folder, "thermal"), /^thermal_zone\d+$/, ["temp"]),
    readEach(join(folder, "power_supply"), /./, ["type", "status", "online", "scope"]),
  ]);
  const degrees = temperatures
    .map(({ temp }) => Number.parseInt(temp ?? "", 10) / 1000)
    .filter((value) => value > PLAUSIBLE.low && value < PLAUSIBLE.high);
  const isFed = supplies.some(({ type, online }) => type !== "Battery" && online === "1");
  // Batteries of mice and headsets have the scope Device.
  const isDraining = supplies.some(({ type, status, scope }) => type === "Battery" && status === "Discharging" && scope !== "Device");
  return { temperature: degrees.length === 0 ? undefined : Math.max(...degrees), onBattery: isDraining && !isFed };
}

type Texts = Readonly<Record<string, string | undefined>>;

async function readEach(folder: string, name: RegExp, files: readonly string[]): Promise<Texts[]> {
  const entries = await readdir(folder).catch(() => []);
  return Promise.all(entries.filter((entry) => name.test(entry)).map((entry) => readTexts(join(folder, entry), files)));
}

async function readTexts(folder: string, files: readonly string[]): Promise<Texts> {
  const texts = await Promise.all(
    files.map((file) =>
      readFile(join(folder, file), "utf8").then(
        (text) => text.trim(),
        () => undefined,
      ),
    ),
  );
  return Object.fromEntries(files.map((file, i) => [file, texts[i]]));
}
