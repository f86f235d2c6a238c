import { toHex0x } from "../protocol/bytes.js";
import { encodeMx } from "../protocol/mx.js";
import { scriptAddress } from "../protocol/script-address.js";
import { cleanScript } from "./clean.js";
import { ScriptParseError } from "./errors.js";

/** A script text with its address in both forms. */
export interface Addressed {
  readonly script: string;
  readonly address: string;
  readonly mxaddress: string;
}

export function addressed(script: string): Addressed {
  const address = scriptAddress(script);
  return { script, address: toHex0x(address), mxaddress: encodeMx(address) };
}

/** The cleaned text, undefined where there is none: a lone `<` or `>` ends the script. */
export function cleanedScript(script: string): string | undefined {
  try {
    return cleanScript(script);
  } catch (error) {
    if (error instanceof ScriptParseError) return undefined;
    throw error;
  }
}

/** Both forms of a script with their addresses. */
export function addresses(script: string): { readonly script: Addressed; readonly clean: Addressed | null } {
  const clean = cleanedScript(script);
  return { script: addressed(script), clean: clean === undefined ? null : addressed(clean) };
}
