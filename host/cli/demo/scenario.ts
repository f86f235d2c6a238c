import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MiniNumber } from "../../protocol/number.js";
import { freePort, NodeProcess } from "./node-process.js";
import type { Screen } from "./screen.js";

const BLOCK_SECONDS = 2;
const PAYMENTS = 10;
/** The payment after which the second node is killed. */
const KILL_AFTER = 5;
const AMOUNT = "12.5";
const PAY_BACK = "50";
const SUPPLY = MiniNumber.BILLION;
/** Nothing in the story takes longer than this on two cores. */
const PATIENCE_MS = 120_000;

interface Status {
  readonly chain: { readonly block: number; readonly hash: string };
}

interface Balance {
  readonly tokenid: string;
  readonly confirmed: string;
  readonly unconfirmed: string;
}

interface Coin {
  readonly coinid: string;
  readonly amount: string;
  readonly created: string;
}

interface Payment {
  readonly number: number;
  readonly sentAt: number;
  seconds: number | undefined;
}

/** The story of the demo. Gives false when something did not come true; the reasons were shown. */
export async function playDemo(screen: Screen, keep: boolean): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "minimote-demo-"));
  const nodes: NodeProcess[] = [];
  try {
    const anna = await makeNode(folder, "Anna", ["--network", "solo"]);
    nodes.push(anna);
    const ben = await makeNode(folder, "Ben", ["--network", "test", "--connect", `127.0.0.1:${anna.options.port}`]);
    nodes.push(ben);
    return await play(screen, anna, ben);
  } finally {
    screen.done();
    await Promise.all(nodes.map((node) => node.kill("SIGTERM")));
    if (keep) screen.line(screen.dim(`Data and logs are in ${folder}`));
    else rmSync(folder, { recursive: true, force: true });
  }
}

async function makeNode(folder: string, name: string, network: readonly string[]): Promise<NodeProcess> {
  const lower = name.toLowerCase();
  return new NodeProcess({
    name,
    dataDir: join(folder, lower),
    logFile: join(folder, `${lower}.log`),
    port: await freePort(),
    rpcPort: await freePort(),
    args: [...network, "--block-time", String(BLOCK_SECONDS), "--mining-duty", "50%"],
  });
}

async function play(screen: Screen, anna: NodeProcess, ben: NodeProcess): Promise<boolean> {
  screen.line(screen.bold("minimote demo: two nodes, one private chain, twelve payments and one power cut"));
  await meet(screen, anna, ben);
  await splitCoins(screen, anna);
  const payments = await pay(screen, anna, ben);
  await payBack(screen, anna, ben);
  return report(screen, anna, ben, payments);
}

async function meet(screen: Screen, anna: NodeProcess, ben: NodeProcess): Promise<void> {
  screen.chapter("Two nodes meet");
  anna.start();
  await until(screen, "Anna makes her keys and the genesis block", async () => (await tip(anna)).block >= 2);
  screen.step(`Anna (process ${anna.pid}) made the genesis block and mines; she owns all ${SUPPLY} Minima`);
  ben.start();
  await until(screen, "Ben makes his keys and syncs", async () => sameTip(anna, ben));
  screen.step(`Ben (process ${ben.pid}) connected, took over the chain and is at the same tip`);
}

async function splitCoins(screen: Screen, anna: NodeProcess): Promise<void> {
  screen.chapter("Anna splits her coin, so that she can pay several times in a row");
  await until(screen, "the first coin gets its confirmations", async () => (await sendableCoins(anna)) >= 1);
  const { miniaddress } = await anna.call<{ miniaddress: string }>("getaddress");
  await anna.call(`send address:${miniaddress} amount:10000 split:10`);
  await until(screen, "the split is mined and confirmed", async () => (await sendableCoins(anna)) >= PAYMENTS);
  screen.step("10 coins of 1000 Minima, confirmed");
}

async function pay(screen: Screen, anna: NodeProcess, ben: NodeProcess): Promise<Payment[]> {
  screen.chapter(`Anna pays Ben ${PAYMENTS} times ${AMOUNT} Minima`);
  const { miniaddress } = await ben.call<{ miniaddress: string }>("getaddress");
  const payments: Payment[] = [];
  for (let number = 1; number <= PAYMENTS; number++) {
    const payment: Payment = { number, sentAt: Date.now(), seconds: undefined };
    payments.push(payment);
    await anna.call(`send address:${miniaddress} amount:${AMOUNT}`);
    await until(screen, `payment ${number} is on its way`, async () => received(await coinsOf(ben, AMOUNT), payments));
    screen.step(
      `payment ${String(number).padStart(2)}   ${screen.good("✔")} Ben sees it in a block after ${(payment.seconds ?? 0).toFixed(1)} s`,
    );
    if (number === KILL_AFTER) await powerCut(screen, anna, ben);
  }
  return payments;
}

