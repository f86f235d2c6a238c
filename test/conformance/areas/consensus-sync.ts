import { runSteps } from "../../../host/chain/steps.js";
import { weightText } from "../../../host/chain/weight.js";
import { parseHex, toHex0x } from "../../../host/protocol/bytes.js";
import { writeCascadeNodes } from "../../../host/protocol/cascade.js";
import { decode } from "../../../host/protocol/reader.js";
import { readTxBlock } from "../../../host/protocol/txblock.js";
import { txpowId } from "../../../host/protocol/txpow.js";
import type { Case } from "../area.js";
import { same } from "../checks.js";
import { type ChainFile, decodeTxPoW, plainDecimal, RecordedChain, type StateRow, wireHex } from "../recorded-chain.js";

/** A file `sync-N`: a fresh node after one IBD of a recorded chain. */
interface SyncFile {
  readonly chain: string;
  readonly ibdblocks: readonly string[];
  readonly final: StateRow & {
    readonly cascade: string;
    readonly cascadelength: string;
    readonly cascadeweight: string;
    readonly archived: string;
  };
}

export function* syncCases(data: unknown, _text: string, sibling: (name: string) => unknown): Iterable<Case> {
  const { chain: name, ibdblocks, final } = data as SyncFile;
  const file = sibling(name) as ChainFile;
  const recorded = new RecordedChain(file);
  recorded.begin(decodeTxPoW(file.genesis));
  const txblocks = new Map(file.blocks.map(({ txpowid, txblock }) => [txpowid, txblock]));
  const blocks = ibdblocks.map((id) => decode(readTxBlock, parseHex(txblocks.get(id) ?? "")));
  const { result, effects } = runSteps(recorded.chain.receiveIBD({ cascade: null, blocks }, "peer"));
  recorded.store.apply(effects);
  const { chain, store } = recorded;
  yield {
    name: "blocks",
    run: () =>
      same(
        blocks.map(({ txpow }) => toHex0x(txpowId(txpow))),
        ibdblocks,
      ),
  };
  yield { name: "result", run: () => same(result, { added: ibdblocks.length, refused: undefined }) };
  yield {
    name: "state",
    run() {
      const { tip, tipblock, root, length, treesize, mempool } = final;
      same(recorded.state(), { tip, tipblock, root, length, treesize, mempool });
    },
  };
  yield {
    name: "cascade",
    run: () =>
      same(
        {
          cascade: wireHex(writeCascadeNodes, chain.cascade.nodes),
          length: String(chain.cascade.nodes.length),
          weight: plainDecimal(weightText(chain.cascade.weight)),
          archived: String(store.archive.length),
        },
        { cascade: final.cascade, length: final.cascadelength, weight: plainDecimal(final.cascadeweight), archived: final.archived },
      ),
  };
}
