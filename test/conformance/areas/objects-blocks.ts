import { GENESIS_COIN } from "../../../host/chain/genesis.js";
import { MMR } from "../../../host/chain/mmr/mmr.js";
import { runSteps } from "../../../host/chain/steps.js";
import { applyTxBlock, hasRightRoot, makeTxBlock } from "../../../host/chain/txblock.js";
import { toHex0x } from "../../../host/protocol/bytes.js";
import { writeCoin } from "../../../host/protocol/coin.js";
import type { JsonValue } from "../../../host/protocol/json.js";
import { printJson } from "../../../host/protocol/json.js";
import { coinToJSON } from "../../../host/protocol/json-views/coin-json.js";
import { coinProofToJSON, mmrDataToJSON, mmrEntryToJSON } from "../../../host/protocol/json-views/proof-json.js";
import { coinLeaf, spentCoinLeaf } from "../../../host/protocol/mmr-node.js";
import type { MMRData } from "../../../host/protocol/mmr-objects.js";
import { decode } from "../../../host/protocol/reader.js";
import { recodedState } from "../../../host/protocol/state-variable.js";
import { readTxBlock, type TxBlock, writeTxBlock } from "../../../host/protocol/txblock.js";
import { readTxPoW, txpowId } from "../../../host/protocol/txpow.js";
import { encode } from "../../../host/protocol/writer.js";
import type { Case } from "../area.js";
import { same } from "../checks.js";
import { fromHex } from "./base-bytes.js";
import type { Derived } from "./objects-derived.js";
import { checkObject, type ObjectVector } from "./objects-vectors.js";

const plain = (value: JsonValue): unknown => JSON.parse(printJson(value));

/** What a TxBlock contains, and what applying it gives. */
export function blockDerived(block: TxBlock): Derived {
  const { header } = block.txpow;
  const { mmr, created } = runSteps(applyTxBlock(block, null)).result;
  const root = mmr.root();
  return {
    txpowid: () => toHex0x(txpowId(block.txpow)),
    block: () => header.block.toString(),
    mmrroot: () => toHex0x(root?.hash ?? new Uint8Array(0)),
    mmrtotal: () => root?.value.toString(),
    headermmr: () => toHex0x(header.mmr),
    headertotal: () => header.total.toString(),
    entrynumber: () => String(mmr.next),
    peaks_after: () => mmr.peaks().map((peak) => plain(mmrEntryToJSON(peak))),
    previouspeaks: () => block.previousPeaks.map((peak) => plain(mmrEntryToJSON(peak))),
    spentcoins: () => block.spentCoins.map((proof) => plain(coinProofToJSON(proof))),
    newcoins_as_carried: () => block.newCoins.map((coin) => plain(coinToJSON(coin))),
    allcoins_applied: () => [
      ...block.spentCoins.map(({ coin }) => applied({ ...coin, spent: 1, state: recodedState(coin.state) }, spentCoinLeaf(coin))),
      ...created.map((coin) => applied(coin, coinLeaf(coin))),
    ],
  };
}

function applied(coin: Parameters<typeof coinToJSON>[0], leaf: MMRData): unknown {
  return { coin: plain(coinToJSON(coin)), hex: toHex0x(encode(writeCoin, coin)), leaf: plain(mmrDataToJSON(leaf)) };
}

/** Objects, TxBlocks with what they do. */
export function checkBlock(vector: ObjectVector): void {
  checkObject(vector, vector.object === "TxBlock" ? blockDerived : undefined);
}

interface ChainVector extends ObjectVector {
  readonly txpow: string;
  readonly txns: readonly string[];
}

/** Blocks on top of each other, made from their TxPoWs. */
export function* blockChain(data: unknown): Iterable<Case> {
  let parent = new MMR(0);
  parent.add(coinLeaf(GENESIS_COIN));
  parent.finalise();
  for (const vector of data as readonly ChainVector[])
    yield {
      name: vector.name,
      run() {
        const txpow = decode(readTxPoW, fromHex(vector.txpow));
        const listed = vector.txns.map((hex) => decode(readTxPoW, fromHex(hex)));
        const block = runSteps(makeTxBlock(parent, txpow, listed)).result;
        same(toHex0x(encode(writeTxBlock, block)), vector.hex, "TxBlock");
        const { mmr } = runSteps(applyTxBlock(decode(readTxBlock, fromHex(vector.hex ?? "")), parent)).result;
        same(hasRightRoot(mmr, txpow), true, "root");
        checkBlock(vector);
        parent = mmr;
      },
    };
}
