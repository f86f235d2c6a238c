import { DEFAULT_MAGIC_VALUES, nextMagic } from "../../../host/chain/magic.js";
import { hasValidAmounts } from "../../../host/chain/validation/amounts.js";
import { stateSize } from "../../../host/chain/validation/state-size.js";
import { blockWeight, weightText } from "../../../host/chain/weight.js";
import { toHex0x } from "../../../host/protocol/bytes.js";
import { type Coin, writeCoin } from "../../../host/protocol/coin.js";
import { hashObject } from "../../../host/protocol/hash.js";
import { printJson } from "../../../host/protocol/json.js";
import { mmrDataToJSON } from "../../../host/protocol/json-views/proof-json.js";
import { magicToJSON } from "../../../host/protocol/json-views/txpow-json.js";
import { type Magic, writeMagic } from "../../../host/protocol/magic.js";
import { type Greeting, greetingRootBlock } from "../../../host/protocol/messages/greeting.js";
import type { Pulse } from "../../../host/protocol/messages/pulse.js";
import { coinLeaf, foldProof, outputCoinId, scriptProofAddress, signatureRootKey, spentCoinLeaf } from "../../../host/protocol/mmr-node.js";
import type { MMRData } from "../../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import type { Signature } from "../../../host/protocol/signature.js";
import type { StateVariable } from "../../../host/protocol/state-variable.js";
import { minimaAmount, type Token, tokenAmount, tokenDecimals, tokenId, tokenTotal } from "../../../host/protocol/token.js";
import { isEmptyTransaction, sumAmounts, type Transaction, transactionBurn, transactionId } from "../../../host/protocol/transaction.js";
import { bodyHash, type TxBody } from "../../../host/protocol/txbody.js";
import { type TxHeader, writeTxHeader } from "../../../host/protocol/txheader.js";
import {
  carriesTransaction,
  isBlock,
  isTransaction,
  parentId,
  sizeWithoutBlockTransactions,
  superLevel,
  type TxPoW,
  txpowBurn,
  txpowId,
  txpowSize,
} from "../../../host/protocol/txpow.js";
import type { CoinProof, ScriptProof } from "../../../host/protocol/witness.js";
import { encode } from "../../../host/protocol/writer.js";

/** Derived values as the vectors print them, by name. */
export type Derived = Readonly<Record<string, () => unknown>>;

const plain = (value: Parameters<typeof printJson>[0]): unknown => JSON.parse(printJson(value));
const node = (data: MMRData): unknown => plain(mmrDataToJSON(data));

/** Weights print with the trailing zeros of their seven digits; only the value counts. */
export const trimZeros = (text: unknown): unknown => (typeof text === "string" && text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** What can be derived from an object of each kind (the `ids` of a vector). */
export const derivedOf: Readonly<Record<string, (object: never) => Derived>> = {
  StateVariable: (variable: StateVariable) => ({ text: () => variable.text }),
  Token: (token: Token) => ({
    tokenid: () => toHex0x(tokenId(token)),
    decimals: () => String(tokenDecimals(token)),
    total: () => tokenTotal(token).toString(),
    minima_of_1_token: () => minimaAmount(token, MiniNumber.ONE).toString(),
  }),
  Coin: (coin: Coin) => ({
    hash: () => toHex0x(hashObject(writeCoin, coin)),
    leaf: () => node(coinLeaf(coin)),
    spentleaf: () => node(spentCoinLeaf(coin)),
    tokenamount: () => (coin.token === null ? coin.amount : tokenAmount(coin.token, coin.amount)).toString(),
  }),
  CoinProof: (proof: CoinProof) => ({
    leaf: () => node(coinLeaf(proof.coin)),
    peak: () => node(foldProof(coinLeaf(proof.coin), proof.proof)),
  }),
  ScriptProof: (proof: ScriptProof) => ({ address: () => toHex0x(scriptProofAddress(proof)) }),
  Signature: (signature: Signature) => ({
    rootpublickey: () => (signature.proofs.length === 0 ? null : toHex0x(signatureRootKey(signature))),
  }),
  Transaction: (transaction: Transaction) => ({
    transactionid: () => toHex0x(transactionId(transaction)),
    isempty: () => isEmptyTransaction(transaction),
    suminputs: () => sumAmounts(transaction.inputs).toString(),
    sumoutputs: () => sumAmounts(transaction.outputs).toString(),
    burn: () => transactionBurn(transaction).toString(),
    checkvalid: () => hasValidAmounts(transaction),
    statesize: () => stateSize(transaction),
    outputcoinids_base_firstinput: () => {
      const [first] = transaction.inputs;
      return first === undefined ? [] : transaction.outputs.map((_, i) => toHex0x(outputCoinId(first.coinid, i)));
    },
    outputcoinids_base_transactionid: () => transaction.outputs.map((_, i) => toHex0x(outputCoinId(transactionId(transaction), i))),
  }),
  Magic: (magic: Magic) => ({
    next: () => plain(magicToJSON(nextMagic(magic, DEFAULT_MAGIC_VALUES))),
    nexthex: () => toHex0x(encode(writeMagic, nextMagic(magic))),
  }),
  TxHeader: (header: TxHeader) => ({ txpowid: () => toHex0x(hashObject(writeTxHeader, header)) }),
  TxBody: (body: TxBody) => ({
    bodyhash: () => toHex0x(bodyHash(body)),
    transactionid: () => toHex0x(transactionId(body.transaction)),
    burntransactionid: () => toHex0x(transactionId(body.burnTransaction)),
  }),
  TxPoW: (txpow: TxPoW) => ({
    txpowid: () => toHex0x(txpowId(txpow)),
    isblock: () => isBlock(txpow),
    superlevel: () => superLevel(txpow),
    weight: () => weightText(blockWeight(txpow)),
    size: () => txpowSize(txpow),
    sizewithoutblocktxns: () => sizeWithoutBlockTransactions(txpow),
    parentid: () => toHex0x(parentId(txpow)),
    headerbodyhash: () => toHex0x(txpow.header.bodyhash),
    carriestransaction: () => carriesTransaction(txpow),
    istransaction: () => isTransaction(txpow),
    burn: () => txpowBurn(txpow).toString(),
    ...(txpow.body === null ? {} : bodyIds(txpow.body)),
  }),
  Greeting: (greeting: Greeting) => ({
    version: () => greeting.version,
    extra: () => (greeting.extra === null ? null : plain(greeting.extra)),
    topblock: () => greeting.topBlock.toString(),
    rootblock: () => greetingRootBlock(greeting).toString(),
    chain: () => greeting.chain.map(toHex0x),
  }),
  Pulse: (pulse: Pulse) => ({ ids: () => pulse.ids.map(toHex0x) }),
};

function bodyIds(body: TxBody): Derived {
  return {
    bodyhash: () => toHex0x(bodyHash(body)),
    transactionid: () => toHex0x(transactionId(body.transaction)),
    burntransactionid: () => toHex0x(transactionId(body.burnTransaction)),
  };
}
