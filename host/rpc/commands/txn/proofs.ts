import { hasValidAmounts } from "../../../chain/validation/amounts.js";
import { CREATE_TOKEN_ID, equalBytes, toHex0x, ZERO_ID } from "../../../protocol/bytes.js";
import type { Coin } from "../../../protocol/coin.js";
import { type JsonObject, jsonObject } from "../../../protocol/json.js";
import { MiniNumber } from "../../../protocol/number.js";
import { type Transaction, transactionBurn } from "../../../protocol/transaction.js";
import { withInputProofs } from "../../../wallet/custom-proofs.js";
import { response } from "../../command.js";
import { changed, rowOf, type TxnCommand, withFoundBasics } from "./common.js";

/** `txnbasics`: add proofs and scripts of the inputs that can be found (spec 09 §14). */
export const txnbasics: TxnCommand = {
  name: "txnbasics",
  summary: "Add the proofs and scripts of all inputs known here",
  details: `txnbasics id:

To be run once, when all inputs are there: proofs that are there already are not replaced (use txnclear before).

id: the transaction.

txnbasics id:shop1`,
  params: ["id"],
  write: true,
  run: (params, node) => changed(params, node, (row) => withFoundBasics(row, false, node)),
};

/** `txnmmr`: add only the proofs of the inputs. */
export const txnmmr: TxnCommand = {
  name: "txnmmr",
  summary: "Add the MMR proofs of all inputs, without scripts",
  details: `txnmmr id:

For coins whose scripts you add yourself with txnscript.

id: the transaction.

txnmmr id:shop1`,
  params: ["id"],
  write: true,
  run: (params, node) => changed(params, node, (row) => node.payments.planned((context) => withInputProofs(row, context))),
};

/** `txncheck`: what a transaction does and whether it would be accepted now. */
export const txncheck: TxnCommand = {
  name: "txncheck",
  summary: "Show what a transaction does, and whether it is valid",
  details: `txncheck id:

Look at "burn": it is lost when the transaction is posted. All of "valid" must be true for the network to take it.

id: the transaction.

txncheck id:shop1`,
  params: ["id"],
  write: true,
  run: async (params, node) => {
    const { transaction, witness } = rowOf(params, node);
    const coins = tokenFlows(transaction);
    const { basic, signatures, mmrproofs, scripts } = await node.judge(transaction, witness);
    return response(
      jsonObject(
        ["coins", coins],
        ["tokens", coins.length],
        ["inputs", transaction.inputs.length],
        ["outputs", transaction.outputs.length],
        ["burn", transactionBurn(transaction).toString()],
        ["validamounts", hasValidAmounts(transaction)],
        ["signatures", witness.signatures.length],
        ["valid", jsonObject(["basic", basic], ["signatures", signatures], ["mmrproofs", mmrproofs], ["scripts", scripts])],
      ),
    );
  },
};

/** The Minima that go in and out of each token, in order of first appearance; what creates a token counts as Minima. */
function tokenFlows({ inputs, outputs }: Transaction): JsonObject[] {
  const into = sumByToken(inputs);
  const out = sumByToken(outputs);
  return Array.from(new Set([...into.keys(), ...out.keys()]), (tokenid) => {
    const input = into.get(tokenid) ?? MiniNumber.ZERO;
    const output = out.get(tokenid) ?? MiniNumber.ZERO;
    return jsonObject(
      ["tokenid", tokenid],
      ["input", input.toString()],
      ["output", output.toString()],
      ["difference", input.sub(output).toString()],
    );
  });
}

function sumByToken(coins: readonly Coin[]): ReadonlyMap<string, MiniNumber> {
  const sums = new Map<string, MiniNumber>();
  for (const { tokenid, amount } of coins) {
    const key = toHex0x(equalBytes(tokenid, CREATE_TOKEN_ID) ? ZERO_ID : tokenid);
    sums.set(key, (sums.get(key) ?? MiniNumber.ZERO).add(amount));
  }
  return sums;
}
