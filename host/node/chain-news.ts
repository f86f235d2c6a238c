import type { Chain } from "../chain/chain.js";
import type { TreeNode } from "../chain/tree-node.js";
import type { Effect } from "../chain/types.js";
import type { NetworkService } from "../net/service.js";
import { toHex0x } from "../protocol/bytes.js";
import { txpowId } from "../protocol/txpow.js";
import type { Wallet } from "../wallet/wallet.js";
import type { ClockWatch } from "./clock-watch.js";
import type { Logger } from "./logger.js";
import { showUses } from "./wallet-watch.js";

/** A tip younger than this is the present (spec 06b §14.1 b). */
const PRESENT_MS = 3 * 3600 * 1000;

/** Who hears of what the chain did. */
export interface ChainNewsHost {
  readonly network: NetworkService;
  readonly log: Logger;
  readonly wallet: Wallet;
  readonly chain: Chain;
  readonly clockWatch: ClockWatch;
  /** Whether this node may be the only one of its network. */
  readonly isSolo: boolean;
  /** What is being mined would build on the past. */
  readonly tipChanged: () => void;
}

/** Tells peers, wallet, miner and log what the chain did. It is durable already. */
export function tellNews(effect: Effect, host: ChainNewsHost): void {
  const { network, log, wallet, chain } = host;
  switch (effect.type) {
    case "relay-txpow":
      network.announceTxPoW(effect.id);
      break;
    case "relay-block":
      network.announceTxBlock(effect.id);
      break;
    case "request":
      network.request(effect.id, effect.peer);
      break;
    case "disconnect":
      network.disconnect(effect.peer, effect.reason, effect.forget);
      break;
    case "heavier-chain":
      log.warn("a peer has a heavier chain that does not join ours", { peer: effect.peer });
      break;
    case "block-invalid":
      log.warn("invalid block", { block: effect.number, rule: effect.rule, id: toHex0x(effect.id) });
      if (effect.peer !== undefined) network.penalise(effect.peer);
      break;
    case "block-costly":
      log.warn("a block with very costly scripts waits for others to build on it", { block: effect.number, id: toHex0x(effect.id) });
      break;
    case "store":
      wallet.noteUses(effect.txpow);
      break;
    case "block-added":
      showUses(effect.node, wallet, chain);
      break;
    case "cut":
      for (const { spent } of effect.removed) wallet.forgetCoins(spent);
      break;
    case "tip":
      host.tipChanged();
      noteTipTime(effect.tip, host);
      log.info("new tip", {
        block: effect.tip.number,
        id: toHex0x(txpowId(effect.tip.txpow)).slice(0, 18),
        txns: effect.tip.txpow.body?.txnlist.length ?? 0,
        reorganised: effect.disconnected.length > 0 ? effect.disconnected.length : undefined,
      });
      break;
  }
}

/** A wallet that waits has seen the chain once the tip is of the present, which a clock that is behind does not know. */
function noteTipTime(tip: TreeNode, { wallet, network, log, isSolo, clockWatch }: ChainNewsHost): void {
  if (clockWatch.isBehind(tip.time.toNumber()) || !wallet.isCatchingUp) return;
  // A block of one's own tells nothing of what others know, but on a network of one's own.
  if (!isSolo && !network.peers().some(({ valid }) => valid)) return;
  if (clockWatch.now() - tip.time.toNumber() > PRESENT_MS) return;
  wallet.caughtUp();
  log.info("the wallet has caught up with the chain and may sign");
}
