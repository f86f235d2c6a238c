import { addressText } from "../net/endpoint.js";
import type { PeerInfo } from "../net/network-info.js";
import type { Traffic, TypeTraffic } from "../net/traffic.js";
import { localZone } from "../node/local-zone.js";
import type { MinimoteNode } from "../node/node.js";
import { localHost } from "../node/own-host.js";
import { type JsonObject, type JsonValue, jsonObject } from "../protocol/json.js";
import { formatSize } from "../protocol/json-views/format.js";
import { javaDateText } from "../protocol/json-views/java-date.js";
import { MessageType } from "../protocol/messages/message.js";

const MINUTE_MS = 60_000;

/** A connection as `network` shows it (spec 09 §7.9). */
export function connectionToJSON(peer: PeerInfo): JsonObject {
  return jsonObject(
    ["welcome", peer.version === undefined ? "" : `Minima v${peer.version}`],
    ["uid", peer.uid],
    ["incoming", peer.incoming],
    ["host", peer.host],
    ["port", peer.port],
    ["minimaport", peer.announcedPort ?? 0],
    ["isconnected", true],
    ["valid", peer.valid],
    ["connected", javaDateText(BigInt(peer.since), localZone())],
  );
}

/** What `status` and `network` say of the network; `network` says more (spec 09 §7.1, §7.9). */
export function networkSummary(node: MinimoteNode): readonly (readonly [string, JsonValue])[] {
  const { config, network } = node;
  const { connecting, validPeers } = network.metrics();
  return [
    ["host", localHost(node.config)],
    ["hostset", config.host !== undefined],
    ["port", network.listening?.port ?? config.port],
    ["connecting", connecting],
    ["connected", validPeers],
    ["rpc", jsonObject(["enabled", node.rpc?.isEnabled ?? false], ["port", node.rpc?.port ?? 0])],
  ];
}

export function networkDetails(node: MinimoteNode): JsonObject {
  return jsonObject(
    ...networkSummary(node),
    ["p2p", overlayToJSON(node)],
    ["p2p2", "disabled"],
    ["traffic", trafficToJSON(node.network.traffic, Date.now())],
  );
}

export function overlayToJSON({ network }: MinimoteNode): JsonValue {
  const overlay = network.overlay();
  if (overlay === undefined) return "disabled";
  const { inLinks, outLinks, clients, others } = overlay;
  const peers = network.peers().filter(({ valid }) => valid);
  return jsonObject(
    ["address", overlay.address === undefined ? "" : addressText(overlay.address)],
    ["isAcceptingInLinks", overlay.acceptsInLinks],
    ["numInLinks", inLinks],
    ["numOutLinks", outLinks],
    ["numNotAcceptingConnP2PLinks", clients],
    ["numNoneP2PLinks", others],
    ["numKnownPeers", overlay.knownPeers.length],
    ["numUnvalidatedPeers", overlay.uncheckedPeers],
    ["numAllLinks", inLinks + outLinks + clients],
    ["nio_inbound", peers.filter(({ incoming }) => incoming).length],
    ["nio_outbound", peers.filter(({ incoming }) => !incoming).length],
  );
}

const TYPE_NAMES = new Map<number, string>(Object.entries(MessageType).map(([name, type]) => [type, name]));

function trafficToJSON({ since, read, written }: Traffic, now: number): JsonObject {
  const total = (counts: ReadonlyMap<number, TypeTraffic>): number =>
    Array.from(counts.values()).reduce((sum, { bytes }) => sum + bytes, 0);
  const byType = (counts: ReadonlyMap<number, TypeTraffic>): JsonObject =>
    jsonObject(...Array.from(counts, ([type, { bytes }]) => [TYPE_NAMES.get(type) ?? `UNKNOWN_${type}`, formatSize(bytes)] as const));
  const minutes = Math.max(1, (now - since) / MINUTE_MS);
  const perMinute = (bytes: number): string => `${formatSize(Math.floor(bytes / minutes))}/min`;
  return jsonObject(
    ["from", javaDateText(BigInt(since), localZone())],
    ["totalread", formatSize(total(read))],
    ["totalwrite", formatSize(total(written))],
    ["breakdown", jsonObject(["reads", byType(read)], ["writes", byType(written)])],
    ["read", perMinute(total(read))],
    ["write", perMinute(total(written))],
  );
}
