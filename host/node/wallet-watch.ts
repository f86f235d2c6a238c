import type { Chain } from "../chain/chain.js";
import type { IdKey } from "../chain/id-key.js";
import type { TreeNode } from "../chain/tree-node.js";
import type { Wallet } from "../wallet/wallet.js";
import { unseenSpends } from "./unseen-spends.js";

/** Shows a wallet the uses of its keys in a new block: by signatures, and by spends whose signatures are not to be seen (spec 04 §10). */
export function showUses(node: TreeNode, wallet: Wallet, chain: Chain): void {
  wallet.noteUses(node.txpow);
  const host = { txpow: (key: IdKey) => chain.get(key), isOwn: (address: Uint8Array) => wallet.isSimple(address) };
  for (const address of unseenSpends(node, host)) wallet.noteUnseenSpend(address);
}
