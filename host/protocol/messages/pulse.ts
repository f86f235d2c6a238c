import type { Bytes } from "../bytes.js";
import { MiniNumber } from "../number.js";
import type { Reader } from "../reader.js";
import type { Writer } from "../writer.js";

/** The ids of the latest blocks, newest first (spec 02 §18.2). */
export interface Pulse {
  readonly ids: readonly Bytes[];
}

const VERSION = MiniNumber.ONE;

/** Of an unknown version nothing but the version is read: no ids (spec 02 §18.2). */
export function readPulse(reader: Reader): Pulse {
  return { ids: reader.number().equals(VERSION) ? reader.list(4, (r) => r.data()) : [] };
}

export function writePulse(writer: Writer, pulse: Pulse): void {
  writer.number(VERSION);
  writer.list(pulse.ids, (w, id) => w.data(id));
}
