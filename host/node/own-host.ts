import { networkInterfaces } from "node:os";
import type { NetworkService } from "../net/service.js";
import type { NodeConfig } from "./config.js";

/** The host of this node in its own network: what the owner named, or else an address of this machine. */
export function localHost({ host, listenHost }: NodeConfig): string {
  return host ?? (ANY_ADDRESS.has(listenHost) ? localAddress() : undefined) ?? listenHost;
}

/** The host others reach this node under, as far as it knows: peers tell it, where the overlay asks them. */
export function reachedHost({ config, network }: { readonly config: NodeConfig; readonly network: NetworkService }): string {
  return config.host ?? network.overlay()?.address?.host ?? localHost(config);
}

const ANY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** The address of this machine in its network, if it is in one and the process may see it: a service may be kept from netlink. */
function localAddress(): string | undefined {
  try {
    return Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === "IPv4" && !address.internal)?.address;
  } catch {
    return undefined;
  }
}
