import type { Clock } from "../net/clock.js";
import { type Bytes, toUnsigned } from "../protocol/bytes.js";
import { MAXIMA_VERSION, type MaximaPackage, type MaxTxPoW, maximaPackageHash } from "../protocol/messages/maxima.js";
import { isBlock, type TxPoW, txpowId } from "../protocol/txpow.js";
import { MaximaError } from "./link.js";

/** What Maxima needs of the chain and the miner. */
export interface WorkPort {
  hasChain(): boolean;
  /** Magic minimum work of the tip; undefined without a chain. */
  minimumWork(): Bytes | undefined;
  /** A TxPoW on the tip that commits to a hash, at the easiest target there is (spec 08 §5). */
  build(customhash: Bytes): Promise<TxPoW>;
  mine(template: TxPoW, signal: AbortSignal): Promise<TxPoW>;
  /** What was mined turned out to be a block. */
  submit(block: TxPoW): void;
}

const LONGEST_MS = 15_000;
/** The minimum may differ a little where the sender is: a target of 105 % is allowed. */
const DRIFT_PERCENT = 105n;

/** Does the work for a package, at most 15 s of it (spec 08 §5). Throws `MaximaError`. */
export async function workFor(item: MaximaPackage, port: WorkPort, clock: Clock, stop: AbortSignal): Promise<MaxTxPoW> {
  if (!port.hasChain()) throw new MaximaError("there is no chain yet to do the work on");
  const late = new AbortController();
  const cancel = clock.setTimeout(LONGEST_MS, () => late.abort());
  try {
    const signal = AbortSignal.any([late.signal, stop]);
    const txpow = await port.mine(await port.build(maximaPackageHash(item)), signal);
    if (isBlock(txpow)) port.submit(txpow);
    return { version: MAXIMA_VERSION, package: item, txpow };
  } catch (error) {
    if (stop.aborted) throw new MaximaError("the node stops");
    if (late.signal.aborted) throw new MaximaError("Could not build Maxima message in time..");
    throw new MaximaError(`the work for the message failed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    cancel();
  }
}

/** Whether a TxPoW took as much work as the network asks for at least. */
export function isWorked(txpow: TxPoW, minimumWork: Bytes): boolean {
  return toUnsigned(txpowId(txpow)) * 100n < toUnsigned(minimumWork) * DRIFT_PERCENT;
}
