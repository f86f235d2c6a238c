import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

/** Writes a file that only its owner can read; it is on disk when this returns. */
export function writeSecretFile(path: string, text: string): void {
  const file = openSync(path, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
