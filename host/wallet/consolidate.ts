import type { Bytes } from "../protocol/bytes.js";
import { equalBytes, ZERO_ID } from "../protocol/bytes.js";
import { MiniNumber } from "../protocol/number.js";
import { tokenAmount } from "../protocol/token.js";
import { orderCoins } from "./coin-selection.js";
import { WalletError } from "./errors.js";
import { type PaymentContext, type PaymentDraft, spendableCoins } from "./payment.js";
import { checkedCoinage, planSend } from "./send.js";

/** The fewest coins that are worth it. */
const FEWEST_COINS = 3;
const MAX_COINS = 20;
const MAX_SIGNATURES = 5;
/** The sum becomes two coins. */
const PARTS = 2;

/** What `consolidate` is asked for (spec 09 §11.4). */
export interface ConsolidateRequest {
  /** Minima if not given. */
  readonly tokenid?: Bytes;
  readonly burn?: MiniNumber;
  /** Blocks that a coin must have on top. */
  readonly coinage?: MiniNumber;
  readonly maxCoins?: number;
  readonly maxSignatures?: number;
}

/** Makes few coins of many, unsigned (spec 09 §11.4). Throws `WalletError`. */
export function planConsolidate(request: ConsolidateRequest, context: PaymentContext): PaymentDraft {
  const { tokenid = ZERO_ID, maxCoins = MAX_COINS, maxSignatures = MAX_SIGNATURES } = request;
  const coinage = checkedCoinage(request.coinage, context);
  const coins = orderCoins(spendableCoins(context, tokenid, coinage));
  if (coins.length < FEWEST_COINS) throw new WalletError("refused", `Not enough coins (${coins.length}) to consolidate`);
  let amount = MiniNumber.ZERO;
  let address: Bytes | undefined;
  let addresses = 0;
  for (const [i, coin] of coins.entries()) {
    if (address === undefined || !equalBytes(address, coin.address)) {
      if (addresses >= maxSignatures) break;
      address = coin.address;
      addresses++;
    }
    amount = amount.add(coin.token === null ? coin.amount : tokenAmount(coin.token, coin.amount));
    if (i + 1 >= maxCoins) break;
  }
  const recipients = [{ address: context.wallet.getAddress().address, amount }];
  const burn = request.burn ?? MiniNumber.ZERO;
  try {
    return planSend({ recipients, tokenid, burn, coinage, split: MiniNumber.of(PARTS) }, context);
  } catch (error) {
    if (error instanceof WalletError) throw new WalletError("funds", error.message);
    throw error;
  }
}
