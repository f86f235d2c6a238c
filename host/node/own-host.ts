import type { NetworkService } from "../net/service.js";
import type { NodeConfig } from "./config.js";

/** The host others reach this node under, as far as it knows. */
export function ownHost({ config, network }: { readonly config: NodeConfig; readonly network: NetworkService }): string {
  return config.host ?? network.overlay()?.address?.host ?? config.listenHost;
}
