import { readFileSync, statSync } from "node:fs";
import type { Place } from "../wallet/wallet-store.js";

const MACHINE_FILE = "/etc/machine-id";
/** Boards tell their serial number here. */
const BOARD_FILE = "/sys/firmware/devicetree/base/serial-number";

/** Where a file lies: on which machine, and which file it is there. */
export function placeOf(path: string): Place {
  const file = statSync(path, { bigint: true, throwIfNoEntry: false });
  return {
    machine: textOf(MACHINE_FILE),
    board: textOf(BOARD_FILE),
    inode: file === undefined ? "" : String(file.ino),
    born: file === undefined || file.birthtimeNs === 0n ? "" : String(file.birthtimeNs),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").replaceAll("\0", "").trim();
  } catch {
    return "";
  }
}
