import { answersIn, askNode, type RpcTarget } from "../../rpc/client.js";
import { fieldsOf } from "../show/value.js";

/** How a running node is. */
export interface NodeState {
  /** The newest block and when it was made, in Unix milliseconds; undefined while there is none. */
  readonly tip: { readonly block: number; readonly time: number } | undefined;
  /** Peers it is connected with. */
  readonly connected: number;
}

/** Asks a node how it is. Throws `RpcConnectionError`. */
export async function askState(target: RpcTarget, timeoutMs: number): Promise<NodeState> {
  const [status, block] = answersIn(target, await askNode(target, "status;block", timeoutMs));
  const { network } = fieldsOf(status?.response);
  const tip = fieldsOf(block?.response);
  return {
    tip: block?.status === true ? { block: Number(tip.block), time: Number(tip.timemilli) } : undefined,
    connected: Number(fieldsOf(network).connected ?? 0),
  };
}
