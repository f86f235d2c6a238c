import type { Cancel, Clock } from "../net/clock.js";
import type { Endpoint } from "../net/endpoint.js";
import { type NetLogger, printable } from "../net/log.js";
import type { Bytes } from "../protocol/bytes.js";
import type { RandomBytes, RSAKeyPair } from "../protocol/encryption.js";
import type { MaximaMessage, MaxTxPoW } from "../protocol/messages/maxima.js";
import { MiniNumber } from "../protocol/number.js";
import { type MaximaAddress, parseMaximaAddress } from "./address.js";
import { type Answer, readAnswer } from "./answer.js";
import { type Delivery, MaximaError } from "./link.js";
import { Queue } from "./queue.js";
import { sealMessage } from "./sealing.js";
import { type WorkPort, workFor } from "./work.js";

export interface SenderOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: NetLogger;
  /** The Maxima key. */
  readonly keys: RSAKeyPair;
  readonly work: WorkPort;
  /** Sends on a connection of its own and gives the payload of the first PING that is an answer. */
  readonly deliver: (endpoint: Endpoint, message: MaxTxPoW, isAnswer: (payload: Bytes) => boolean) => Promise<Bytes>;
}

const RANDOM_BYTES = 32;
/** Messages whose sender waits, and messages that nobody waits for, that may be held back at a time (spec 08 §13). */
const MOST_SENT = 16;
const MOST_QUEUED = 256;

/** Sends messages, one at a time of those that are waited for and one of the others (spec 08 §6). */
export class Sender {
  readonly #options: SenderOptions;
  readonly #sends = new Queue(MOST_SENT);
  readonly #queued = new Queue(MOST_QUEUED);
  readonly #delays = new Set<Cancel>();
  readonly #stop = new AbortController();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** As `MaximaLink.send`. */
  async send(address: string, application: string, data: Bytes): Promise<Delivery> {
    const to = parseMaximaAddress(address);
    const message = this.#compose(to, application, data);
    this.#sends.takePlace();
    return this.#sends.inPlace(() => this.#deliver(to, message));
  }

  /** How many messages of `queue` wait. */
  get queued(): number {
    return this.#queued.waiting;
  }

  /** As `MaximaLink.queue`. */
  queue(address: string, application: string, data: Bytes, delayMs = 0): MaximaMessage {
    const to = parseMaximaAddress(address);
    const message = this.#compose(to, application, data);
    this.#queued.takePlace();
    const run = (): void => void this.#queued.inPlace(() => this.#deliver(to, message)).then(this.#tell, this.#tellFailure);
    if (delayMs <= 0) run();
    else {
      const cancel = this.#options.clock.setTimeout(delayMs, () => {
        this.#delays.delete(cancel);
        run();
      });
      this.#delays.add(cancel);
    }
    return message;
  }

  stop(): void {
    this.#stop.abort();
    for (const cancel of this.#delays) cancel();
    this.#delays.clear();
  }

  #compose(to: MaximaAddress, application: string, data: Bytes): MaximaMessage {
    const { clock, random, keys } = this.#options;
    return {
      random: random(RANDOM_BYTES),
      from: keys.publicKey,
      to: to.key,
      time: MiniNumber.of(Math.floor(clock.now())),
      application,
      data,
    };
  }

  async #deliver({ endpoint }: MaximaAddress, message: MaximaMessage): Promise<Delivery> {
    const { clock, random, keys, work, deliver } = this.#options;
    if (this.#stop.signal.aborted) throw new MaximaError("the node stops");
    const begin = clock.now();
    const ready = await workFor(sealMessage(message, keys, random), work, clock, this.#stop.signal).catch((error) => {
      throw error instanceof MaximaError ? new MaximaError(error.message, message) : error;
    });
    const made = clock.now();
    const answer = await this.#answerTo(() => deliver(endpoint, ready, (payload) => readAnswer(payload) !== undefined));
    return { ...answer, message, creationMs: made - begin, sendingMs: clock.now() - made };
  }

  async #answerTo(ask: () => Promise<Bytes>): Promise<Answer> {
    try {
      return readAnswer(await ask()) ?? { status: "nothing", error: "no answer" };
    } catch (error) {
      return { status: "nothing", error: reasonOf(error) };
    }
  }

  readonly #tell = ({ status, error, message }: Delivery): void => {
    const application = printable(message.application, 40);
    this.#options.log.debug("Maxima message sent", { application, status, reason: error === undefined ? undefined : printable(error) });
  };

  readonly #tellFailure = (error: unknown): void => {
    this.#options.log.debug("Maxima message not sent", { reason: printable(reasonOf(error)) });
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
