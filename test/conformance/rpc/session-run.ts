import { toHex0x } from "../../../host/protocol/bytes.js";
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../../host/protocol/json.js";
import { encodeMx } from "../../../host/protocol/mx.js";
import { AddressChoice } from "./address-choice.js";
import { BlockOfCoins } from "./block-of-coins.js";
import { compareJson } from "./compare-json.js";
import { HookReceiver } from "./hook-receiver.js";
import { IdMap } from "./id-map.js";
import { NodeUnderTest } from "./node-under-test.js";
import { post } from "./raw-http.js";
import {
  at,
  firstHeight,
  heightIn,
  heightOfBuilding,
  hookPort,
  isWait,
  type RecordedCommand,
  type RecordedEvent,
  type RecordedWait,
  type Recording,
  recordedPorts,
  seedPhrase,
  selectionHeight,
} from "./recording.js";

/** Commands whose answers no run may change. */
const CONSTANT = new Set([
  "checkaddress",
  "convert",
  "hash",
  "keys",
  "maths",
  "mmrcreate",
  "mmrproof",
  "newaddress",
  "newscript",
  "removescript",
  "runscript",
  "scripts",
  "seedrandom",
  "vault",
  "verify",
]);

/** What a token is made of: the newest coins that may be spent. */
const YOUNG_COINS = "coins sendable:true tokenid:0x00 coinage:3 checkmempool:true";
const ANSWER_MS = 150_000;
const DIFFERENCES_SHOWN = 4;

/** Plays a recorded session to a node of ours. */
export class SessionRun {
  readonly #under: NodeUnderTest;
  readonly #hooks: HookReceiver;
  readonly #ids = new IdMap();
  readonly #choice: AddressChoice;
  readonly #blocks: BlockOfCoins;
  #inStep = true;

  private constructor(under: NodeUnderTest, hooks: HookReceiver, recording: Recording) {
    this.#under = under;
    this.#hooks = hooks;
    this.#choice = new AddressChoice(under.node.wallet, recording);
    this.#blocks = new BlockOfCoins(recording);
    this.#shareKeys();
    const hook = hookPort(recording);
    if (hook !== undefined) this.#ids.learnPort(hook, hooks.port);
    const ports = recordedPorts(recording);
    if (ports !== undefined) this.#ids.learnPort(ports.node, under.port);
  }

  static async start(recording: Recording): Promise<SessionRun> {
    const under = await NodeUnderTest.start({ phrase: seedPhrase(recording) });
    const run = new SessionRun(under, await HookReceiver.start(), recording);
    await under.mineTo(firstHeight(recording));
    under.holdMining();
    return run;
  }

  get events(): readonly RecordedEvent[] {
    return this.#hooks.events;
  }

  async play(entry: RecordedCommand | RecordedWait): Promise<void> {
    if (isWait(entry)) await this.#under.mineTo(this.#under.height + entry.wait_blocks);
    else await this.#command(entry);
  }

  async #command({ request, response }: RecordedCommand): Promise<void> {
    if (response === "") return this.#last(request);
    const recorded = parseJson(response);
    await this.#reachHeightOf(request, recorded);
    this.#choice.follow(request, recorded);
    if (request.includes("mine:true")) this.#under.releaseMining();
    else this.#under.holdMining(this.#blocks.blockOf(recorded));
    const body = await post(this.#under.rpcPort, this.#ids.translate(request), ANSWER_MS);
    this.#under.holdMining();
    await this.#under.mineAroundHeld(heightOfBuilding(recorded) ?? 0);
    JSON.parse(body);
    this.#check(recorded, parseJson(body));
  }

