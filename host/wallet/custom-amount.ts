import { type Bytes, equalBytes, toHex0x, ZERO_ID } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { MiniNumber } from "../protocol/number.js";
import { filterInSlices, type Slices } from "../protocol/slices.js";
import { minimaAmount, type Token, tokenAmount } from "../protocol/token.js";
import { selectCoins } from "./coin-selection.js";
import { WalletError } from "./errors.js";
import { changeOutputs, collectCoins, outputCoin, type PaymentContext, spendableCoins } from "./payment.js";

/** What `txnaddamount` is asked for (spec 09 §14). */
export interface AddAmountRequest {
  /** In tokens when a token is meant. */
  readonly amount: MiniNumber;
  /** Who gets it; nobody if not given: then only coins and change are added. */
  readonly address?: Bytes;
  readonly tokenid: Bytes;
  /** The token; null for Minima. */
  readonly token: Token | null;
  readonly burn: MiniNumber;
  /** Spend these coins of one address only, whoever owns them, and send change there. */
  readonly from?: { readonly address: Bytes; readonly coins: readonly Coin[] };
  readonly storestate: boolean;
  /** Coins that other transactions under construction have taken. */
  readonly isLocked: (coinid: Bytes) => boolean;
}

/** What belongs into a transaction besides what is there. */
export interface AddedAmount {
  readonly inputs: readonly Coin[];
  readonly outputs: readonly Coin[];
}

/** Finds coins worth an amount, with an output and the change (spec 09 §14). Throws `WalletError`. */
export function* addAmount(request: AddAmountRequest, context: PaymentContext): Slices<AddedAmount> {
  const { tokenid, token, burn, from } = request;
  const { source, wallet } = context;
  if (burn.lessThan(MiniNumber.ZERO)) throw new WalletError("refused", `Cannot have negative burn ${burn}`);
  if (burn.moreThan(MiniNumber.ZERO) && !equalBytes(tokenid, ZERO_ID))
    throw new WalletError("refused", "Currently BURN on precreated transactions only works for Minima.. tokenid:0x00.. not tokens.");
  const amount = token === null ? request.amount : minimaAmount(token, request.amount);
  const need = amount.add(burn);
  const found =
    from === undefined
      ? yield* spendableCoins(context, tokenid, MiniNumber.ZERO)
      : yield* filterInSlices(from.coins, (coin) => equalBytes(coin.tokenid, tokenid));
  const free = yield* filterInSlices(found, ({ coinid }) => !request.isLocked(coinid));
  const selected = yield* filterInSlices(yield* selectCoins(free, need, source.isUsed), ({ coinid }) => !source.isUsed(coinid));
  const { collected: total } = yield* collectCoins(selected, MiniNumber.MAX, source);
  if (total.lessThan(need))
    throw new WalletError("refused", `Not enough funds! Current balance : ${token === null ? total : tokenAmount(token, total)}`);
  const kind = { tokenid, token };
  const sent = request.address === undefined ? [] : [outputCoin(request.address, amount, { ...kind, storestate: request.storestate })];
  const change = changeOutputs(total.sub(need), () => from?.address ?? wallet.getAddress().address, kind);
  return { inputs: selected, outputs: [...sent, ...change] };
}

/** The error of a token that no coin known here has. */
export function tokenNotFound(tokenid: Bytes): WalletError {
  return new WalletError("refused", `Token not found : ${toHex0x(tokenid)}`);
}
