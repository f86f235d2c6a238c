import { type Bytes, ZERO_ID } from "../protocol/bytes.js";
import type { Greeting } from "../protocol/messages/greeting.js";
import type { MaxTxPoW } from "../protocol/messages/maxima.js";
import type { MegaMMRSyncData } from "../protocol/messages/mega-mmr.js";
import { MessageType, messageLimit, type NetworkMessage, readMessage, writeMessage } from "../protocol/messages/message.js";
import { MiniNumber } from "../protocol/number.js";
import type { IncomingIBD } from "./chain-port.js";
import type { Cancel, Clock } from "./clock.js";
import { addressText, type Endpoint } from "./endpoint.js";
import { type IncomingMegaMMR, openIBD, openMegaMMR } from "./incoming-ibd.js";
import type { Connection, Transport } from "./transports/transport.js";

const SECOND = 1000;
/** Longest exchange of a Maxima message: others wait for their turn. */
const MAXIMA_MS = 60 * SECOND;

/** Why a one-shot request got no answer. */
export class OneShotError extends Error {
  override readonly name = "OneShotError";
}

export interface OneShotOptions {
  readonly clock: Clock;
  readonly transport: Transport;
  /** Longest archive or MegaMMR answer that is read. */
  readonly ibdBytes: number;
}

/** Requests on connections of their own: connect, ask, read the answer, hang up (spec 07 §11). All fail with `OneShotError` or `ProtocolError`. */
export class OneShotClient {
  constructor(readonly options: OneShotOptions) {}

  /** What a node tells about itself. */
  async singlePing(endpoint: Endpoint): Promise<Greeting> {
    const body = await this.#ask(
      endpoint,
      { type: MessageType.SINGLE_PING, payload: ZERO_ID },
      10 * SECOND,
      isType(MessageType.SINGLE_PONG),
    );
    const message = readMessage(body);
    if (message.type !== MessageType.SINGLE_PONG) throw new OneShotError("another answer than a pong");
    return message.payload;
  }

  /** Blocks from a number upwards; -1 only tries the connection. */
  async archive(endpoint: Endpoint, first: number): Promise<IncomingIBD> {
    const request = { type: MessageType.ARCHIVE_REQ, payload: MiniNumber.of(first) };
    return openIBD(await this.#ask(endpoint, request, 10 * SECOND, isType(MessageType.ARCHIVE_DATA)));
  }

  /** The chain and the coins of a wallet. Shows the wallet to the server (spec 07 §13). */
  async megaMMR(endpoint: Endpoint, wallet: MegaMMRSyncData): Promise<IncomingMegaMMR> {
    const request = { type: MessageType.MEGAMMRSYNC_REQ, payload: wallet };
    return openMegaMMR(await this.#ask(endpoint, request, 180 * SECOND, isType(MessageType.MEGAMMRSYNC_RESP)));
  }

  /** Delivers a Maxima message; the payload of the first PING that `isAnswer`. Other frames are passed over (spec 08 §6). */
  async maxima(endpoint: Endpoint, message: MaxTxPoW, isAnswer: (payload: Bytes) => boolean): Promise<Bytes> {
    let payload: Bytes | undefined;
    const accepts = (body: Bytes): boolean => {
      payload = pingPayload(body);
      return payload !== undefined && isAnswer(payload);
    };
    await this.#ask(endpoint, { type: MessageType.MAXIMA_TXPOW, payload: message }, 20 * SECOND, accepts, MAXIMA_MS);
    if (payload === undefined) throw new OneShotError("another answer than a status");
    return payload;
  }

  #ask(
    endpoint: Endpoint,
    request: NetworkMessage,
    timeoutMs: number,
    isAnswer: (body: Bytes) => boolean,
    longestMs?: number,
  ): Promise<Bytes> {
    const { clock, transport } = this.options;
    return new Promise((resolve, reject) => {
      let connection: Connection | undefined;
      let cancelDial: Cancel = () => {};
      const end = (): void => {
        cancelTimeout();
        cancelDeadline();
        cancelDial();
        connection?.close();
      };
      const fail = (reason: string): void => {
        end();
        reject(new OneShotError(`${addressText(endpoint)}: ${reason}`));
      };
      let cancelTimeout: Cancel = () => {};
      const cancelDeadline = longestMs === undefined ? () => {} : clock.setTimeout(longestMs, () => fail("no answer in time"));
      // A long answer may take its time as long as it gets ahead.
      const wait = (before: number): void => {
        cancelTimeout = clock.setTimeout(timeoutMs, () => {
          const received = connection?.partial?.received ?? 0;
          if (received > before) wait(received);
          else fail("no answer in time");
        });
      };
      wait(0);
      cancelDial = transport.dial(endpoint, {
        failed: fail,
        connected: (established) => {
          connection = established;
          cancelTimeout();
          wait(0);
          established.send(writeMessage(request));
          return {
            limit: (type) => this.#limit(type),
            message: ({ body, release }) => {
              release();
              if (!isAnswer(body)) return;
              end();
              resolve(body);
            },
            skipped: () => fail("the answer is too long"),
            drained: () => {},
            closed: fail,
          };
        },
      });
    });
  }

  #limit(type: number): number {
    return type === MessageType.ARCHIVE_DATA || type === MessageType.MEGAMMRSYNC_RESP ? this.options.ibdBytes : messageLimit(type);
  }
}

function pingPayload(body: Bytes): Bytes | undefined {
  if (body[0] !== MessageType.PING) return undefined;
  try {
    const message = readMessage(body);
    return message.type === MessageType.PING ? message.payload : undefined;
  } catch {
    return undefined;
  }
}

const isType =
  (type: number) =>
  (body: Bytes): boolean =>
    body[0] === type;
