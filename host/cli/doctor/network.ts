import { connect, createServer } from "node:net";
import { join } from "node:path";
import { addressText, type Endpoint, parseAddress } from "../../net/endpoint.js";
import { CHAIN_FILE } from "../../node/data-files.js";
import { downloadPeerList, isListAddress, KnownPeers, parsePeers } from "../../node/known-peers.js";
import { RpcConnectionError } from "../../rpc/client.js";
import { type Database, openSqlite } from "../../store/sqlite.js";
import { ValueTable } from "../../store/value-table.js";
import { askState, type NodeState } from "../rpc/node-state.js";
import { type Check, type Finding, fail, ok, type Patient, warn } from "./finding.js";

const SAVED_PEERS_TRIED = 5;
const CONNECT_TIMEOUT_MS = 4000;
const RPC_TIMEOUT_MS = 5000;
const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** A block of the present is not further ahead (spec 06b §4 g). */
const AHEAD_MS = 2 * HOUR;
/** A tip older than this is no present chain's (spec 06b §14.1). */
const OLD_TIP_MS = 3 * HOUR;

/** How the running node is; undefined if none answers, null if it keeps its state to itself. */
async function runningNode({ rpc }: Patient): Promise<NodeState | null | undefined> {
  if (rpc === null) return undefined;
  try {
    return await askState(rpc, RPC_TIMEOUT_MS);
  } catch (error) {
    if (!(error instanceof RpcConnectionError)) throw error;
    return error.failure === "unauthorized" || error.failure === "busy" ? null : undefined;
  }
}

/** The running node, or else whether its ports are free. */
export const checkNode: Check = async (patient) => {
  const node = await runningNode(patient);
  if (node === undefined) return checkPorts(patient);
  if (node === null) return [warn("node", "a node runs, and does not show its state", "give its password in MINIMOTE_RPC_PASSWORD")];
  const findings = [tipFinding(node, patient.now)];
  if (node.connected > 0) findings.push(ok("peers", `${node.connected} connected`));
  else if (patient.config.network !== "solo") findings.push(...(await checkPeers(patient)));
  return findings;
};

function tipFinding({ tip }: NodeState, now: number): Finding {
  if (tip === undefined) return warn("node", "runs, and has no blocks yet", "it needs a peer: see minimote network");
  const age = Math.max(0, now - tip.time);
  if (tip.time > now + AHEAD_MS) {
    const hours = Math.round((tip.time - now) / HOUR);
    return fail("clock", `${hours} hours behind the newest block`, "set it: timedatectl set-ntp true (or install chrony)");
  }
  if (age <= OLD_TIP_MS) return ok("node", `runs, block ${tip.block} is ${Math.floor(age / SECOND)} s old`);
  const fix = "it is still syncing, has no peers that go on (see minimote network), or this machine's clock is ahead";
  return warn("node", `runs, but block ${tip.block} is ${Math.floor(age / HOUR)} hours old`, fix);
}

async function checkPorts(patient: Patient): Promise<Finding[]> {
  const { listenHost, port, rpcHost, rpcPort } = patient.config;
  const findings = [await checkPort("peer port", listenHost, port, "--port")];
  if (rpcPort !== null) findings.push(await checkPort("RPC port", rpcHost, rpcPort, "--rpc-port"));
  return [...findings, ...(await checkPeers(patient))];
}

function checkPort(check: string, host: string, port: number, option: string): Promise<Finding> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      const other = `choose another with ${option}`;
      if (error.code === "EADDRINUSE")
        resolve(fail(check, `${port} is taken by another program`, `stop it (ss -ltnp shows it), or ${other}`));
      else if (error.code === "EACCES") resolve(fail(check, `${port} is not for ordinary users`, other));
      else
        resolve(
          fail(check, `${host}:${port} cannot be listened on (${error.code ?? error.message})`, `is ${host} an address of this machine?`),
        );
    });
    server.listen(port, host, () => server.close(() => resolve(ok(check, `${port} is free`))));
  });
}

/** Whether the peers that are named can be reached, or else some of those found before. */
async function checkPeers({ config }: Patient): Promise<Finding[]> {
  const { connect, p2pNodes, slaveNode, network } = config;
  const named = [...connect, ...p2pNodes, ...(slaveNode === undefined ? [] : [slaveNode])];
  const lists = named.filter(isListAddress);
  const endpoints = named.map(parseAddress).filter((peer) => peer !== undefined);
  const tried = endpoints.length > 0 || lists.length > 0 ? endpoints : savedPeers(config.dataDir).slice(0, SAVED_PEERS_TRIED);
  if (tried.length === 0 && lists.length === 0) {
    if (network === "solo") return [];
    return [warn("peers", "none are known", "a new node finds the network through --p2pnodes host:port, or --connect host:port")];
  }
  return Promise.all([...lists.map(checkList), ...tried.map(checkPeer)]);
}

async function checkPeer(peer: Endpoint): Promise<Finding> {
  const failure = await connectionFailure(peer);
  if (failure === undefined) return ok("peers", `${addressText(peer)} answers`);
  return warn(
    "peers",
    `${addressText(peer)} does not answer (${failure})`,
    "check the address, this machine's network and firewalls on the way",
  );
}

async function checkList(url: string): Promise<Finding> {
  try {
    return ok("peers", `${parsePeers(await downloadPeerList(url)).length} in the list at ${url}`);
  } catch (error) {
    return warn(
      "peers",
      `no list at ${url} (${error instanceof Error ? error.message : String(error)})`,
      "check the address and the network",
    );
  }
}

/** The peers that a node found good; none while it runs, or if there are none. */
function savedPeers(dataDir: string): Endpoint[] {
  let database: Database | undefined;
  try {
    database = openSqlite(join(dataDir, CHAIN_FILE), { readonly: true, fileMustExist: true, timeout: 0 });
    return new KnownPeers(new ValueTable(database)).load();
  } catch {
    return [];
  } finally {
    database?.close();
  }
}

function connectionFailure({ host, port }: Endpoint): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (failure: string | undefined): void => {
      socket.destroy();
      resolve(failure);
    };
    socket.once("connect", () => end(undefined));
    socket.once("timeout", () => end("no answer in time"));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
