import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { toHex0x } from "../../protocol/bytes.js";
import { jsonObject } from "../../protocol/json.js";
import { txpowToJSON } from "../../protocol/json-views/txpow-json.js";
import { EMPTY_PROOF } from "../../protocol/mmr-objects.js";
import { type Transaction, transactionId } from "../../protocol/transaction.js";
import type { TxBody } from "../../protocol/txbody.js";
import { type TxPoW, txpowBytes } from "../../protocol/txpow.js";
import type { Witness } from "../../protocol/witness.js";
import { isSignedBy, withProofs, withSignature } from "../../wallet/custom-transaction.js";
import { WalletError } from "../../wallet/errors.js";
import type { Signer } from "../../wallet/payment.js";
import { planSend } from "../../wallet/send.js";
import type { Wallet } from "../../wallet/wallet.js";
import { type CommandAnswer, type RpcCommand, response } from "../command.js";
import { commandFile, readCommandFile, writeCommandFile } from "../files.js";
import { CommandError, type Params } from "../params.js";
import { buildUnsigned } from "./pay.js";
import { sendRequest } from "./send.js";
import { decodeTxPoW } from "./txn/post.js";
import { unlockedFor } from "./unlock.js";

type Command = RpcCommand<MinimoteNode>;

async function readTxPoWFile(params: Params, node: MinimoteNode): Promise<TxPoW & { readonly body: TxBody }> {
  const txpow = decodeTxPoW(await readCommandFile(commandFile(node.config.dataDir, params.string("file"))));
  const { header, body } = txpow;
  if (body === null) throw new CommandError("this TxPoW has no transaction");
  return { header, body };
}

async function writeTxPoWFile(txpow: TxPoW, name: string, node: MinimoteNode): Promise<CommandAnswer> {
  const file = commandFile(node.config.dataDir, name);
  await writeCommandFile(file, txpowBytes(txpow));
  return response(jsonObject(["txpow", file.path]));
}

/** `sendnosign`: make a payment for another machine to sign (spec 09 §11.6). */
const sendnosign: Command = {
  name: "sendnosign",
  summary: "Make a payment and write it into a file, for a machine with the keys to sign",
  details: `sendnosign address: amount: (tokenid:) (burn:) (split:) (state:) (file:)
sendnosign multi:["ADDRESS:AMOUNT",..] (..)

The way of a payment with keys that never go online: sendnosign here, sendview and sendsign on the machine with the keys, sendpost here.

address: who is paid, Mx... or 0x...
amount: how much, in units of the token.
multi: several receivers in one transaction, instead of address and amount.
tokenid: the token, Minima if not given.
state: state variables of the transaction, by port.
burn: Minima to burn.
split: into this many equal coins, 1 to 10.
dryrun: taken for compatibility.
file: the file to write; a plain name is kept in files below the data folder, any other place is given from the root.

sendnosign address:Mx... amount:1.5 file:rent.txn

Then, step by step:
sendview file:rent.txn
sendsign file:rent.txn
sendpost file:signedtransaction-1700000000000.txn`,
  params: ["address", "amount", "multi", "tokenid", "state", "burn", "split", "debug", "dryrun", "file"],
  write: true,
  run: async (params, node) => {
    const name = params.optionalString("file") ?? `unsignedtransaction-${Date.now()}.txn`;
    const txpow = await buildUnsigned(await node.payments.planned((context) => planSend(sendRequest(params), context)), node);
    return writeTxPoWFile(txpow, name, node);
  },
};

/** `sendview`: what is in a file. */
const sendview: Command = {
  name: "sendview",
  summary: "Show the payment in a file before it is signed or sent",
  details: `sendview file:

file: what sendnosign or sendsign wrote.

sendview file:rent.txn`,
  params: ["file"],
  write: true,
  run: async (params, node) => response(jsonObject(["txpow", txpowToJSON(await readTxPoWFile(params, node), localZone())])),
};

/** `sendsign`: sign the payment in a file. */
const sendsign: Command = {
  name: "sendsign",
  summary: "Sign the payment in a file, on the machine with the keys",
  details: `sendsign file: (password:)

Look at it with sendview first: everything in it is signed.

file: what sendnosign wrote.
password: the password of a locked wallet, which stays locked.

sendsign file:rent.txn`,
  params: ["file", "password"],
  write: true,
  run: async (params, node) => {
    const { header, body } = await readTxPoWFile(params, node);
    const password = node.wallet.isLocked ? params.optionalString("password") : undefined;
    const signed = await unlockedFor(password, node.wallet, async (signer) => ({
      ...body,
      witness: await signedWitness(body.transaction, body.witness, node.wallet, signer),
      burnWitness: await signedWitness(body.burnTransaction, body.burnWitness, node.wallet, signer),
    }));
    return writeTxPoWFile({ header, body: signed }, `signedtransaction-${Date.now()}.txn`, node);
  },
};

/** Signs once with each key of the inputs. Throws `WalletError`. */
async function signedWitness(transaction: Transaction, witness: Witness, wallet: Wallet, signer: Signer): Promise<Witness> {
  let row = { id: "", transaction, witness };
  for (const { address } of transaction.inputs) {
    const known = wallet.scriptOf(address);
    if (known === undefined) throw new WalletError("refused", `SERIOUS ERROR script missing for simple address : ${toHex0x(address)}`);
    row = withProofs(row, [], [{ script: known.script, proof: EMPTY_PROOF }]);
    if (!isSignedBy(row.witness, known.publicKey)) row = withSignature(row, await signer.sign(known.publicKey, transactionId(transaction)));
  }
  return row.witness;
}

/** `sendpost`: send the payment in a file. */
const sendpost: Command = {
  name: "sendpost",
  summary: "Mine and send the signed payment in a file",
  details: `sendpost file:

file: what sendsign wrote.

sendpost file:signedtransaction-1700000000000.txn`,
  params: ["file"],
  write: true,
  run: async (params, node) => {
    const { body } = await readTxPoWFile(params, node);
    const { txpow } = await node.payments.paySigned(body);
    return response(jsonObject(["txpow", txpowToJSON(txpow, localZone())]));
  },
};

export const OFFLINE_COMMANDS: readonly Command[] = [sendnosign, sendview, sendsign, sendpost];
