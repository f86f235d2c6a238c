import { CoreInstance } from "../../host/core/instance.js";
import { bestCore } from "../../host/core/module.js";
import { minedHeader, miningMessage } from "../../host/node/mining/mining-message.js";
import { compareUnsigned, padLeft } from "../../host/protocol/bytes.js";
import { bodyHash } from "../../host/protocol/txbody.js";
import { isBlock, type TxPoW } from "../../host/protocol/txpow.js";

const ATTEMPTS = 1 << 16;
const TARGET_BYTES = 32;
const core = new CoreInstance(bestCore);

/** Searches nonces in a fixed order until the id is below a target and the TxPoW is as wanted. */
function search(txpow: TxPoW, target: Uint8Array, isWanted: (txpow: TxPoW) => boolean): TxPoW {
  const { message, offset, width } = miningMessage({
    ...txpow.header,
    bodyhash: txpow.body === null ? txpow.header.bodyhash : bodyHash(txpow.body),
  });
  let counter = 0n;
  core.searchBegin(message, offset, width, padLeft(target, TARGET_BYTES));
  for (;;) {
    const tried = core.search(counter, ATTEMPTS);
    counter += BigInt(Math.abs(tried));
    if (tried >= 0) continue;
    const found = message.slice();
    found.set(core.counterFound(), offset);
    const mined: TxPoW = { header: minedHeader(found), body: txpow.body };
    if (isWanted(mined)) return mined;
  }
}

/** Does the work of a block. */
export function mineBlock(txpow: TxPoW): TxPoW {
  return search(txpow, txpow.header.blkdiff, () => true);
}

/** Does the work of a transaction. Where that is less than a block's, it does not become a block by chance. */
export function mineTransaction(txpow: TxPoW): TxPoW {
  const target = txpow.body?.txndiff ?? txpow.header.blkdiff;
  const blocksAreHarder = compareUnsigned(txpow.header.blkdiff, target) < 0;
  return search(txpow, target, (mined) => !blocksAreHarder || !isBlock(mined));
}
