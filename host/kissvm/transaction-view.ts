import { type Bytes, equalBytes, toHex, ZERO_ID } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { ProtocolError } from "../protocol/errors.js";
import { memo } from "../protocol/memo.js";
import { MiniNumber } from "../protocol/number.js";
import type { StateVariable } from "../protocol/state-variable.js";
import { tokenAmount } from "../protocol/token.js";
import { ScriptError } from "./errors.js";
import { textOf, type Value, valueFromText } from "./value.js";

/** Whether coins of a token id are Minima, so that their amounts are not scaled (spec 05 §7.8). */
export function isMinima(tokenid: Bytes): boolean {
  return equalBytes(tokenid, ZERO_ID);
}

/** The amount of a coin as scripts see it: in tokens unless it is Minima (spec 05 §7.8). Throws. */
export const visibleAmount = memo((coin: Coin): MiniNumber => {
  if (isMinima(coin.tokenid)) return coin.amount;
  if (coin.token === null) throw new ScriptError("coin without its token description");
  return tokenAmount(coin.token, coin.amount);
});

/** Sums of visible amounts by token id in hex; undefined where there is no sum. */
const sums = memo((coins: readonly Coin[]): ReadonlyMap<string, MiniNumber | undefined> => {
  const byToken = new Map<string, MiniNumber | undefined>();
  for (const coin of coins) {
    const token = toHex(coin.tokenid);
    const sum = byToken.has(token) ? byToken.get(token) : MiniNumber.ZERO;
    byToken.set(token, sum && attempt(() => sum.add(visibleAmount(coin))));
  }
  return byToken;
});

function attempt<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof ScriptError) return undefined;
    throw error;
  }
}

/** The sum of the visible amounts of all coins of a token, 0 if there are none (spec 05 §7.8). Throws. */
export function sumOf(coins: readonly Coin[], tokenid: Bytes): MiniNumber {
  const byToken = sums(coins);
  const token = toHex(tokenid);
  const sum = byToken.has(token) ? byToken.get(token) : MiniNumber.ZERO;
  if (sum === undefined) throw new ScriptError("amounts of this token have no sum");
  return sum;
}

/** The first variable of each port (spec 05 §7.7). */
const byPort = memo((state: readonly StateVariable[]): ReadonlyMap<number, StateVariable> => {
  const ports = new Map<number, StateVariable>();
  for (const variable of state) if (!ports.has(variable.port)) ports.set(variable.port, variable);
  return ports;
});

/** The value of a state variable's text; the VM ignores its type (spec 05 §7.7). Throws. */
const stateValue = memo((variable: StateVariable): Value => valueFromText(variable.text));

const stateText = memo((variable: StateVariable): string => textOf(stateValue(variable)));

/** The value of the variable of a port. Throws when there is none, or it is no value. */
export function stateAt(state: readonly StateVariable[], port: number): Value {
  return stateValue(variableAt(state, port));
}

/** The text form of that value. Throws as `stateAt` does. */
export function stateTextAt(state: readonly StateVariable[], port: number): string {
  return stateText(variableAt(state, port));
}

function variableAt(state: readonly StateVariable[], port: number): StateVariable {
  const variable = byPort(state).get(port);
  if (variable === undefined) throw new ScriptError(`no state variable ${port}`);
  return variable;
}
