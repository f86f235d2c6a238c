import type { Connection } from "../../host/net/transports/transport.js";
import { type Bytes, MAX_HASH, ZERO_ID } from "../../host/protocol/bytes.js";
import type { CascadeNode } from "../../host/protocol/cascade.js";
import { MessageType } from "../../host/protocol/messages/message.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { bodyHash, type TxBody } from "../../host/protocol/txbody.js";
import { CASCADE_LEVELS, type TxHeader } from "../../host/protocol/txheader.js";
import { type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import type { Attacker } from "./attacker.js";
import { mineBlock } from "./nonce.js";

const GARBAGE_MESSAGES = 20;
const LONGEST_GARBAGE = 4096;
const EMPTY_PROMISES = 100;
const CASCADE_LENGTH = 1000;
const REPEATED_BLOCKS = 50;
const REPEATED_REQUESTS = 200;
/** One strike in so many is paid for with real work. */
const WORKED = 5;

type Attack = (attacker: Attacker, connection: Connection) => void;

const deliver = (attacker: Attacker, connection: Connection, txpow: TxPoW): void =>
  attacker.send(connection, { type: MessageType.TXPOW, payload: txpow });

/** A block beside another one, on the same parent. */
function beside(block: TxPoW, header: Partial<TxHeader>, body: Partial<TxBody> = {}): TxPoW {
  const made = block.body === null ? null : { ...block.body, ...body };
  const bodyhash = made === null ? block.header.bodyhash : bodyHash(made);
  return { header: { ...block.header, ...header, bodyhash }, body: made };
}

/** Blocks without work, for an easier target, with a wrong state, of the future, with a foreign body. */
const invalid: Attack = (attacker, connection) => {
  const block = attacker.blocks.at(-1);
  if (block === undefined) return;
  const { random } = attacker;
  const nonce = MiniNumber.of(random.uint32());
  deliver(attacker, connection, beside(block, { nonce, mmr: random.bytes(32) }));
  deliver(attacker, connection, beside(block, { nonce, blkdiff: MAX_HASH }));
  deliver(attacker, connection, beside(block, { nonce, blkdiff: MAX_HASH, block: MiniNumber.of(1_000_000) }));
  deliver(attacker, connection, beside(block, { nonce, blkdiff: MAX_HASH, time: block.header.time.add(MiniNumber.of(86_400_000_000)) }));
  if (block.body !== null) deliver(attacker, connection, { header: block.header, body: { ...block.body, prng: random.bytes(32) } });
  if (random.below(WORKED) === 0) deliver(attacker, connection, mineBlock(beside(block, { mmr: random.bytes(32) })));
};

/** Bytes of known and unknown types, and messages that begin well. */
const garbage: Attack = ({ random, blocks }, connection) => {
  for (let i = 0; i < GARBAGE_MESSAGES; i++) {
    const body = random.bytes(1 + random.below(LONGEST_GARBAGE));
    body[0] = random.below(26);
    connection.send(body);
  }
  connection.send(new Uint8Array(2 * 1024 * 1024));
  const id = blocks.at(-1);
  if (id !== undefined) connection.send(Uint8Array.of(MessageType.TXPOWID, 0, 0, 0, 32, ...txpowId(id).subarray(0, 9)));
};

/** Announces what nobody has, and makes blocks that list it. */
const withhold: Attack = (attacker, connection) => {
  const { random } = attacker;
  const nowhere = Array.from({ length: EMPTY_PROMISES }, () => random.bytes(32));
  for (const id of nowhere) attacker.send(connection, { type: MessageType.TXPOWID, payload: id });
  const block = attacker.blocks.at(-1);
  if (block === undefined || random.below(WORKED) > 0) return;
  deliver(attacker, connection, mineBlock(beside(block, {}, { txnlist: nowhere.slice(0, 3) })));
};

/** The history of a heavier chain that never was, and hangs up to tell it again. */
const cascade: Attack = (attacker, connection) => {
  const block = attacker.blocks.at(-1);
  if (block === undefined) return;
  const nodes: CascadeNode[] = [];
  let parent: Bytes = ZERO_ID;
  for (let i = 1; i <= CASCADE_LENGTH; i++) {
    const superparents = new Array<Bytes>(CASCADE_LEVELS).fill(parent);
    const header: TxHeader = {
      ...block.header,
      superparents,
      block: MiniNumber.of(i),
      blkdiff: i % 2 === 0 ? MAX_HASH : block.header.blkdiff,
    };
    const txpow: TxPoW = { header: { ...header, nonce: MiniNumber.of(attacker.random.uint32()) }, body: null };
    nodes.unshift({ txpow, level: 0 });
    parent = txpowId(txpow);
  }
  const top = beside(block, { block: MiniNumber.of(CASCADE_LENGTH + 1), superparents: new Array<Bytes>(CASCADE_LEVELS).fill(parent) });
  const blocks = [{ txpow: top, previousPeaks: [], spentCoins: [], newCoins: [] }];
  attacker.send(connection, { type: MessageType.IBD, payload: { cascade: nodes, blocks } });
  attacker.world.clock.setTimeout(5000, () => attacker.leave(connection));
};

/** What everybody has, again and again; blocks on blocks that others went past; and requests without end. */
const stale: Attack = (attacker, connection) => {
  const { blocks, random } = attacker;
  const [old] = blocks;
  if (old === undefined) return;
  for (const block of random.sample(blocks, REPEATED_BLOCKS)) deliver(attacker, connection, block);
  for (let i = 0; i < REPEATED_REQUESTS; i++) attacker.send(connection, { type: MessageType.TXPOWREQ, payload: txpowId(old) });
  attacker.send(connection, { type: MessageType.PULSE, payload: { ids: blocks.map(txpowId) } });
  if (random.below(WORKED) === 0) deliver(attacker, connection, mineBlock(beside(old, {}, { prng: random.bytes(32) })));
};

export const ATTACKS = { invalid, garbage, withhold, cascade, stale } satisfies Record<string, Attack>;
export type AttackKind = keyof typeof ATTACKS;
export const ATTACK_KINDS = Object.keys(ATTACKS) as readonly AttackKind[];
