import type { RpcConnectionError } from "../../rpc/client.js";

/** What to do about a node that gives no answer. */
export function connectionAdvice({ failure }: RpcConnectionError): string {
  switch (failure) {
    case "unreachable":
      return `Start a node with: minimote node\nOne that runs elsewhere: --rpc-host, --rpc-port, or --data with its folder. What may be wrong: minimote doctor`;
    case "untrusted":
      return "Give its certificate with --rpc-ca, or its fingerprint, as the node logs it at its start, with --rpc-fingerprint.";
    case "unauthorized":
      return "Give its password in MINIMOTE_RPC_PASSWORD or with --rpc-password-file, or its data folder with --data.";
    case "busy":
      return "Try again in a moment.";
    case "invalid":
      return "Choose the node's port with --rpc-port (peer port + 4).";
  }
}
