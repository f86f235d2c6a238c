import { afterEach, expect, test } from "vitest";
import { toHex } from "../../host/protocol/bytes.js";
import { MessageType } from "../../host/protocol/messages/message.js";
import type { TxBlock } from "../../host/protocol/txblock.js";
import { type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import { until } from "../until.js";
import { FakeChain, fakeBlock, fakeBlocks, fakeTxBlock } from "./fake-chain.js";
import { dialledClient, startNode, stopAll } from "./harness.js";

afterEach(stopAll);

test("a TxBlock node follows its master's blocks and mines its templates", async () => {
  const blocks = fakeBlocks(1, 5);
  const taken: TxBlock[] = [];
  const mined: TxPoW[] = [];
  const chain = Object.assign(new FakeChain(blocks.slice(0, 3)), {
    submitTxBlock: (block: TxBlock) => void taken.push(block),
    mineFor: (template: TxPoW) => void mined.push(template),
  });
  const node = await startNode(chain, { config: { txBlockNode: true }, timers: { pulseMs: 50 } });
  const { client: master } = await dialledClient(node);
  master.greet();
  await master.next(MessageType.IBD);
  const [, , , fourth, fifth] = blocks as [TxPoW, TxPoW, TxPoW, TxPoW, TxPoW];

  master.send({ type: MessageType.TXPOWID, payload: txpowId(fourth) });
  master.send({ type: MessageType.TXBLOCKID, payload: txpowId(blocks[0] as TxPoW) });
  master.send({ type: MessageType.TXBLOCKID, payload: txpowId(fourth) });
  expect(toHex((await master.next(MessageType.TXBLOCKREQ)).payload)).toBe(toHex(txpowId(fourth)));
  master.send({ type: MessageType.TXBLOCK, payload: fakeTxBlock(fourth) });
  await until(() => taken.length === 1);

  master.send({ type: MessageType.PULSE, payload: { ids: [txpowId(fifth), txpowId(blocks[2] as TxPoW)] } });
  expect(toHex((await master.next(MessageType.TXBLOCKREQ, 2)).payload)).toBe(toHex(txpowId(fifth)));

  master.send({ type: MessageType.TXBLOCKMINE, payload: fakeBlock(6, txpowId(fifth)) });
  await until(() => mined.length === 1);

  node.service.request(txpowId(fourth), null);
  await master.next(MessageType.TXBLOCKREQ, 3);
  await master.flush();
  for (const type of [MessageType.TXPOWREQ, MessageType.PULSE, MessageType.IBD_REQ]) expect(master.ofType(type)).toEqual([]);
});

test("other nodes leave such messages alone, and offer templates", async () => {
  const node = await startNode(new FakeChain(fakeBlocks(1, 3)));
  const { client } = await dialledClient(node);
  client.greet();
  client.send({ type: MessageType.TXBLOCKID, payload: new Uint8Array(32) });
  client.send({ type: MessageType.TXBLOCK, payload: fakeTxBlock(fakeBlock(4, new Uint8Array(32))) });
  client.send({ type: MessageType.TXBLOCKMINE, payload: fakeBlock(4, new Uint8Array(32)) });
  await client.flush();
  expect(client.ofType(MessageType.TXBLOCKREQ)).toEqual([]);
  const template = fakeBlock(4, new Uint8Array(32));
  node.service.offerTemplate(template);
  expect(txpowId((await client.next(MessageType.TXBLOCKMINE)).payload)).toEqual(txpowId(template));
});
