import type { NodeConfig } from "./config.js";
import type { TextStore } from "./known-peers.js";

const NAME = "master";

/** The host whose TxBlocks a node follows: named at start, or by the owner earlier (spec 09 §5, `slavenode`). */
export function masterOf({ slaveNode }: Pick<NodeConfig, "slaveNode">, values: Pick<TextStore, "text">): string | undefined {
  return slaveNode ?? savedMaster(values);
}

/** The host that the next start will follow if none is named then. */
export function savedMaster(values: Pick<TextStore, "text">): string | undefined {
  const text = values.text(NAME);
  return text === "" ? undefined : text;
}

/** Keeps a host to follow from the next start on; undefined: check everything again. */
export function saveMaster(values: TextStore, master: string | undefined): void {
  values.setText(NAME, master ?? "");
}
