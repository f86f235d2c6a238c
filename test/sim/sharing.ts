import { hasRightBody } from "../../host/chain/arrival.js";
import type { Cascade } from "../../host/chain/cascade.js";
import { type IdKey, txpowKey } from "../../host/chain/id-key.js";
import { TreeNode } from "../../host/chain/tree-node.js";
import type { BlockCheck, BlockVerdict, Effect, Rule, Steps } from "../../host/chain/types.js";
import { hasValidSignatures } from "../../host/chain/validation/signature-check.js";
import { memo } from "../../host/protocol/memo.js";
import type { TxPoW } from "../../host/protocol/txpow.js";

/**
 * What a thousand nodes in one process need to have only once: the objects of TxPoWs they all got, and the verdicts on them. Every
 * node still decodes what it is sent and takes its own decisions; but a check that must give what it gave a neighbour is not done
 * again.
 */
export class Sharing {
  readonly #txpows = new Map<IdKey, TxPoW>();
  readonly #headers = new Map<string, Rule | undefined>();
  readonly #contents = new Map<IdKey, BlockVerdict>();

  /** The one object of all nodes for this TxPoW. One with a foreign body stays apart. */
  readonly intern = (txpow: TxPoW): TxPoW => {
    const known = this.#txpows.get(txpowKey(txpow));
    if (known === txpow || !hasRightBody(txpow)) return txpow;
    if (known === undefined) this.#txpows.set(txpowKey(txpow), txpow);
    return known ?? txpow;
  };

  readonly hasValidSignatures = memo(hasValidSignatures);

  readonly wrap = (check: BlockCheck): BlockCheck => ({
    brokenHeaderRule: (block, parent, cascade) => this.#header(check, block, parent, cascade),
    checkContent: (block, parent, listed, work) => this.#content(check, block, parent, listed, work),
  });

  /** A verdict on a header depends on how far back the node knows the chain: the tip of its cascade says that. */
  #header(check: BlockCheck, block: TxPoW, parent: TreeNode, cascade: Cascade): Rule | undefined {
    const below = cascade.nodes[0]?.txpow;
    const key = `${txpowKey(block)} ${below === undefined ? "" : txpowKey(below)}`;
    if (!this.#headers.has(key)) this.#headers.set(key, check.brokenHeaderRule(block, parent, cascade));
    return this.#headers.get(key);
  }

  *#content(check: BlockCheck, block: TxPoW, parent: TreeNode, listed: readonly TxPoW[], work: number): Steps<BlockVerdict> {
    if (![block, ...listed].every((txpow) => this.#txpows.get(txpowKey(txpow)) === txpow)) {
      return yield* check.checkContent(block, parent, listed, work);
    }
    const known = this.#contents.get(txpowKey(block));
    if (known !== undefined) {
      return "node" in known ? { node: TreeNode.of(known.node.txblock, known.node.mmr, known.node.created) } : known;
    }
    const verdict = yield* check.checkContent(block, parent, listed, work);
    if (!("undecided" in verdict)) this.#contents.set(txpowKey(block), verdict);
    return verdict;
  }

  /** A cut takes the new root's MMR off the one below, which others may still need. */
  relink(effects: readonly Effect[], root: TreeNode | undefined): void {
    for (const effect of effects) {
      const below = effect.type === "cut" ? effect.removed.at(-1) : undefined;
      if (root !== undefined && below !== undefined) root.mmr.parent = below.mmr;
    }
  }
}
