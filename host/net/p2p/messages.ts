import { parseHex, toHex0x } from "../../protocol/bytes.js";
import { ProtocolError } from "../../protocol/errors.js";
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonObject, parseJson, printJson } from "../../protocol/json.js";
import type { Endpoint } from "../endpoint.js";

/** Addresses that are read of one list; honest lists have at most 251. */
const MOST_ADDRESSES = 500;
const HIGHEST_PORT = 65_535;

/** What a node tells of itself after the transport's greeting (spec 07 §16.1). */
export interface P2PGreeting {
  readonly port: number;
  readonly acceptsInLinks: boolean;
  /** Only of nodes that accept connections. */
  readonly links: {
    readonly clients: number;
    readonly maxClients: number;
    readonly out: readonly Endpoint[];
    readonly in: readonly Endpoint[];
  };
  readonly knownPeers: readonly Endpoint[];
}

/** A random walk over the links of the network. */
export interface Walk {
  /** HEX, upper case; undefined when there was none. */
  readonly secret: string | undefined;
  readonly alongInLinks: boolean;
  readonly joining: boolean;
  readonly forClients: boolean;
  readonly clientSlots: number;
  readonly returning: boolean;
  readonly path: readonly Endpoint[];
}

/** Asks to connect with another node instead. */
export interface Swap {
  readonly secret: string | undefined;
  readonly target: Endpoint;
}

/** The parts of a message, in the order they are dealt with. */
export interface P2PMessage {
  readonly greeting?: P2PGreeting;
  /** "Which address do you see?" and a secret that the answer must repeat. */
  readonly requestIP?: string;
  readonly responseIP?: { readonly host: string; readonly secret: string };
  /** The sender cannot be connected to. */
  readonly notAccepting?: true;
  readonly walk?: Walk;
  readonly swap?: Swap;
}

/** Whether a number may be a port; 0 is one that nobody listens on. */
export function isPort(value: number): boolean {
  return value >= 0 && value <= HIGHEST_PORT;
}

/** Reads the text of a P2P message; one that is of another overlay is empty. Throws `ProtocolError`. */
export function parseP2P(text: string): P2PMessage {
  const outer = object(parseJson(text), "a P2P message");
  const inner = outer.get("swap_links_p2p");
  if (inner === undefined || inner === null) return {};
  const parts = object(inner, "swap_links_p2p");
  const part = <T>(key: string, read: (value: JsonValue) => T): T | undefined => {
    const value = parts.get(key);
    return value === undefined ? undefined : read(value);
  };
  const greeting = part("greeting", readGreeting);
  const requestIP = part("req_ip", hexText);
  const responseIP = part("res_ip", (host) => ({ host: shortText(host), secret: hexText(parts.get("secret")) }));
  const walk = part("walk_links", readWalk);
  const swap = part("do_swap", readSwap);
  return {
    ...(greeting && { greeting }),
    ...(requestIP !== undefined && { requestIP }),
    ...(responseIP && { responseIP }),
    ...(parts.has("notAcceptingMsg") && { notAccepting: true as const }),
    ...(walk && { walk }),
    ...(swap && { swap }),
  };
}

/** The text of a message, keys in the reference's order. */
export function printP2P(message: P2PMessage): string {
  const { greeting, requestIP, responseIP, notAccepting, walk, swap } = message;
  return printJson(
    jsonObject([
      "swap_links_p2p",
      jsonObject(
        greeting && ["greeting", greetingJson(greeting)],
        requestIP === undefined ? undefined : ["req_ip", requestIP],
        responseIP && ["res_ip", responseIP.host],
        responseIP && ["secret", responseIP.secret],
        notAccepting && ["notAcceptingMsg", false],
        walk && ["walk_links", walkJson(walk)],
        swap && ["do_swap", jsonObject(secretEntry(swap), ["swap_target_host", swap.target.host], ["swap_target_port", swap.target.port])],
      ),
    ]),
  );
}

function readGreeting(value: JsonValue): P2PGreeting {
  const greeting = object(value, "greeting");
  const acceptsInLinks = flag(greeting, "isAcceptingInLinks");
  const knownPeers = addresses(greeting, "knownPeers");
  const links = acceptsInLinks
    ? {
        clients: int(greeting, "numNoneP2PConnections"),
        maxClients: int(greeting, "maxNumNoneP2PConnections"),
        out: addresses(greeting, "outLinks"),
        in: addresses(greeting, "inLinks"),
      }
    : { clients: 0, maxClients: 0, out: [], in: [] };
  return { port: int(greeting, "myMinimaPort"), acceptsInLinks, links, knownPeers };
}

