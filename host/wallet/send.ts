import { type Bytes, equalBytes, toHex0x, ZERO_ID } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { MiniNumber } from "../protocol/number.js";
import type { Slices } from "../protocol/slices.js";
import type { StateVariable } from "../protocol/state-variable.js";
import { minimaAmount, type Token, tokenAmount } from "../protocol/token.js";
import { selectCoins } from "./coin-selection.js";
import { WalletError } from "./errors.js";
import {
  changeOutputs,
  collectCoins,
  confirmedCoins,
  makeBurnDraft,
  makeDraft,
  NO_DRAFT,
  outputCoin,
  type PaymentContext,
  type PaymentDraft,
  spendableCoins,
} from "./payment.js";

/** The most parts a payment is split into for each recipient (spec 09 §1.3). */
const MAX_SPLIT = 10;
/** The only token script that an automatic payment satisfies. */
const PLAIN_TOKEN_SCRIPT = "RETURN TRUE";

export interface Recipient {
  readonly address: Bytes;
  /** In tokens when a token is sent. */
  readonly amount: MiniNumber;
}

/** What `send` is asked for (spec 09 §11.1). */
export interface SendRequest {
  readonly recipients: readonly Recipient[];
  /** Minima if not given. */
  readonly tokenid?: Bytes;
  /** In Minima, whatever is sent. */
  readonly burn?: MiniNumber;
  /** Into how many coins each recipient's amount is split; fractions are cut. */
  readonly split?: MiniNumber;
  /** Blocks that a coin must have on top. */
  readonly coinage?: MiniNumber;
  readonly state?: readonly StateVariable[];
  /** Whether the recipients' coins keep the state; they do if not given. */
  readonly storestate?: boolean;
  /** Spend coins of this address only, and send change there. */
  readonly fromAddress?: Bytes;
  /** Sign with this key only. */
  readonly signKey?: Bytes;
}

/** Makes a payment unsigned (spec 09 §11.2). Throws `WalletError`, and `ProtocolError` for amounts no number can hold. */
export function* planSend(request: SendRequest, context: PaymentContext): Slices<PaymentDraft> {
  const { source, wallet } = context;
  const { recipients, tokenid = ZERO_ID, burn = MiniNumber.ZERO, storestate = true, fromAddress } = request;
  if (burn.lessThan(MiniNumber.ZERO)) throw new WalletError("refused", `Cannot have negative burn ${burn}`);
  const split = checkedSplit(request.split ?? MiniNumber.ONE);
  const isMinima = equalBytes(tokenid, ZERO_ID);
  const sent = recipients.reduce((sum, { amount }) => sum.add(amount), MiniNumber.ZERO);
  const total = isMinima ? sent.add(burn) : sent;

  const found = yield* findCoins(request, context, tokenid);
  const token = found[0]?.token ?? null;
  const selected = yield* selectCoins(found, inMinima(token, total), source.isUsed);
  const { coins, collected } = yield* collectCoins(selected, total, source, (coin) => inTokens(coin.token, coin.amount));
  if (token !== null && coins.length > 0 && token.script !== PLAIN_TOKEN_SCRIPT)
    throw new WalletError("funds", `Token script is not simple : ${token.script}`);
  if (collected.lessThan(total)) throw new WalletError("funds", `Insufficient funds.. you only have ${collected} require:${total}`);
  checkTotal(token, total);

  const kind = { tokenid, token };
  const outputs = recipients.flatMap(({ address, amount }) =>
    splitAmount(exactMinima(token, amount), split, address).map((part) => outputCoin(address, part, { ...kind, storestate })),
  );
  const change = changeOutputs(inMinima(token, collected.sub(total)), () => fromAddress ?? wallet.getAddress().address, kind);
  const main = yield* makeDraft(
    {
      inputs: coins,
      outputs: [...outputs, ...change],
      state: request.state ?? [],
      ...(request.signKey === undefined ? {} : { signKey: request.signKey }),
    },
    context,
  );
  const burnsApart = !isMinima && burn.moreThan(MiniNumber.ZERO);
  return { main, burn: burnsApart ? yield* makeBurnDraft(burn, main.transaction, context) : NO_DRAFT };
}

function checkedSplit(split: MiniNumber): MiniNumber {
  const parts = split.floor();
  if (parts.lessThan(MiniNumber.ONE) || parts.moreThan(MiniNumber.of(MAX_SPLIT)))
    throw new WalletError("refused", `Split must be whole number from 1 to ${MAX_SPLIT}`);
  return parts;
}

/** The age a coin must have: as asked, and never less than the network's depth of confirmation. */
export function checkedCoinage(coinage: MiniNumber | undefined, { params }: PaymentContext): MiniNumber {
  const least = MiniNumber.of(params.confirmationDepth);
  const age = coinage ?? least;
  if (age.lessThan(least)) throw new WalletError("refused", `Coinage MUST be >= ${least}`);
  return age;
}

function* findCoins({ coinage, fromAddress }: SendRequest, context: PaymentContext, tokenid: Bytes): Slices<Coin[]> {
  const age = checkedCoinage(coinage, context);
  const found =
    fromAddress === undefined
      ? yield* spendableCoins(context, tokenid, age)
      : yield* confirmedCoins(context.source, tokenid, age, ({ address }) => equalBytes(address, fromAddress));
  if (found.length === 0) throw new WalletError("refused", `No Coins of tokenid:${toHex0x(tokenid)} available!`);
  return found;
}

const inMinima = (token: Token | null, amount: MiniNumber): MiniNumber => (token === null ? amount : minimaAmount(token, amount));
const inTokens = (token: Token | null, amount: MiniNumber): MiniNumber => (token === null ? amount : tokenAmount(token, amount));

function checkTotal(token: Token | null, total: MiniNumber): void {
  if (token !== null) exactMinima(token, total);
  else if (!total.isValidAmount()) throw new WalletError("refused", `Invalid Minima amount to send.. ${total}`);
}

/** The Minima of an amount; of tokens only when nothing is lost on the way (spec 09 §11.2 step 9). */
function exactMinima(token: Token | null, amount: MiniNumber): MiniNumber {
  const minima = inMinima(token, amount);
  if (!inTokens(token, minima).equals(amount)) throw new WalletError("refused", `Invalid Token amount to send.. ${amount}`);
  return minima;
}

/** Equal parts of an amount, and what the division left over as one part more (spec 09 §11.2 step 10). */
function splitAmount(amount: MiniNumber, split: MiniNumber, address: Bytes): MiniNumber[] {
  const part = amount.div(split);
  if (part.lessOrEqual(MiniNumber.ZERO))
    throw new WalletError("refused", `Cannot have ZERO output - output is too small for this user.. ${toHex0x(address)}`);
  const parts = Array.from({ length: split.toInt32() }, () => part);
  const rest = amount.sub(parts.reduce((sum, item) => sum.add(item), MiniNumber.ZERO));
  return rest.moreThan(MiniNumber.ZERO) ? [...parts, rest] : parts;
}
