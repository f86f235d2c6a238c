import { type Bytes, CREATE_TOKEN_ID, toHex0x, ZERO_ID } from "../protocol/bytes.js";
import { type JsonObject, jsonObject, printJson } from "../protocol/json.js";
import { outputCoinId } from "../protocol/mmr-node.js";
import { MiniNumber } from "../protocol/number.js";
import { writeSignature } from "../protocol/signature.js";
import { type RunSlices, runHere } from "../protocol/slices.js";
import type { StateVariable } from "../protocol/state-variable.js";
import { encode } from "../protocol/writer.js";
import { WalletError } from "./errors.js";
import {
  changeOutputs,
  collectCoins,
  makeDraft,
  NO_DRAFT,
  outputCoin,
  type PaymentContext,
  type PaymentDraft,
  spendableCoins,
} from "./payment.js";

/** Decimals of a Minima amount: the smallest is 10^-44. */
const MINIMA_DECIMALS = 44;
const SMALLEST = new MiniNumber(1n, MINIMA_DECIMALS);
const DEFAULT_DECIMALS = 8;
const MAX_DECIMALS = 16;
const MAX_TOKENS = new MiniNumber(1_000_000_000_000n, 0);

/** What `tokencreate` is asked for (spec 09 §12). */
export interface TokenRequest {
  /** Free text, or an object that has a `name`. */
  readonly name: string | JsonObject;
  /** How many tokens; fractions are cut. */
  readonly amount: MiniNumber;
  readonly decimals?: number;
  readonly script?: string;
  readonly state?: readonly StateVariable[];
  /** Where the token id can be confirmed. */
  readonly webvalidate?: string;
  /** The wallet key that vouches for the token. */
  readonly signToken?: Bytes;
  readonly burn?: MiniNumber;
  /** Whether the usual limits of amount and decimals hold; they do if not given. */
  readonly useLimits?: boolean;
}

/** Makes a token, the transaction unsigned (spec 09 §12). Throws `WalletError`. */
export async function planToken(request: TokenRequest, context: PaymentContext, run: RunSlices = runHere): Promise<PaymentDraft> {
  const { source, wallet, params } = context;
  const { decimals = DEFAULT_DECIMALS, script = "RETURN TRUE", burn = MiniNumber.ZERO } = request;
  const described = description(request);
  const amount = colouredMinima(request, decimals);
  if (burn.lessThan(MiniNumber.ZERO)) throw new WalletError("refused", `Cannot have negative burn ${burn}`);

  const found = await run(spendableCoins(context, ZERO_ID, MiniNumber.of(params.confirmationDepth)));
  if (found.length === 0) throw new WalletError("refused", "No Minima Coins available!");
  const need = amount.add(burn);
  const { coins, collected } = await run(collectCoins(found, need, source));
  const [first] = coins;
  if (first === undefined || collected.lessThan(need)) throw new WalletError("funds", `Insufficient funds.. you only have ${collected}`);

  const owner = wallet.getAddress().address;
  const change = changeOutputs(collected.sub(need), () => wallet.getAddress().address);
  const name = printJson(new Map([...described, ...(await vouch(request.signToken, outputCoinId(first.coinid, 0), context))]));
  const token = { coinid: ZERO_ID, script, scale: MiniNumber.of(MINIMA_DECIMALS - decimals), amount, name, created: MiniNumber.ZERO };
  const created = outputCoin(owner, amount, { storestate: true, tokenid: CREATE_TOKEN_ID, token });
  const parts = { inputs: coins, outputs: [created, ...change], state: request.state ?? [] };
  return { main: await run(makeDraft(parts, context)), burn: NO_DRAFT };
}

function description({ name, webvalidate }: TokenRequest): JsonObject {
  const given = typeof name === "string" ? jsonObject(["name", name]) : name;
  if (!given.has("name")) throw new WalletError("refused", "MUST specify a 'name' for the token in the JSON");
  return webvalidate === undefined ? given : new Map([...given, ["webvalidate", webvalidate]]);
}

/** How much Minima is coloured: the smallest amount there is for the smallest part of each token. */
function colouredMinima({ amount, useLimits = true }: TokenRequest, decimals: number): MiniNumber {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > MINIMA_DECIMALS)
    throw new WalletError("refused", `decimals must be 0 to ${MINIMA_DECIMALS}`);
  if (useLimits && decimals > MAX_DECIMALS) throw new WalletError("refused", `MAX ${MAX_DECIMALS} decimal places`);
  const tokens = amount.floor();
  if (useLimits && tokens.moreThan(MAX_TOKENS)) throw new WalletError("refused", "MAX 1 Trillion coins for a token");
  if (tokens.lessOrEqual(MiniNumber.ZERO)) throw new WalletError("refused", "Cannot create less than 1 token");
  return SMALLEST.mul(MiniNumber.TEN.pow(decimals)).mul(tokens);
}

/** What the owner of a key adds to a token's description: a signature of the coin id the token will have. */
async function vouch(key: Bytes | undefined, coinid: Bytes, { wallet }: PaymentContext): Promise<JsonObject> {
  if (key === undefined) return jsonObject();
  const signature = await wallet.sign(key, coinid);
  return jsonObject(["signtype", "minima"], ["signedby", toHex0x(key)], ["signature", toHex0x(encode(writeSignature, signature))]);
}
