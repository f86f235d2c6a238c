import { access, readFile } from "node:fs/promises";
import { arch, totalmem } from "node:os";
import { join } from "node:path";
import { CoreInstance } from "../../core/instance.js";
import { bestCore, bestCoreKind } from "../../core/module.js";
import { readBoard } from "../../node/mining/board-sensors.js";
import { formatSize } from "../../protocol/json-views/format.js";
import { type Check, fail, ok, type Patient, warn } from "./finding.js";

const LEAST_NODE = [20, 19] as const;
const MIB = 1024 * 1024;
/** What a node needs to hold headers, proofs and a sync under way; below the second it works with little to spare. */
const LEAST_MEMORY = { fail: 96 * MIB, warn: 192 * MIB } as const;
/** Before this no minimote was built: the clock of a board without a battery starts in the past. */
const EARLIEST_NOW = Date.UTC(2025, 0, 1);
const HOT = { warn: 70, fail: 80 } as const;

/** The version of Node.js, and whether the machine has 64 bits. */
export const checkRuntime: Check = () => {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const isOld = major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]);
  const version = isOld
    ? fail("node.js", `version ${node}`, `install Node.js ${LEAST_NODE.join(".")} or newer`)
    : ok("node.js", `version ${node}, ${arch()}`);
  const is64 = ["x64", "arm64"].includes(arch());
  return Promise.resolve(
    is64 ? [version] : [version, warn("processor", arch(), "64-bit systems (x64, arm64) are what is tested: install one of them")],
  );
};

/** Whether the core computes what it should, and how fast its kind is. */
export const checkCore: Check = () => {
  const failed = new CoreInstance(bestCore).selftest();
  if (failed !== 0)
    return Promise.resolve([fail("core", `self-test ${failed} fails`, "this machine computes wrongly: check its memory and its cooling")]);
  return Promise.resolve([
    bestCoreKind() === "simd"
      ? ok("core", "self-test passes, with SIMD")
      : warn("core", "self-test passes, without SIMD", "hashing takes about twice as long: a newer Node.js or processor has SIMD"),
  ]);
};

/** The memory that is left, or the limit that a service has. */
export const checkMemory: Check = async (patient) => {
  const info = (await textOf(patient, "proc/meminfo")) ?? "";
  const available = Number(/^MemAvailable:\s+(\d+) kB/m.exec(info)?.[1] ?? totalmem() / 1024) * 1024;
  const text = `${formatSize(available)} available of ${formatSize(Number(/^MemTotal:\s+(\d+) kB/m.exec(info)?.[1] ?? totalmem() / 1024) * 1024)}`;
  const fix = "stop other programs, or add swap (zram) and --no-mine";
  if (available < LEAST_MEMORY.fail) return [fail("memory", text, fix)];
  return [available < LEAST_MEMORY.warn ? warn("memory", text, fix) : ok("memory", text)];
};

/** Blocks carry times, and those far ahead of the clock are refused: it has to be right. */
export const checkClock: Check = async (patient) => {
  const time = new Date(patient.now).toISOString().slice(0, 19).replace("T", " ");
  const fix = "switch time synchronisation on: timedatectl set-ntp true (or install chrony)";
  if (patient.now < EARLIEST_NOW) return [fail("clock", `${time} UTC is in the past`, fix)];
  const marked = await access(join(patient.root, "run/systemd/timesync/synchronized")).then(
    () => true,
    () => false,
  );
  const answer = marked ? "yes" : (await patient.run("timedatectl", ["show", "-p", "NTPSynchronized", "--value"]))?.trim();
  if (answer === "yes") return [ok("clock", `${time} UTC, synchronised`)];
  if (answer === "no") return [warn("clock", `${time} UTC, not synchronised`, fix)];
  return [
    warn(
      "clock",
      `${time} UTC; the system does not tell whether it is synchronised`,
      "compare it with another clock; run chrony or systemd-timesyncd",
    ),
  ];
};

/** Bits of what the firmware of a Raspberry Pi reports. */
const PI_NOW = { undervoltage: 0x1, throttled: 0x4 } as const;
const PI_UNDERVOLTAGE_SEEN = 0x10000;
const PI_THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled";

/** Heat, and the power supply where the board tells. */
export const checkBoard: Check = async (patient) => {
  const { temperature, onBattery } = await readBoard(join(patient.root, "sys/class"));
  const found = [];
  if (temperature !== undefined) {
    const text = `${temperature.toFixed(0)} °C`;
    const fix = "cool the board, or lower --mining-duty; mining pauses at --mining-max-temp";
    found.push(
      temperature >= HOT.fail
        ? fail("temperature", text, fix)
        : temperature >= HOT.warn
          ? warn("temperature", text, fix)
          : ok("temperature", text),
    );
  }
  if (onBattery) found.push(warn("power", "on battery", "mining pauses unless --mining-on-battery is given"));
  const flags = Number.parseInt((await textOf(patient, PI_THROTTLED)) ?? "", 16);
  const supply = "use the board's own power supply and a short cable: too little voltage corrupts cards";
  if (flags & PI_NOW.undervoltage) found.push(fail("power", "the voltage is too low", supply));
  else if (flags & PI_NOW.throttled)
    found.push(warn("power", "the processor is slowed down", "cool the board, or give it a better power supply"));
  else if (flags & PI_UNDERVOLTAGE_SEEN) found.push(warn("power", "the voltage has been too low since the start", supply));
  else if (flags === 0) found.push(ok("power", "the voltage is right"));
  return found;
};

function textOf({ root }: Patient, path: string): Promise<string | undefined> {
  return readFile(join(root, path), "utf8").then(
    (text) => text,
    () => undefined,
  );
}
