import { openIdentity } from "../../host/maxima/identity.js";
import type { HostState, IncomingMessage } from "../../host/maxima/link.js";
import { Maxima } from "../../host/maxima/maxima.js";
import type { NetworkService } from "../../host/net/service.js";
import type { Bytes } from "../../host/protocol/bytes.js";
import { MAX_HASH } from "../../host/protocol/bytes.js";
import { newRSAKeyPair, type RSAKeyPair } from "../../host/protocol/encryption.js";
import { FakeChain } from "../net/fake-chain.js";
import { type NodeChanges, silentLog } from "../net/harness.js";
import { type MemoryWorld, PORT, seededRandom } from "../net/memory-harness.js";
import { sampleTxPoW } from "../protocol/samples.js";
import { MemoryStore } from "./memory-store.js";

/** A node of a simulated network with its Maxima; its work is none. */
export interface MaximaNode {
  readonly host: string;
  readonly service: NetworkService;
  readonly maxima: Maxima;
  readonly store: MemoryStore;
  readonly received: IncomingMessage[];
  readonly changed: HostState[];
  /** For each peer it wanted another for: whether it got its way. */
  readonly replaced: boolean[];
  /** What may be changed while it runs. */
  readonly state: { hasChain: boolean; minimumWork: Bytes; reaches: boolean };
}

/** RSA keys take time that simulated clocks do not wait for: they are made before. */
const spare: RSAKeyPair[] = [];
export async function prepareKeys(count: number): Promise<void> {
  spare.push(...(await Promise.all(Array.from({ length: count }, newRSAKeyPair))));
}

export async function startMaxima(
  world: MemoryWorld,
  host: string,
  changes: NodeChanges = {},
  store = new MemoryStore(),
): Promise<MaximaNode> {
  const { service } = await world.start(host, new FakeChain(), changes);
  for (const name of ["maxima", "mls"] as const) store.addIdentity(name, takeKeys());
  const state = { hasChain: true, minimumWork: MAX_HASH, reaches: true };
  const received: IncomingMessage[] = [];
  const changed: HostState[] = [];
  const replaced: boolean[] = [];
  const maxima = new Maxima({
    store,
    identity: await openIdentity(store),
    clock: world.clock,
    random: seededRandom(world.nodes.length * 1000),
    newKeys: async () => takeKeys(),
    log: silentLog,
    work: {
      hasChain: () => state.hasChain,
      minimumWork: () => state.minimumWork,
      build: async (customhash) => sampleTxPoW(null, { customhash, blkdiff: new Uint8Array(32) }),
      mine: async (template) => template,
      submit: () => {},
    },
    deliver: async (endpoint, message, isAnswer) => {
      if (!state.reaches) throw new Error("it cannot be reached");
      return service.oneShot.maxima(endpoint, message, isAnswer);
    },
    allowAllIPs: false,
    localEndpoint: () => ({ host: "192.168.0.2", port: PORT }),
    reachedEndpoint: () => ({ host, port: PORT }),
    replace: (peer) => {
      replaced.push(service.replace(peer.uid, "it is no host"));
      return replaced.at(-1) === true;
    },
    received: (incoming) => received.push(incoming),
    hostChanged: (host) => changed.push(host),
  });
  service.serveMaxima(maxima);
  maxima.start();
  return { host, service, maxima, store, received, changed, replaced, state };
}

export function takeKeys(): RSAKeyPair {
  const keys = spare.pop();
  if (keys === undefined) throw new Error("prepare more keys");
  return keys;
}
