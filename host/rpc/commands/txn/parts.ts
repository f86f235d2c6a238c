import { MAX_PARTS } from "../../../node/custom-transactions.js";
import { findUnspent } from "../../../node/find-coin.js";
import type { MinimoteNode } from "../../../node/node.js";
import { type Bytes, FLOATING_ID, parseHex, ZERO_ID } from "../../../protocol/bytes.js";
import { type Coin, readCoin } from "../../../protocol/coin.js";
import type { JsonValue } from "../../../protocol/json.js";
import { EMPTY_PROOF, readMMRProof } from "../../../protocol/mmr-objects.js";
import { decode } from "../../../protocol/reader.js";
import { stateVariableFromText } from "../../../protocol/state-variable.js";
import { minimaAmount } from "../../../protocol/token.js";
import { readScriptProof, type ScriptProof, writeScriptProof } from "../../../protocol/witness.js";
import { encode } from "../../../protocol/writer.js";
import { withCoinBasics } from "../../../wallet/custom-proofs.js";
import { withCoins, withProofs, withState } from "../../../wallet/custom-transaction.js";
import { outputCoin } from "../../../wallet/payment.js";
import { CommandError, type Params } from "../../params.js";
import { addressBytes, portOf } from "../send.js";
import { knownToken } from "../tokens.js";
import { changed, kept, rowOf, type TxnCommand, tokenParam } from "./common.js";

/** `txninput`: add a coin that is spent (spec 09 §14). */
export const txninput: TxnCommand = {
  name: "txninput",
  summary: "Add a coin to spend to a transaction",
  details: `txninput id: coinid: | coindata: | address: amount: (tokenid:) (floating:true) (scriptmmr:true)

id: the transaction.
coinid: a coin of the chain.
coindata: a coin as HEX, also one that is not in the chain yet.
address: spend any coin of this address, amount and tokenid: which one is decided when the transaction is posted.
amount: of that coin, in Minima also for tokens.
tokenid: of that coin, Minima if not given.
floating: let any coin like the given one be spent in its place.
scriptmmr: add the proof and the script of the coin at once.

txninput id:shop1 coinid:0x...
txninput id:shop1 floating:true address:Mx... amount:10`,
  params: ["id", "coinid", "coindata", "floating", "address", "amount", "tokenid", "scriptmmr"],
  write: true,
  run: async (params, node) => {
    rowOf(params, node);
    const coin = await inputCoin(params, node);
    const basics = params.boolean("scriptmmr", false);
    return changed(params, node, async (row) => {
      const next = withCoins(row, [coin], []);
      return basics ? node.payments.planned((context) => withCoinBasics(next, [coin], context, true)) : next;
    });
  },
};

async function inputCoin(params: Params, node: MinimoteNode): Promise<Coin> {
  const coin = await givenCoin(params, node);
  return params.boolean("floating", false) ? { ...coin, coinid: FLOATING_ID } : coin;
}

async function givenCoin(params: Params, node: MinimoteNode): Promise<Coin> {
  if (params.has("coinid")) {
    const coin = await node.turns.run(findUnspent(node, params.data("coinid")));
    if (coin === undefined) throw new CommandError(`CoinID not found : ${params.string("coinid")}`);
    return coin;
  }
  if (params.has("coindata")) return decodeCoin(params.data("coindata"));
  const address = addressBytes(params.string("address"));
  const amount = params.number("amount");
  const tokenid = params.has("tokenid") ? params.data("tokenid") : ZERO_ID;
  const coin = outputCoin(address, amount, { storestate: true, tokenid, token: (await knownToken(node, tokenid)) ?? null });
  return { ...coin, coinid: FLOATING_ID };
}

function decodeCoin(bytes: Bytes): Coin {
  try {
    return decode(readCoin, bytes);
  } catch {
    throw new CommandError("ERROR importing coin data");
  }
}

/** `txnoutput`: add a coin that is made. */
export const txnoutput: TxnCommand = {
  name: "txnoutput",
  summary: "Add a coin to make to a transaction",
  details: `txnoutput id: amount: address: (tokenid:) (storestate:false)

What the inputs are worth more than the outputs is burnt: add an output for the change.

id: the transaction.
amount: in tokens when a token is sent.
address: who gets it.
tokenid: Minima if not given.
storestate: whether the coin keeps the state of the transaction; it does if not given.

txnoutput id:shop1 amount:10 address:Mx...
txnoutput id:shop1 amount:2.5 address:Mx... tokenid:0x... storestate:false`,
  params: ["id", "amount", "address", "tokenid", "storestate"],
  write: true,
  run: async (params, node) => {
    const amount = params.number("amount");
    const address = params.address("address");
    const { tokenid, token } = await tokenParam(params, node);
    const row = rowOf(params, node);
    const minima = token === null ? amount : minimaAmount(token, amount);
    const storestate = params.boolean("storestate", true);
    return kept(withCoins(row, [], [outputCoin(addressBytes(address), minima, { storestate, tokenid, token })]), node);
  },
};

/** `txnstate`: set a state variable. */
export const txnstate: TxnCommand = {
  name: "txnstate",
  summary: "Set a state variable of a transaction",
  details: `txnstate id: port: value:

id: the transaction.
port: 0 to 255; another value at the same port is replaced.
value: a number, 0x... or Mx.. as HEX, true or false, or text in square brackets.

txnstate id:shop1 port:0 value:0xFF
txnstate id:shop1 port:1 value:"[order 4711]"`,
  params: ["id", "port", "value"],
  write: true,
  run: (params, node) => {
    const port = params.string("port");
    const value = params.string("value");
    const row = rowOf(params, node);
    return kept(withState(row, stateVariableFromText(portOf(port), value)), node);
  },
};

/** `txnscript`: add scripts the inputs need. */
export const txnscript: TxnCommand = {
  name: "txnscript",
  summary: "Add scripts to a transaction that this node does not know",
  details: `txnscript id: scripts:{"SCRIPT":"PROOF",..}

id: the transaction.
scripts: each script with its MAST proof as mmrcreate gives it; an empty proof for a script that is an address by itself.

txnscript id:shop1 scripts:{"RETURN TRUE":""}`,
  params: ["id", "scripts"],
  write: true,
  run: (params, node) => {
    const scripts = params.object("scripts");
    if (scripts.size > MAX_PARTS) throw new CommandError("Too many scripts");
    const row = rowOf(params, node);
    return kept(
      withProofs(
        row,
        [],
        Array.from(scripts, ([script, proof]) => scriptProof(script, proof)),
      ),
      node,
    );
  },
};

/** Throws `CommandError`. */
function scriptProof(script: string, proof: JsonValue): ScriptProof {
  if (typeof proof !== "string") throw new CommandError(`the proof of a script must be text : ${script}`);
  if (proof === "") return { script, proof: EMPTY_PROOF };
  try {
    // Encoded and read again: a proof that has no address is refused there.
    return decode(readScriptProof, encode(writeScriptProof, { script, proof: decode(readMMRProof, parseHex(proof)) }));
  } catch {
    throw new CommandError(`this is no proof : ${proof}`);
  }
}
