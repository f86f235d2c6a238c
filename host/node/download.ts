import { type LookupAddress, lookup } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";

export interface DownloadLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /**
   * Whether only hosts of the public internet are asked: for addresses somebody else has chosen, who must not reach this machine or
   * its local network through the node.
   */
  readonly publicOnly: boolean;
}

const MAX_REDIRECTS = 3;

/** Downloads a text by http or https. Fails with an `Error` that says why, also when it is too long or takes too long. */
export async function downloadText(address: string, limits: DownloadLimits): Promise<string> {
  const signal = AbortSignal.timeout(limits.timeoutMs);
  let url = parseUrl(address);
  for (let i = 0; i <= MAX_REDIRECTS; i++) {
    const answer = await get(url, limits, signal);
    if (typeof answer === "string") return answer;
    url = answer;
  }
  throw new Error("there are too many redirects");
}

function parseUrl(text: string, base?: string): URL {
  if (!URL.canParse(text, base)) throw new Error(`this is no address : ${text}`);
  const url = new URL(text, base);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new Error(`only http and https are possible : ${url.protocol}`);
  return url;
}

/** The text, or where it is instead. */
function get(url: URL, { maxBytes, publicOnly }: DownloadLimits, signal: AbortSignal): Promise<string | URL> {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (publicOnly && isIP(host) !== 0 && !isPublicAddress(host)) throw notPublic(host);
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(signal.aborted ? new Error("no answer in time") : error);
    const asked = request(url, { signal, agent: false, ...(publicOnly ? { lookup: publicLookup } : {}) }, (answer) => {
      const { statusCode = 0, headers } = answer;
      const location = statusCode >= 300 && statusCode < 400 ? headers.location : undefined;
      if (location !== undefined || statusCode !== 200) {
        answer.resume();
        asked.destroy();
        if (location === undefined) reject(new Error(`the server answers ${statusCode}`));
        else resolve(parseUrl(location, url.href));
        return;
      }
      const parts: Buffer[] = [];
      let length = 0;
      answer.on("data", (part: Buffer) => {
        length += part.length;
        parts.push(part);
        if (length <= maxBytes) return;
        reject(new Error("it is too long"));
        asked.destroy();
      });
      answer.on("end", () => resolve(Buffer.concat(parts).toString()));
      answer.on("error", fail);
    });
    asked.on("error", fail);
    asked.end();
  });
}

/** Finds the addresses of a name, all of which must be public. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const [first] = found ?? [];
    if (error !== null) done(error, "");
    else if (first === undefined || !found.every(({ address }) => isPublicAddress(address))) done(notPublic(hostname), "");
    else if (options.all === true) done(null, found);
    else done(null, first.address, first.family);
  });
};

const notPublic = (host: string): Error => new Error(`this is no host of the public internet : ${host}`);

function isPublicAddress(address: string): boolean {
  return isIP(address) === 6 ? !NOT_PUBLIC_6.check(address, "ipv6") : !NOT_PUBLIC_4.check(address, "ipv4");
}

/** Two lists: one for both would take every IPv4 address for one of those embedded in IPv6. */
const NOT_PUBLIC_4 = blockList("ipv4", [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
]);
const NOT_PUBLIC_6 = blockList("ipv6", ["::/96", "::ffff:0:0/96", "64:ff9b::/96", "fc00::/7", "fe80::/10", "ff00::/8"]);

function blockList(family: "ipv4" | "ipv6", networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [base = "", bits] = network.split("/");
    list.addSubnet(base, Number(bits), family);
  }
  return list;
}
