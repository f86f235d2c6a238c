import { addressText, type Endpoint, parseAddress } from "../net/endpoint.js";
import { downloadText } from "./download.js";
import type { Logger } from "./logger.js";

const NAME = "peers";
const DOWNLOAD_TIMEOUT_MS = 20_000;
const LONGEST_LIST = 64 * 1024;

/** Where single values are kept. */
export interface TextStore {
  text(name: string): string | undefined;
  setText(name: string, text: string): void;
}

/** The peers a node has found good, kept for its next start. Written only when they have changed. */
export class KnownPeers {
  readonly #store: TextStore;

  constructor(store: TextStore) {
    this.#store = store;
  }

  load(): Endpoint[] {
    return parsePeers(this.#store.text(NAME) ?? "");
  }

  readonly save = (peers: readonly Endpoint[]): void => {
    const text = peers.map(addressText).sort().join(",");
    if (text !== this.#store.text(NAME)) this.#store.setText(NAME, text);
  };
}

/** The addresses in a text, with commas or white space between them. What is none is passed over. */
export function parsePeers(text: string): Endpoint[] {
  return text.split(/[\s,]+/).flatMap((part) => parseAddress(part) ?? []);
}

/** Whether a peer list is somewhere else, to be downloaded (spec 09 §1.3). */
export function isListAddress(text: string): boolean {
  return /^https?:\/\/./.test(text);
}

/** The text of a list of peers. Fails with an `Error` that says why. */
export function downloadPeerList(url: string): Promise<string> {
  return downloadText(url, { timeoutMs: DOWNLOAD_TIMEOUT_MS, maxBytes: LONGEST_LIST, publicOnly: false });
}

/** Downloads a list of peers. Without one the node goes on with the peers it has. */
export async function downloadPeers(url: string, log: Pick<Logger, "info" | "warn">): Promise<Endpoint[]> {
  try {
    const peers = parsePeers(await downloadPeerList(url));
    log.info("list of peers downloaded", { peers: peers.length });
    return peers;
  } catch (error) {
    log.warn("the list of peers cannot be downloaded", { reason: error instanceof Error ? error.message : String(error) });
    return [];
  }
}
