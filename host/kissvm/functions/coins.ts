import { equalBytes, toHex0x } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import { ScriptError } from "../errors.js";
import { sumOf, visibleAmount } from "../transaction-view.js";
import { booleanValue, hexValue, numberValue, type Value } from "../value.js";
import { booleanAt, bytesAt, integerAt, numberAt, type ScriptContext, type ScriptFunction } from "./script-function.js";

type Side = "input" | "output";

function coinsOf({ transaction }: ScriptContext, side: Side): readonly Coin[] {
  return side === "input" ? transaction.inputs : transaction.outputs;
}

/** The coin that the first parameter names. Throws. */
function coinAt(values: readonly Value[], context: ScriptContext, side: Side): Coin {
  const index = integerAt(values, 0);
  const coins = coinsOf(context, side);
  const coin = coins[index];
  if (coin === undefined) throw new ScriptError(`${side} ${index} of ${coins.length}`);
  return coin;
}

/** A function that tells something about one coin. */
function ofCoin(side: Side, tell: (coin: Coin) => Value): ScriptFunction {
  return { types: ["NUMBER"], minimum: 1, run: (values, context) => tell(coinAt(values, context, side)) };
}

export const GETINADDR = ofCoin("input", (coin) => hexValue(coin.address));
export const GETINAMT = ofCoin("input", (coin) => numberValue(visibleAmount(coin)));
export const GETINTOK = ofCoin("input", (coin) => hexValue(coin.tokenid));
export const GETOUTADDR = ofCoin("output", (coin) => hexValue(coin.address));
export const GETOUTAMT = ofCoin("output", (coin) => numberValue(visibleAmount(coin)));
export const GETOUTTOK = ofCoin("output", (coin) => hexValue(coin.tokenid));
export const GETOUTKEEPSTATE = ofCoin("output", (coin) => booleanValue(coin.storestate));

/** The id in the coin proof: never that of a floating input (spec 05 §7.8). */
export const GETINID: ScriptFunction = {
  types: ["NUMBER"],
  minimum: 1,
  run(values, context) {
    coinAt(values, context, "input");
    const proof = context.witness.coinProofs[integerAt(values, 0)];
    if (proof === undefined) throw new ScriptError("input without coin proof");
    return hexValue(proof.coin.coinid);
  },
};

function ofToken(side: Side): ScriptFunction {
  return { types: ["HEX"], minimum: 1, run: (values, context) => numberValue(sumOf(coinsOf(context, side), bytesAt(values, 0))) };
}

export const SUMINPUTS = ofToken("input");
export const SUMOUTPUTS = ofToken("output");

/** Whether address, amount and token id are as the parameters say. The amount is looked at whatever the others are. Throws. */
function matches(coin: Coin, values: readonly Value[]): boolean {
  const sameAmount = visibleAmount(coin).equals(numberAt(values, 2));
  return sameAmount && equalBytes(bytesAt(values, 1), coin.address) && equalBytes(bytesAt(values, 3), coin.tokenid);
}

export const VERIFYIN: ScriptFunction = {
  types: ["NUMBER", "HEX", "NUMBER", "HEX"],
  minimum: 4,
  run: (values, context) => booleanValue(matches(coinAt(values, context, "input"), values)),
};

const MAX_VERIFYOUT_PARAMETERS = 5;

/** Takes any number of parameters when parsed and at most five when run (spec 05 §12, 19). */
export const VERIFYOUT: ScriptFunction = {
  types: ["NUMBER", "HEX", "NUMBER", "HEX", "BOOLEAN"],
  minimum: 4,
  more: true,
  begin(count) {
    if (count > MAX_VERIFYOUT_PARAMETERS) throw new ScriptError("VERIFYOUT has 4 or 5 parameters");
  },
  run(values, context) {
    const coin = coinAt(values, context, "output");
    const sameState = values.length < MAX_VERIFYOUT_PARAMETERS || coin.storestate === booleanAt(values, 4);
    const verified = matches(coin, values) && sameState;
    if (!verified) context.note(() => `VERIFYOUT failed @ output ${integerAt(values, 0)} found ${describe(coin)}`);
    return booleanValue(verified);
  },
};

function describe(coin: Coin): string {
  const { address, tokenid, storestate } = coin;
  return `(address:${toHex0x(address)} amount:${visibleAmount(coin)} tokenid:${toHex0x(tokenid)} keepstate:${storestate})`;
}
