import { Command, InvalidArgumentError, Option } from "commander";
import { ATTACK_KINDS, type AttackKind } from "./attacks.js";
import { report, reportText } from "./report.js";
import { DEFAULT_OPTIONS, type Partition, Simulation, type SimulationOptions } from "./simulation.js";

/** Times at which progress is told, at most. */
const PROGRESS_STEPS = 24;

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) throw new InvalidArgumentError("not a number of 0 or more");
  return value;
}

function count(text: string): number {
  const value = amount(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("not a whole number");
  return value;
}

/** `5%` or `0.05`. */
function share(text: string): number {
  const value = text.endsWith("%") ? amount(text.slice(0, -1)) / 100 : amount(text);
  if (value >= 1) throw new InvalidArgumentError("not a share below 100 %");
  return value;
}

/** `1h-2h`, with the share that is cut off behind a colon. */
function partition(text: string): Partition {
  const match = /^([\d.]+)h-([\d.]+)h(?::(.+))?$/.exec(text);
  const [fromHours, toHours] = [amount(match?.[1] ?? ""), amount(match?.[2] ?? "")];
  if (toHours <= fromHours) throw new InvalidArgumentError("ends before it begins");
  return { fromHours, toHours, share: share(match?.[3] ?? "50%") };
}

function attacks(text: string): readonly AttackKind[] {
  return text.split(",").map((name) => {
    const kind = ATTACK_KINDS.find((known) => known === name);
    if (kind === undefined) throw new InvalidArgumentError(`known attacks: ${ATTACK_KINDS.join(", ")}`);
    return kind;
  });
}

async function simulate(options: SimulationOptions, json: boolean): Promise<void> {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const simulation = await Simulation.start(options);
  const steps = Math.min(PROGRESS_STEPS, Math.max(1, Math.ceil(options.hours * 4)));
  for (let step = 1; step <= steps; step++) {
    await simulation.run(options.hours / steps);
    const { world } = simulation;
    const { key, nodes } = world.observer.mostCommonTip;
    const height = world.nodes.find((node) => node.chain.tip?.key === key)?.chain.tip?.number ?? 0;
    const real = ((performance.now() - started) / 1000).toFixed(0);
    if (!json)
      console.log(`${((options.hours * step) / steps).toFixed(2)} h: block ${height} on ${nodes} of ${world.live.length} nodes, ${real} s`);
  }
  const { user, system } = process.cpuUsage(cpu);
  const result = report(simulation, (user + system) / 1000, performance.now() - started);
  console.log(json ? JSON.stringify(result, null, 2) : `\n${reportText(result)}`);
}

const defaults = DEFAULT_OPTIONS;
await new Command("sim")
  .description("Runs a network of real nodes on a simulated clock and network. The same options give the same run.")
  .option("--nodes <n>", "hosts, malicious ones included", count, defaults.nodes)
  .option("--hours <h>", "simulated hours", amount, defaults.hours)
  .option("--seed <n>", "what all chance comes from", count, defaults.seed)
  .addOption(new Option("--params <name>", "network parameters").choices(["main", "test"]).default(defaults.params))
  .option("--latency <ms>", "mean latency between two hosts", amount, defaults.latencyMs)
  .option("--bandwidth <bytes>", "mean bytes per second of a host", amount, defaults.bytesPerSecond)
  .option("--links <n>", "connections a node keeps by itself", count, defaults.links)
  .addOption(new Option("--loss [n]", "connections a node loses in an hour").argParser(amount).default(0).preset("1"))
  .addOption(
    new Option("--churn [n]", "restarts of a node in a day, every fourth with an empty disk").argParser(amount).default(0).preset("1"),
  )
  .option("--partition <span>", "cut some hosts off, for example 1h-2h or 1h-2h:30%", partition)
  .option("--malicious <share>", "malicious hosts, for example 5%", share, defaults.malicious)
  .option("--attacks <list>", `what they do, of: ${ATTACK_KINDS.join(",")}`, attacks)
  .option("--payments <n>", "payments an hour in the whole network", amount, defaults.payments)
  .option("--no-sharing", "every node keeps its own objects and does all checks itself")
  .option("--json", "print only the result, as JSON", false)
  .showHelpAfterError()
  .action(async ({ latency, bandwidth, json, ...given }) => {
    await simulate({ ...defaults, ...given, latencyMs: latency, bytesPerSecond: bandwidth }, json);
  })
  .parseAsync();
