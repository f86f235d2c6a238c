import type { Simulation } from "./simulation.js";

/** What a simulation has shown. Times are simulated milliseconds unless they say otherwise. */
export interface Report {
  readonly nodes: number;
  readonly malicious: number;
  readonly hours: number;
  readonly seed: number;
  readonly params: string;
  readonly height: number;
  /** Share of the nodes on the most common tip at the end, and on average. */
  readonly onOneTip: number;
  readonly meanOnOneTip: number;
  /** Share of the time in which all nodes had one tip. */
  readonly agreedTime: number;
  readonly healedAfterMs: number | null;
  readonly blocks: number;
  readonly stale: number;
  readonly staleRate: number;
  readonly reorgs: number;
  readonly deepestReorg: number;
  readonly propagationMs: { readonly p50: number | null; readonly p90: number | null; readonly p99: number | null };
  /** Until nine nodes of ten had a block. */
  readonly toMostMs: { readonly p50: number | null; readonly p90: number | null };
  /** Of a node, on average, in a day. */
  readonly perNodeAndDay: {
    readonly bytesRead: number;
    readonly bytesWritten: number;
    readonly messages: number;
    readonly txpows: number;
    readonly contentChecks: number;
    /** Processor time of this process without the search for nonces, shared out. */
    readonly cpuMs: number;
  };
  readonly invalidBlocks: number;
  readonly disconnects: number;
  readonly memoryPerNode: number;
  readonly realSeconds: number;
  readonly events: number;
  readonly fingerprint: string;
}

/** `cpuMs` and `realMs`: what the run took of the machine. */
export function report(simulation: Simulation, cpuMs: number, realMs: number): Report {
  const { world, options, attackers } = simulation;
  const { observer, nodes } = world;
  const days = world.time / (24 * 3600 * 1000);
  const works = nodes.map((node) => node.totals());
  const average = (count: (work: (typeof works)[number]) => number): number =>
    Math.round(works.reduce((sum, work) => sum + count(work), 0) / nodes.length / days);
  const { made, stale } = observer.staleness();
  const { delays, delaysToMost } = observer;
  return {
    nodes: nodes.length,
    malicious: attackers.length,
    hours: options.hours,
    seed: options.seed,
    params: options.params,
    height: Math.max(...nodes.map((node) => node.chain.tip?.number ?? 0)),
    onOneTip: observer.mostCommonTip.nodes / Math.max(1, world.live.length),
    meanOnOneTip: simulation.shares / Math.max(1, simulation.looks),
    agreedTime: simulation.agreed / Math.max(1, simulation.looks),
    healedAfterMs: simulation.healedAfter ?? null,
    blocks: made,
    stale,
    staleRate: stale / Math.max(1, made),
    reorgs: observer.reorgs,
    deepestReorg: observer.deepestReorg,
    propagationMs: { p50: delays.quantile(0.5), p90: delays.quantile(0.9), p99: delays.quantile(0.99) },
    toMostMs: { p50: delaysToMost.quantile(0.5), p90: delaysToMost.quantile(0.9) },
    perNodeAndDay: {
      bytesRead: average((work) => work.bytesRead),
      bytesWritten: average((work) => work.bytesWritten),
      messages: average((work) => work.messagesRead),
      txpows: average((work) => work.arrivals),
      contentChecks: average((work) => work.contentChecks),
      cpuMs: Math.round((cpuMs - world.miningMs) / nodes.length / days),
    },
    invalidBlocks: observer.invalidBlocks,
    disconnects: observer.disconnects,
    memoryPerNode: Math.round(process.memoryUsage().rss / nodes.length),
    realSeconds: Math.round(realMs / 1000),
    events: observer.events,
    fingerprint: observer.fingerprint(),
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const seconds = (ms: number | null): string => (ms === null ? "-" : `${(ms / 1000).toFixed(2)} s`);
const kib = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`;

export function reportText(result: Report): string {
  const { perNodeAndDay: each, propagationMs: spread, toMostMs } = result;
  const rows: readonly (readonly [string, string])[] = [
    [
      "network",
      `${result.nodes} nodes, ${result.malicious} malicious peers, ${result.hours} h, ${result.params} parameters, seed ${result.seed}`,
    ],
    ["chain", `${result.height} blocks high`],
    [
      "on one tip",
      `${percent(result.onOneTip)} at the end, ${percent(result.meanOnOneTip)} on average, all of them ${percent(result.agreedTime)} of the time`,
    ],
    ...(result.healedAfterMs === null ? [] : [["partition healed after", seconds(result.healedAfterMs)] as const]),
    ["stale", `${result.stale} of ${result.blocks} blocks, ${percent(result.staleRate)}`],
    ["reorganisations", `${result.reorgs}, the deepest of ${result.deepestReorg} blocks`],
    ["propagation", `50 % ${seconds(spread.p50)}, 90 % ${seconds(spread.p90)}, 99 % ${seconds(spread.p99)}`],
    ["nine nodes of ten have it", `after ${seconds(toMostMs.p50)} in the median, ${seconds(toMostMs.p90)} in nine cases of ten`],
    [
      "per node and day",
      `${kib(each.bytesRead)} in, ${kib(each.bytesWritten)} out, ${each.messages} messages, ${each.txpows} TxPoWs, ${each.contentChecks} block checks`,
    ],
    ["this process", `${each.cpuMs} ms of CPU per node and day, ${kib(result.memoryPerNode)} per node, ${result.realSeconds} s in all`],
    ["refused", `${result.invalidBlocks} invalid blocks, ${result.disconnects} disconnects by the chain`],
    ["fingerprint", `${result.fingerprint} over ${result.events} events`],
  ];
  return rows.map(([name, text]) => `${name.padEnd(28)}${text}`).join("\n");
}
