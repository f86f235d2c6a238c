import { afterAll, beforeAll, expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import { toHex0x } from "../../host/protocol/bytes.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import { ask, Nodes } from "../node/nodes.js";
import { blocks, type CoinJson, coinsOf, noCoins, refusal } from "./asking.js";

const nodes = new Nodes();
let node: MinimoteNode;

beforeAll(async () => {
  node = await nodes.start("a", "solo", { mine: true, blockSeconds: 0.2 });
  await blocks(node, 5);
});

afterAll(() => nodes.stopAll());

interface Exported {
  readonly coinproof: { readonly coin: CoinJson; readonly proof: unknown };
  readonly data: string;
}

test("coins are refused in the reference's words", async () => {
  const id = `0x${"AB".repeat(32)}`;
  expect(await refusal(node, `coinexport coinid:${id}`)).toBe(`Coin not found coinid : ${id}`);
  expect(await refusal(node, "coinexport")).toBe("param not specified : coinid");
  expect(await refusal(node, `cointrack enable:true coinid:${id}`)).toBe(`Coin not found coinid : ${id}`);
  expect(await refusal(node, "cointrack coinid:0x00")).toBe("param not specified : enable");
  expect(await refusal(node, "coinimport data:0x00")).toBeTypeOf("string");
  expect(await refusal(node, "coincheck data:0x0011")).toBeTypeOf("string");
});

test("a coin is exported, checked, watched and left alone, also over a restart", async () => {
  const address = toHex0x(scriptAddress("RETURN STATE(1) EQ 4711"));
  await ask(node, `send address:${address} amount:3 mine:true`);
  const [coin] = await coinsOf(node, `address:${address}`);
  const exported = await ask<Exported>(node, `coinexport coinid:${coin?.coinid}`);
  expect(exported.coinproof.coin).toMatchObject({ coinid: coin?.coinid, amount: "3", spent: false });
  expect(await ask(node, `coincheck data:${exported.data}`)).toEqual({
    proofblock: Number(coin?.created),
    coin: exported.coinproof.coin,
    valid: true,
  });

  expect(await ask<CoinJson[]>(node, `coins relevant:true address:${address}`)).toEqual([]);
  expect(await ask(node, `coinimport data:${exported.data}`)).toEqual(exported.coinproof);
  await coinsOf(node, `relevant:true address:${address}`);
  expect(await refusal(node, `coinimport data:${exported.data}`)).toBe("Attempting to add relevant coin we already have");
  expect(await ask(node, `cointrack enable:true coinid:${coin?.coinid}`)).toBe("Coin already tracked");

  await nodes.stop("a");
  node = await nodes.start("a", "solo", { mine: true, blockSeconds: 0.2 });
  await coinsOf(node, `relevant:true address:${address}`);

  expect(await ask(node, `cointrack enable:false coinid:${coin?.coinid}`)).toBe("Coin removed from track list");
  expect(await ask<CoinJson[]>(node, `coins relevant:true address:${address}`)).toEqual([]);
  expect(await ask(node, `cointrack enable:true coinid:${coin?.coinid}`)).toBe("Coin added to track list");
});

test("an own coin that is not watched is not spent", async () => {
  const { address } = await ask<{ address: string }>(node, "newaddress");
  await coinsOf(node, "sendable:true coinage:3 tokenid:0x00");
  await ask(node, `send address:${address} amount:5 mine:true`);
  const [coin] = await coinsOf(node, `address:${address} coinage:3`);
  await ask(node, `cointrack enable:false coinid:${coin?.coinid}`);
  expect(await refusal(node, `send address:${address} amount:5 fromaddress:${address}`)).toMatch(/^No Coins of tokenid:0x00 available!/);
  await ask(node, `cointrack enable:true coinid:${coin?.coinid}`);
  await ask(node, `send address:${address} amount:5 fromaddress:${address} mine:true`);
  await noCoins(node, `coinid:${coin?.coinid}`);
  expect(await refusal(node, `coinexport coinid:${coin?.coinid}`)).toMatch(/^Coin not found/);
});
