import type { Cancel } from "../../host/net/clock.js";
import type { Connection, ConnectionHandler, Transport } from "../../host/net/transports/transport.js";
import type { Bytes } from "../../host/protocol/bytes.js";
import { jsonObject } from "../../host/protocol/json.js";
import { MessageType, type NetworkMessage, readMessage, writeMessage } from "../../host/protocol/messages/message.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { isBlock, type TxPoW } from "../../host/protocol/txpow.js";
import { ATTACKS, type AttackKind } from "./attacks.js";
import type { Random } from "./random.js";
import { PORT } from "./sim-node.js";
import type { World } from "./world.js";

/** How often an attacker strikes, on average. */
const STRIKE_EVERY_MS = 20_000;
const REDIAL_MS = 45_000;
/** Blocks an attacker remembers. */
const MEMORY = 64;
const LONGEST_MESSAGE = 4 * 1024 * 1024;

/** A peer that speaks the protocol in order to do harm. It learns the chain from those it attacks. */
export class Attacker {
  /** Blocks of the network, the newest last. */
  readonly blocks: TxPoW[] = [];
  /** Connections that victims or this side ended. */
  ended = 0;
  strikes = 0;
  readonly #connections = new Set<Connection>();
  readonly #transport: Transport;

  constructor(
    readonly world: World,
    readonly kind: AttackKind,
    readonly host: string,
    readonly random: Random,
    readonly victims: readonly string[],
  ) {
    world.geography.place(host);
    this.#transport = world.network.host({ host, port: PORT });
  }

  async start(): Promise<void> {
    await this.#transport.listen((connection) => this.#handler(connection));
    for (const host of this.victims) this.#dial(host);
    this.#awaitStrike();
  }

  #awaitStrike(): Cancel {
    return this.world.clock.setTimeout(this.random.exponential(STRIKE_EVERY_MS), () => {
      for (const connection of this.#connections) {
        this.strikes++;
        ATTACKS[this.kind](this, connection);
      }
      this.#awaitStrike();
    });
  }

  #dial(host: string): void {
    const again = (): void => {
      this.world.clock.setTimeout(REDIAL_MS, () => this.#dial(host));
    };
    this.#transport.dial(
      { host, port: PORT },
      {
        connected: (connection) => {
          this.#greet(connection);
          return this.#handler(connection, again);
        },
        failed: again,
      },
    );
  }

  #handler(connection: Connection, ended: () => void = () => {}): ConnectionHandler {
    this.#connections.add(connection);
    return {
      limit: () => LONGEST_MESSAGE,
      message: ({ body }) => this.#receive(connection, body),
      skipped: () => {},
      drained: () => {},
      closed: () => {
        this.ended++;
        this.#connections.delete(connection);
        ended();
      },
    };
  }

  /** Hangs up, to be let in anew. */
  leave(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    connection.close();
    if (!connection.incoming) this.world.clock.setTimeout(REDIAL_MS, () => this.#dial(connection.remote.host));
  }

  send(connection: Connection, message: NetworkMessage): void {
    connection.send(writeMessage(message));
  }

  #greet(connection: Connection): void {
    const extra = jsonObject(["welcome", "good day"], ["port", String(PORT)]);
    this.send(connection, {
      type: MessageType.GREETING,
      payload: { version: this.world.options.params.version, extra, topBlock: MiniNumber.of(-1), chain: [] },
    });
  }

  #receive(connection: Connection, body: Bytes): void {
    const type = body[0];
    if (type === MessageType.GREETING && connection.incoming) this.#greet(connection);
    if (type === MessageType.TXPOWID) this.#ask(connection, readMessage(body));
    if (type === MessageType.TXPOW) this.#learn(readMessage(body));
  }

  #ask(connection: Connection, message: NetworkMessage): void {
    if (message.type === MessageType.TXPOWID) this.send(connection, { type: MessageType.TXPOWREQ, payload: message.payload });
  }

  #learn(message: NetworkMessage): void {
    if (message.type !== MessageType.TXPOW || !isBlock(message.payload)) return;
    this.blocks.push(message.payload);
    if (this.blocks.length > MEMORY) this.blocks.shift();
  }
}
