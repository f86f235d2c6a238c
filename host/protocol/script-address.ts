import type { Bytes } from "./bytes.js";
import { hashWith } from "./hash.js";

/** The address of a single script: the leaf of a one-leaf MMR over its text, exactly as given (spec 01 §7.1). */
export function scriptAddress(script: string): Bytes {
  return hashWith((writer) => {
    writer.integer(0);
    writer.string(script);
    writer.integer(0);
  });
}