function greetingJson({ port, acceptsInLinks, links, knownPeers }: P2PGreeting): JsonObject {
  return jsonObject(
    ["myMinimaPort", port],
    ["isAcceptingInLinks", acceptsInLinks],
    acceptsInLinks ? ["numNoneP2PConnections", links.clients] : undefined,
    acceptsInLinks ? ["maxNumNoneP2PConnections", links.maxClients] : undefined,
    acceptsInLinks ? ["outLinks", links.out.map(addressJson)] : undefined,
    acceptsInLinks ? ["inLinks", links.in.map(addressJson)] : undefined,
    ["knownPeers", knownPeers.map(addressJson)],
  );
}

function readWalk(value: JsonValue): Walk {
  const walk = object(value, "walk_links");
  return {
    secret: secretOf(walk),
    alongInLinks: flag(walk, "walkInLinks"),
    joining: flag(walk, "isJoiningWalk"),
    forClients: flag(walk, "isClientWalk"),
    clientSlots: int(walk, "availableClientSlots"),
    returning: flag(walk, "isReturning"),
    path: addresses(walk, "pathTaken"),
  };
}

function walkJson(walk: Walk): JsonObject {
  return jsonObject(
    secretEntry(walk),
    ["walkInLinks", walk.alongInLinks],
    ["isJoiningWalk", walk.joining],
    ["isClientWalk", walk.forClients],
    ["availableClientSlots", walk.clientSlots],
    ["isReturning", walk.returning],
    ["pathTaken", walk.path.map(addressJson)],
  );
}

function readSwap(value: JsonValue): Swap {
  const swap = object(value, "do_swap");
  if (!swap.has("swap_target_port")) throw new ProtocolError("malformed", "do_swap names no port");
  return {
    secret: secretOf(swap),
    target: { host: shortText(swap.get("swap_target_host")), port: port(swap, "swap_target_port") },
  };
}

const addressJson = ({ host, port }: Endpoint): JsonObject => jsonObject(["host", host], ["port", port]);

function object(value: JsonValue | undefined, what: string): JsonObject {
  if (!isJsonObject(value)) throw new ProtocolError("malformed", `${what} is no JSON object`);
  return value;
}

/** Short text: addresses and secrets. */
function shortText(value: JsonValue | undefined): string {
  if (typeof value !== "string" || value.length > 256) throw new ProtocolError("malformed", "a P2P message holds no text where it should");
  return value;
}

/** HEX in any form, which goes on as it is printed. */
function hexText(value: JsonValue | undefined): string {
  return toHex0x(parseHex(shortText(value)));
}

function secretOf(from: JsonObject): string | undefined {
  return from.has("secret") ? hexText(from.get("secret")) : undefined;
}

function secretEntry({ secret }: Walk | Swap): readonly [string, string] | undefined {
  return secret === undefined ? undefined : ["secret", secret];
}

/** A boolean; false when there is none. */
function flag(from: JsonObject, key: string): boolean {
  const value = from.has(key) ? from.get(key) : false;
  if (typeof value !== "boolean") throw new ProtocolError("malformed", `${key} of a P2P message is no boolean`);
  return value;
}

/** An int; what is no whole number is read as 0 (spec 07 §16.1). */
function int(from: JsonObject, key: string): number {
  const value = from.get(key);
  if (typeof value !== "bigint") return 0;
  if (BigInt.asIntN(32, value) !== value) throw new ProtocolError("malformed", `${key} of a P2P message is too large`);
  return Number(value);
}

function port(from: JsonObject, key: string): number {
  const value = int(from, key);
  if (!isPort(value)) throw new ProtocolError("malformed", `${key} of a P2P message is no port`);
  return value;
}

function addresses(from: JsonObject, key: string): Endpoint[] {
  const list = from.has(key) ? from.get(key) : [];
  if (!isJsonArray(list)) throw new ProtocolError("malformed", `${key} of a P2P message is no list`);
  return list.slice(0, MOST_ADDRESSES).map((item) => {
    const address = object(item, "an address");
    return { host: shortText(address.get("host")), port: port(address, "port") };
  });
}
