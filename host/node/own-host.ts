import { networkInterfaces } from "node:os";
import type { NetworkService } from "../net/service.js";
import type { NodeConfig } from "./config.js";

/** The host others reach this node under, as far as it knows: in its own network at least. */
export function ownHost({ config, network }: { readonly config: NodeConfig; readonly network: NetworkService }): string {
  const { host, listenHost } = config;
  return host ?? network.overlay()?.address?.host ?? (ANY_ADDRESS.has(listenHost) ? localAddress() : undefined) ?? listenHost;
}

const ANY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** The address of this machine in its network, if it is in one. */
function localAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === "IPv4" && !address.internal)?.address;
}
