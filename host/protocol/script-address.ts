import type { Bytes } from "./bytes.js";
import { textLeaf } from "./mmr-node.js";

/** The address of a single script: the leaf of a one-leaf MMR over its text, exactly as given (spec 01 §7.1). */
export function scriptAddress(script: string): Bytes {
  return textLeaf(script).hash;
}
