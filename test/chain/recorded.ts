import { fileURLToPath } from "node:url";
import { readJsonFile } from "../../host/cli/replay/recording.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import { type ChainFile, decodeTxPoW } from "../conformance/recorded-chain.js";

/** A recorded chain of the vectors. */
export function recordedChain(name: string): { readonly file: ChainFile; readonly genesis: TxPoW; readonly txpows: readonly TxPoW[] } {
  const file = readJsonFile(fileURLToPath(new URL(`../vectors/consensus/${name}.json.gz`, import.meta.url))) as ChainFile;
  return { file, genesis: decodeTxPoW(file.genesis), txpows: file.events.map(({ hex }) => decodeTxPoW(hex)) };
}
