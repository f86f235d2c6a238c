import { localZone } from "../../../node/local-zone.js";
import type { MinimoteNode } from "../../../node/node.js";
import type { PendingPayment } from "../../../node/payments.js";
import { type Bytes, equalBytes, toHex0x } from "../../../protocol/bytes.js";
import { type JsonValue, jsonObject } from "../../../protocol/json.js";
import { txpowToJSON } from "../../../protocol/json-views/txpow-json.js";
import { MiniNumber } from "../../../protocol/number.js";
import type { Signature } from "../../../protocol/signature.js";
import { transactionId } from "../../../protocol/transaction.js";
import type { TxnRow } from "../../../protocol/txn-row.js";
import { isSignedBy, withSignature } from "../../../wallet/custom-transaction.js";
import type { Signer } from "../../../wallet/payment.js";
import { response } from "../../command.js";
import { CommandError, type Params } from "../../params.js";
import { paidTxPoW } from "../mined.js";
import { unlockedFor } from "../unlock.js";
import { rowOf, type TxnCommand } from "./common.js";
import { type PostOptions, pendingPost } from "./post.js";

/** `txnsign`: sign a transaction, and perhaps post it (spec 09 §14). */
export const txnsign: TxnCommand = {
  name: "txnsign",
  summary: "Sign a transaction, and post it if you like",
  details: `txnsign id: publickey:auto|custom|0x... (privatekey:) (keyuses:) (password:) (txnpostauto:true) (txnpostburn:) (txnpostmine:true) (txndelete:true)

id: the transaction.
publickey: auto signs for every input of an address of this wallet; a key of this wallet signs as it is; custom takes privatekey.
privatekey: with custom, the private key as keys action:genkey gives it.
keyuses: with custom, how often that key has signed so far. NEVER give the same number twice: whoever sees two signatures of one use can spend your coins.
password: the password of a locked wallet, which stays locked.
txnpostauto: also post it; true adds proofs and scripts before, which must not be there yet.
txnpostburn: burn so many Minima of this wallet beside it.
txnpostmine: wait until it is mined.
txndelete: forget it once it is posted.

txnsign id:shop1 publickey:auto
txnsign id:shop1 publickey:auto txnpostauto:true txndelete:true
txnsign id:shop1 publickey:custom privatekey:0x... keyuses:3`,
  params: ["id", "publickey", "txndelete", "txnpostauto", "txnpostburn", "txnpostmine", "password", "privatekey", "keyuses"],
  write: true,
  run: async (params, node) => {
    const row = rowOf(params, node);
    const password = node.wallet.isLocked ? params.optionalString("password") : undefined;
    const { signed, pending } = await unlockedFor(password, node.wallet, async (signer) => {
      const made = await makeSignatures(row, params, node, signer);
      const next = node.transactions.put(signedRow(row.id, made.signatures, row, node));
      return { signed: made, pending: params.has("txnpostauto") ? await pendingPost(next, postOptions(params), node, signer) : null };
    });
    return response(
      jsonObject(
        ["keys", signed.keys.map(toHex0x)],
        signed.nonsimple.length > 0 ? ["nonsimple", signed.nonsimple.map(toHex0x)] : undefined,
        signed.notfound.length > 0 ? ["notfound", signed.notfound.map(toHex0x)] : undefined,
        ...(pending === null ? [["txnpost", false] as const] : await posted(row.id, pending, params, node)),
      ),
    );
  },
};

interface Signed {
  readonly signatures: readonly Signature[];
  /** The wallet keys that signed. */
  readonly keys: readonly Bytes[];
  /** Addresses of inputs that nobody was asked to sign for. */
  readonly nonsimple: readonly Bytes[];
  readonly notfound: readonly Bytes[];
}

const NOTHING: Signed = { signatures: [], keys: [], nonsimple: [], notfound: [] };

async function makeSignatures(row: TxnRow, params: Params, node: MinimoteNode, signer: Signer): Promise<Signed> {
  const publickey = params.string("publickey");
  if (publickey === "auto") return signAuto(row, node, signer);
  if (publickey === "custom") return { ...NOTHING, signatures: [await signCustom(row, params, node)] };
  const key = node.wallet.keys().find((known) => toHex0x(known.publicKey) === publickey)?.publicKey;
  if (key === undefined) throw new CommandError(`Public Key not found : ${publickey}`);
  return { ...NOTHING, signatures: [await signer.sign(key, transactionId(row.transaction))], keys: [key] };
}

/** Signs for every input of a simple address, once for each key that has not signed. */
export async function signAuto({ transaction, witness }: TxnRow, { wallet }: MinimoteNode, signer: Signer): Promise<Signed> {
  const keys: Bytes[] = [];
  const nonsimple: Bytes[] = [];
  const notfound: Bytes[] = [];
  for (const { address } of transaction.inputs) {
    const script = wallet.scriptOf(address);
    if (script === undefined) notfound.push(address);
    else if (!script.simple) nonsimple.push(address);
    else if (!isSignedBy(witness, script.publicKey) && !keys.some((key) => equalBytes(key, script.publicKey))) keys.push(script.publicKey);
  }
  const signatures: Signature[] = [];
  for (const key of keys) signatures.push(await signer.sign(key, transactionId(transaction)));
  return { signatures, keys, nonsimple, notfound };
}

/** Signs with a key the caller keeps. Throws `WalletError`. */
export async function signCustom({ transaction }: TxnRow, params: Params, { wallet }: MinimoteNode): Promise<Signature> {
  const privatekey = params.secret("privatekey");
  try {
    return await wallet.signWith(privatekey, params.number("keyuses").toInt32(), transactionId(transaction));
  } finally {
    privatekey.fill(0);
  }
}

/** The row as it is by now, with signatures of what it was. Throws `CommandError` when it has become another transaction. */
export function signedRow(id: string, signatures: readonly Signature[], before: TxnRow, { transactions }: MinimoteNode): TxnRow {
  const row = transactions.get(id);
  if (row === undefined || !equalBytes(transactionId(row.transaction), transactionId(before.transaction)))
    throw new CommandError(`Transaction was changed while it was signed : ${id}`);
  return signatures.reduce(withSignature, row);
}

function postOptions(params: Params): PostOptions {
  return { auto: params.boolean("txnpostauto", false), burn: params.numberOr("txnpostburn", MiniNumber.ZERO) };
}

async function posted(
  id: string,
  pending: PendingPayment,
  params: Params,
  { transactions }: MinimoteNode,
): Promise<(readonly [string, JsonValue])[]> {
  const { auto, burn } = postOptions(params);
  const mine = params.boolean("txnpostmine", false);
  const txpow = await paidTxPoW(pending, mine);
  const deleted = params.boolean("txndelete", false);
  if (deleted) transactions.remove(id);
  return [
    ["txnpost", true],
    ["txnpostauto", auto],
    ["txnpostburn", burn.toString()],
    ["txnpostmine", mine],
    ["txpow", txpowToJSON(txpow, localZone())],
    ["delete", deleted],
  ];
}
