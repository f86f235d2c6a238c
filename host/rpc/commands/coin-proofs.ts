import { findCoin } from "../../chain/coins.js";
import { isCoinProofValid } from "../../chain/mmr/coin-proof.js";
import { findUnspent } from "../../node/find-coin.js";
import type { MinimoteNode } from "../../node/node.js";
import { toHex0x } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import { jsonObject, RawJson } from "../../protocol/json.js";
import { coinToJSON } from "../../protocol/json-views/coin-json.js";
import { coinProofToJSON } from "../../protocol/json-views/proof-json.js";
import { decode } from "../../protocol/reader.js";
import { type CoinProof, readCoinProof, writeCoinProof } from "../../protocol/witness.js";
import { encode } from "../../protocol/writer.js";
import { proofMMR } from "../../wallet/payment.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { chainTip } from "./txn/common.js";

type Command = RpcCommand<MinimoteNode>;

/** Throws `CommandError`. */
function found(coin: Coin | undefined, params: Params): Coin {
  if (coin === undefined) throw new CommandError(`Coin not found coinid : ${params.string("coinid")}`);
  return coin;
}

/** Throws `CommandError`. */
function proofParam(params: Params): CoinProof {
  try {
    return decode(readCoinProof, params.data("data"));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError("this is not the data of a coin proof");
  }
}

/** `coinexport`: a coin with the proof that it is unspent (spec 09 §7.11). */
const coinexport: Command = {
  name: "coinexport",
  summary: "Give the proof of a coin, for somebody who does not know it",
  details: `coinexport coinid:

coinid: the coin.

coinexport coinid:0x05A9..`,
  params: ["coinid"],
  write: false,
  run: async (params, node) => {
    const coin = found(await node.turns.run(findUnspent(node, params.data("coinid"))), params);
    const { source } = node.payments.context();
    const proof = proofMMR([coin], source, node.params).proofToPeak(coin.mmrentry.unscaled);
    const proven = { coin, proof };
    return response(jsonObject(["coinproof", coinProofToJSON(proven)], ["data", toHex0x(encode(writeCoinProof, proven))]));
  },
};

/** `coincheck`: whether an exported coin is unspent. */
const coincheck: Command = {
  name: "coincheck",
  summary: "Check the proof of a coin",
  details: `coincheck data:

data: what coinexport gave.

coincheck data:0x0000..`,
  params: ["data"],
  write: false,
  run: (params, node) => {
    const proven = proofParam(params);
    if (proven.coin.spent !== 0) throw new CommandError("Coin is spent. Can only check UNSPENT coins.");
    return response(
      jsonObject(
        ["proofblock", new RawJson(proven.proof.blocktime.toString())],
        ["coin", coinToJSON(proven.coin)],
        ["valid", isCoinProofValid(chainTip(node).mmr, proven)],
      ),
    );
  },
};

/** `coinimport`: take in an exported coin. */
const coinimport: Command = {
  name: "coinimport",
  summary: "Take in a coin that this node does not know, with its proof",
  details: `coinimport data: (track:false)

data: what coinexport gave.
track: false keeps the coin without watching it as one of the wallet's.

coinimport data:0x0000..`,
  params: ["data", "track"],
  write: true,
  run: async (params, node) => {
    const proven = proofParam(params);
    switch (await node.importCoin(proven)) {
      case "spent":
        throw new CommandError("Coin is spent. Can only import UNSPENT coins.");
      case "invalid":
        throw new CommandError("Invalid MMR Proof");
      case "old":
        throw new CommandError(`TreeNode at Blocktime not found (proof too old): ${proven.proof.blocktime}`);
      case "known":
        await trackKnown(proven, node);
        break;
      case "imported":
        node.wallet.trackCoin(proven.coin, params.boolean("track", true));
        break;
    }
    return response(coinProofToJSON(proven));
  },
};

/** Throws `CommandError` when the coin is watched already, and for a wrong proof. */
async function trackKnown(proven: CoinProof, node: MinimoteNode): Promise<void> {
  const { tip } = node.chain;
  const coin = tip === null ? undefined : await node.turns.run(findCoin(tip, proven.coin.coinid));
  if (tip === null || coin === undefined || !isCoinProofValid(tip.mmr, proven)) throw new CommandError("Invalid MMR Proof");
  if (node.wallet.isRelevantCoin(coin)) throw new CommandError("Attempting to add relevant coin we already have");
  node.wallet.trackCoin(coin, true);
}

/** `cointrack`: watch a coin, or no more. */
const cointrack: Command = {
  name: "cointrack",
  summary: "Watch a coin as one of the wallet's, or no more",
  details: `cointrack enable: coinid:

enable: true watches the coin, false does no more.
coinid: the coin.

cointrack enable:true coinid:0x05A9..
cointrack enable:false coinid:0x05A9..`,
  params: ["enable", "coinid"],
  write: true,
  run: async (params, node) => {
    const coinid = params.data("coinid");
    const enable = params.string("enable") === "true";
    const coin = found(await node.turns.run(findCoin(chainTip(node), coinid)), params);
    if (enable && node.wallet.isRelevantCoin(coin)) return response("Coin already tracked");
    node.wallet.trackCoin(coin, enable);
    return response(enable ? "Coin added to track list" : "Coin removed from track list");
  },
};

export const COIN_PROOF_COMMANDS: readonly Command[] = [coinexport, coinimport, coincheck, cointrack];