  /**
   * Mines until the chain is as high as the recorded one was. A payment tells the height when it was built; its coins were chosen a
   * little before that: if the answer does not tell when, the first height is taken at which we would choose the same.
   */
  async #reachHeightOf(request: string, recorded: JsonValue): Promise<void> {
    const height = heightIn(recorded);
    if (height === undefined) return;
    const known = selectionHeight(recorded);
    if (known !== undefined) return this.#under.mineTo(known);
    const wanted = inputIds(recorded).map((coinid) => this.#ids.ours(coinid));
    while (this.#under.height < height) {
      if (wanted.length > 0 && !wanted.includes(undefined) && same(wanted, await this.#wouldSpend(request, recorded))) return;
      await this.#under.mineTo(this.#under.height + 1);
    }
  }

  /** The coins a payment would spend now. */
  async #wouldSpend(request: string, recorded: JsonValue): Promise<readonly string[]> {
    const [command] = request.split(" ");
    const line = command === "tokencreate" ? YOUNG_COINS : `${request}${request.includes("dryrun:") ? "" : " dryrun:true"}`;
    this.#choice.follow(request, recorded);
    const answer = parseJson(await post(this.#under.rpcPort, this.#ids.translate(line), ANSWER_MS));
    if (command !== "tokencreate") return inputIds(answer);
    const coins = at(answer, "response");
    const count = inputIds(recorded).length;
    return isJsonArray(coins) ? coins.slice(0, count).map((coin) => String(at(coin, "coinid"))) : [];
  }

  #check(recorded: JsonValue, ours: JsonValue): void {
    if (!isJsonObject(recorded) || !isJsonObject(ours)) throw new Error(`got ${JSON.stringify(ours)}`);
    const command = String(recorded.get("command")).split(" ")[0] as string;
    const exact = CONSTANT.has(command) || recorded.get("status") === false || isWords(recorded.get("response"));
    if (recorded.get("status") === true && ours.get("status") === false)
      throw new Error(`failed: ${ours.get("error") ?? ours.get("message")}`);
    this.#noteStep(recorded, ours);
    const rules = { ids: this.#ids, exact, consistent: this.#inStep, inStep: this.#inStep };
    const { differences, pairs } = compareJson(...comparable(recorded, ours), rules);
    for (const [theirs, our] of pairs) this.#ids.learn(theirs, our);
    if (command === "newaddress" || command === "keys") this.#shareKeys();
    if (differences.length > 0) throw new Error(differences.slice(0, DIFFERENCES_SHOWN).join(" | "));
  }

  /** Once other coins were chosen than in the recording, which is a matter of chance, amounts say nothing any more. */
  #noteStep(recorded: JsonValue, ours: JsonValue): void {
    const wanted = inputIds(recorded).map((coinid) => this.#ids.ours(coinid));
    if (!wanted.includes(undefined) && !same(wanted, inputIds(ours))) this.#inStep = false;
  }

  /** New keys come from the seed as well. */
  #shareKeys(): void {
    for (const { script, address } of this.#under.node.wallet.scripts()) this.#ids.share([script, toHex0x(address), encodeMx(address)]);
  }

  /** The recorded node ended before it answered; ours may answer. */
  async #last(request: string): Promise<void> {
    const body = await post(this.#under.rpcPort, request, ANSWER_MS);
    if (body !== "" && at(parseJson(body), "status") !== true) throw new Error(`got ${body}`);
  }

  async stop(): Promise<void> {
    await this.#under.stop();
    await this.#hooks.stop();
  }
}

/** The ids of the coins that the payment in an answer spends. */
function inputIds(answer: JsonValue): string[] {
  return [at(answer, "response", "body", "txn", "inputs"), at(answer, "response", "body", "burntxn", "inputs")].flatMap((inputs) =>
    isJsonArray(inputs) ? inputs.map((coin) => String(at(coin, "coinid"))) : [],
  );
}

function same(one: readonly (string | undefined)[], other: readonly (string | undefined)[]): boolean {
  return one.length === other.length && one.every((item, i) => item === other[i]);
}

/**
 * Both answers without what only the platform of the recorded node decided: where its command crashed, or failed with a text of the
 * platform, what counts is that ours fails with a text.
 */
function comparable(recorded: JsonObject, ours: JsonObject): [JsonObject, JsonObject] {
  if (recorded.size === 1 && recorded.get("status") === false) return [recorded, only(ours, "status")];
  const error = recorded.get("error");
  if (typeof error !== "string" || !/^java\.|because|cannot be cast/.test(error)) return [recorded, ours];
  const text = ours.get("error");
  return [recorded, typeof text === "string" && text !== "" ? new Map([...ours, ["error", error]]) : ours];
}

/** Whether an answer is a sentence, rather than data. */
function isWords(value: JsonValue | undefined): boolean {
  return typeof value === "string" && !/^0x[0-9A-F]{16,}$/.test(value);
}

function only(object: JsonObject, key: string): JsonObject {
  return new Map(Array.from(object).filter(([name]) => name === key));
}
