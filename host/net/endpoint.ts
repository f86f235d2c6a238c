/** Where a node is reached: a host name or address, and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The full address `host:port`, by which peers are told apart (spec 07 §3.1). */
export function addressText(endpoint: Endpoint): string {
  return `${endpoint.host}:${endpoint.port}`;
}

/** Reads `host:port`; undefined when it is none. A host may hold colons (IPv6) if the port is given. */
export function parseAddress(text: string): Endpoint | undefined {
  const match = /^\s*\[?([^\s[\]/@]+?)\]?:(\d{1,5})\s*$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port < 1 || port > 65_535) return undefined;
  return { host: match[1], port };
}
