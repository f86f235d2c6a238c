import type { Bytes } from "../protocol/bytes.js";
import { equalBytes, ZERO_ID } from "../protocol/bytes.js";
import { type Coin, writeCoin } from "../protocol/coin.js";
import { MiniNumber } from "../protocol/number.js";
import { filterInSlices, type Slices } from "../protocol/slices.js";
import { tokenAmount } from "../protocol/token.js";
import { encode } from "../protocol/writer.js";
import { orderCoins } from "./coin-selection.js";
import { WalletError } from "./errors.js";
import { type PaymentContext, type PaymentDraft, spendableCoins } from "./payment.js";
import { checkedCoinage, planSend } from "./send.js";

/** The fewest coins that are worth it. */
const FEWEST_COINS = 3;
const MAX_COINS = 20;
const MAX_SIGNATURES = 5;
/** Bytes of one step of a coin's proof, of a signature with its script, and of a TxPoW without coins. */
const CHUNK_BYTES = 45;
const SIGNATURE_BYTES = 4300;
const OTHER_BYTES = 3000;
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
export function* planConsolidate(request: ConsolidateRequest, context: PaymentContext): Slices<PaymentDraft> {
  const { tokenid = ZERO_ID } = request;
  const coinage = checkedCoinage(request.coinage, context);
  const coins = yield* orderCoins(yield* spendableCoins(context, tokenid, coinage));
  if (coins.length < FEWEST_COINS) throw new WalletError("refused", `Not enough coins (${coins.length}) to consolidate`);
  const { address } = context.wallet.getAddress();
  const burn = request.burn ?? MiniNumber.ZERO;
  const sendSumOf = (chosen: readonly Coin[]): Slices<PaymentDraft> =>
    planSend({ recipients: [{ address, amount: sumOf(chosen) }], tokenid, burn, coinage, split: MiniNumber.of(PARTS) }, context);
  try {
    return yield* sendSumOf(firstCoins(coins, request, context));
  } catch (error) {
    if (!(error instanceof WalletError)) throw error;
    // The sum of coins that are being spent may take far more others than fit: then only what is free counts.
    const free = yield* filterInSlices(coins, ({ coinid }) => !context.source.isUsed(coinid));
    if (free.length === coins.length || free.length < FEWEST_COINS) throw new WalletError("funds", error.message);
    return yield* sendSumOf(firstCoins(free, request, context));
  }
}

/** In tokens, where it is tokens. */
function sumOf(coins: readonly Coin[]): MiniNumber {
  return coins.reduce((sum, { token, amount }) => sum.add(token === null ? amount : tokenAmount(token, amount)), MiniNumber.ZERO);
}

/** As many as are asked for, of so few addresses, and as fit into a TxPoW. */
function firstCoins(coins: readonly Coin[], request: ConsolidateRequest, { source }: PaymentContext): Coin[] {
  const { maxCoins = MAX_COINS, maxSignatures = MAX_SIGNATURES } = request;
  const proofSize = CHUNK_BYTES * source.tipMMR.next.toString(2).length;
  const taken: Coin[] = [];
  let address: Bytes | undefined;
  let addresses = 0;
  let size = OTHER_BYTES;
  for (const coin of coins) {
    const isSame = address !== undefined && equalBytes(address, coin.address);
    if (!isSame && addresses >= maxSignatures) break;
    const coinSize = encode(writeCoin, coin).length;
    size += 2 * coinSize + proofSize + (isSame ? 0 : SIGNATURE_BYTES) + (taken.length === 0 ? (PARTS + 2) * coinSize : 0);
    if (size > source.maxSize && taken.length >= FEWEST_COINS) break;
    if (!isSame) addresses++;
    address = coin.address;
    taken.push(coin);
    if (taken.length >= maxCoins) break;
  }
  return taken;
}