/** Marks the payments that have arrived; whether all have. */
function received(coins: readonly Coin[], payments: readonly Payment[]): boolean {
  for (const payment of payments.slice(0, coins.length)) payment.seconds ??= (Date.now() - payment.sentAt) / 1000;
  return coins.length >= payments.length;
}

async function powerCut(screen: Screen, anna: NodeProcess, ben: NodeProcess): Promise<void> {
  const before = await tip(ben);
  screen.step(screen.bad(`⚡ Ben is killed with -9 at block ${before.block}, in the middle of everything`));
  await ben.kill("SIGKILL");
  await until(screen, "Anna goes on alone", async () => (await tip(anna)).block >= before.block + 2);
  const downAt = Date.now();
  ben.start();
  const after = await tip(ben);
  if (after.block < before.block) throw new Error(`Ben came back at block ${after.block}, but he had acknowledged block ${before.block}`);
  await until(screen, "Ben catches up", async () => sameTip(anna, ben));
  screen.step(`Ben is back: nothing lost, same tip as Anna again after ${((Date.now() - downAt) / 1000).toFixed(1)} s`);
}

async function payBack(screen: Screen, anna: NodeProcess, ben: NodeProcess): Promise<void> {
  screen.chapter(`Ben pays ${PAY_BACK} Minima back`);
  await until(screen, "Ben's coins get their confirmations", async () =>
    MiniNumber.parse((await minima(ben)).confirmed).moreOrEqual(MiniNumber.parse(PAY_BACK)),
  );
  const { miniaddress } = await anna.call<{ miniaddress: string }>("getaddress");
  const sentAt = Date.now();
  await ben.call(`send address:${miniaddress} amount:${PAY_BACK}`);
  await until(screen, "the payment is on its way", async () => (await coinsOf(anna, PAY_BACK)).length > 0);
  screen.step(`${screen.good("✔")} Anna sees it in a block after ${((Date.now() - sentAt) / 1000).toFixed(1)} s`);
}

async function report(screen: Screen, anna: NodeProcess, ben: NodeProcess, payments: readonly Payment[]): Promise<boolean> {
  screen.chapter("The end");
  await until(
    screen,
    "everything gets its confirmations",
    async () => (await minima(anna)).unconfirmed === "0" && (await minima(ben)).unconfirmed === "0" && sameTip(anna, ben),
  );
  const [annaTip, annaBalance, benTip, benBalance] = await Promise.all([tip(anna), minima(anna), tip(ben), minima(ben)]);
  screen.step(`Anna  block ${annaTip.block}  tip ${annaTip.hash}  balance ${annaBalance.confirmed}`);
  screen.step(`Ben   block ${benTip.block}  tip ${benTip.hash}  balance ${benBalance.confirmed}`);
  const expected = MiniNumber.parse(AMOUNT).mul(MiniNumber.of(PAYMENTS)).sub(MiniNumber.parse(PAY_BACK));
  const sum = MiniNumber.parse(annaBalance.confirmed).add(MiniNumber.parse(benBalance.confirmed));
  const adds = sum.equals(SUPPLY) && MiniNumber.parse(benBalance.confirmed).equals(expected);
  screen.step(
    adds
      ? screen.good(`✔ the balances add up: ${sum} in all, ${expected} with Ben`)
      : screen.bad(`✘ the balances do not add up: ${sum} in all, Ben should have ${expected}`),
  );
  const seconds = payments.map((payment) => payment.seconds ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  screen.step(
    `payments took ${seconds[0]?.toFixed(1)} s at best, ${seconds[Math.floor(seconds.length / 2)]?.toFixed(1)} s in the middle, ${seconds.at(-1)?.toFixed(1)} s at worst, from sending to a block at the other node`,
  );
  return adds;
}

async function tip(node: NodeProcess): Promise<Status["chain"]> {
  return (await node.call<Status>("status")).chain;
}

async function sameTip(a: NodeProcess, b: NodeProcess): Promise<boolean> {
  const [left, right] = await Promise.all([tip(a), tip(b)]);
  return left.block > 0 && left.hash === right.hash;
}

async function minima(node: NodeProcess): Promise<Balance> {
  const [first] = await node.call<Balance[]>("balance");
  if (first === undefined) throw new Error(`${node.name} shows no balance`);
  return first;
}

/** Own confirmed coins that can be spent. */
async function sendableCoins(node: NodeProcess): Promise<number> {
  return (await node.call<Coin[]>("coins relevant:true sendable:true coinage:3")).length;
}

async function coinsOf(node: NodeProcess, amount: string): Promise<Coin[]> {
  return node.call<Coin[]>(`coins relevant:true amount:${amount}`);
}

async function until(screen: Screen, what: string, condition: () => Promise<boolean>): Promise<void> {
  const started = Date.now();
  while (!(await condition())) {
    const seconds = Math.floor((Date.now() - started) / 1000);
    if (seconds * 1000 > PATIENCE_MS) throw new Error(`gave up waiting until ${what}`);
    screen.status(`${what} … ${seconds} s`);
    await sleep(100);
  }
  screen.status("");
}
