import type { MinimoteNode } from "../../node/node.js";
import type { PendingPayment, Plan } from "../../node/payments.js";
import { toHex0x, ZERO_ID } from "../../protocol/bytes.js";
import { type Coin, writeCoin } from "../../protocol/coin.js";
import { type JsonObject, jsonObject } from "../../protocol/json.js";
import { MiniNumber } from "../../protocol/number.js";
import { type TxPoW, txpowSize } from "../../protocol/txpow.js";
import { writeWitness } from "../../protocol/witness.js";
import { encode } from "../../protocol/writer.js";
import type { PaymentDraft } from "../../wallet/payment.js";
import type { Params } from "../params.js";
import { unlockedFor } from "./unlock.js";

/** A payment on its way, or with `dryrun:true` the TxPoW it would be made of, not signed. */
export type PaidOrTried =
  | { readonly pending: PendingPayment; readonly unsent?: undefined }
  | { readonly pending?: undefined; readonly unsent: TxPoW };

/** Pays as planned, reading the parameters `password` and `dryrun` (spec 09 §8.3, §11.1). Throws `WalletError`. */
export async function payOrTry(params: Params, node: MinimoteNode, plan: Plan<PaymentDraft>): Promise<PaidOrTried> {
  if (params.boolean("dryrun", false)) return tried(node, plan);
  const { payments, wallet } = node;
  const password = params.optionalString("password");
  // What is wrong with the payment counts before what is wrong with the password.
  if (password !== undefined) await payments.planned(plan);
  return unlockedFor(password, wallet, async (signer) => ({ pending: await payments.pay(plan, signer) }));
}

/** Needs no password: nothing is signed. */
async function tried(node: MinimoteNode, plan: Plan<PaymentDraft>): Promise<PaidOrTried> {
  const txpow = await buildUnsigned(await node.payments.planned(plan), node);
  // Shown as it is before it is made ready for mining (spec 09 §6).
  return { unsent: { ...txpow, header: { ...txpow.header, nonce: MiniNumber.ZERO, bodyhash: ZERO_ID } } };
}

/** The TxPoW of a payment that nobody has signed. Throws `WalletError` when it is larger than the network takes. */
export function buildUnsigned({ main, burn }: PaymentDraft, { payments }: MinimoteNode): Promise<TxPoW> {
  const { transaction, witness } = main;
  return payments.build({ transaction, witness, burnTransaction: burn.transaction, burnWitness: burn.witness });
}

/** How many bytes the parts of a TxPoW take (spec 09 §11.2). */
export function encodedSizes(txpow: TxPoW): JsonObject {
  const { transaction, witness } = txpow.body ?? {};
  const sizesOf = (coins: readonly Coin[] = []): JsonObject =>
    jsonObject(...coins.map((coin) => [toHex0x(coin.coinid), encode(writeCoin, coin).length] as const));
  return jsonObject(
    ["txpow", txpowSize(txpow)],
    ["inputcoins", sizesOf(transaction?.inputs)],
    ["outputcoins", sizesOf(transaction?.outputs)],
    ["witness", witness === undefined ? 0 : encode(writeWitness, witness).length],
  );
}
