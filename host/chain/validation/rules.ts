import { ProtocolError } from "../../protocol/errors.js";
import type { Rule } from "../types.js";

/**
 * The rule that a check finds broken, or `exception` when it cannot come to a verdict: on the network any exception inside a check
 * means invalid (spec 06b §7, Q20).
 */
export function brokenRule(check: () => Rule | undefined): Rule | undefined {
  try {
    return check();
  } catch (error) {
    return exceptionRule(error);
  }
}

/** `exception` for what hostile input can cause; anything else is a bug and is thrown again. */
export function exceptionRule(error: unknown): Rule {
  if (error instanceof ProtocolError) return "exception";
  throw error;
}
