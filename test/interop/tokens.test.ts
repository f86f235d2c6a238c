import { describe, expect, test } from "vitest";
import type { NodeUnderTest } from "./harness/node-under-test.js";
import { fundedPair, TEST_MS } from "./harness/pair.js";
import { waitFor } from "./harness/poll.js";
import { hasReference } from "./harness/reference.js";
import { addressOf, BLOCK_MS, type CoinView, spend, type TxPoWView, waitForBalance, waitForConfirmed } from "./harness/views.js";

const STATE = { 0: "0xABCD", 1: "[hello]", 7: "true", 255: "42.5" };
/** Anyone may spend who knows what hashes to the first state variable of the coin, three blocks after it was made. */
const HASH_LOCK = "LET secret=STATE(1) RETURN SHA3(secret) EQ PREVSTATE(0) AND @COINAGE GTE 3";

const { directions } = fundedPair();

describe.runIf(hasReference)("interop: tokens and scripts", () => {
  test.each(directions)("4: a token and state %s", { timeout: TEST_MS }, async (_name, nodes) => {
    const [creator, receiver] = nodes();
    const created = await spend(
      creator,
      `tokencreate name:{"name":"Made by ${creator.name}","ticker":"T"} amount:1000 decimals:4 mine:true`,
    );
    expect(await waitForConfirmed(receiver, created.txpowid)).toBe(await waitForConfirmed(creator, created.txpowid));
    const tokenid = await tokenOf(creator);

    const address = await addressOf(receiver);
    const sent = await spend(creator, `send address:${address} amount:12.3456 tokenid:${tokenid} state:${JSON.stringify(STATE)} mine:true`);
    expect(await waitForConfirmed(receiver, sent.txpowid)).toBe(await waitForConfirmed(creator, sent.txpowid));
    await waitForBalance(receiver, "12.3456", tokenid);
    expect(await token(receiver, tokenid)).toEqual(await token(creator, tokenid));
    const coins = await Promise.all([creator, receiver].map((node) => coinAt(node, address, tokenid)));
    expect(coins[1]?.state).toEqual(coins[0]?.state);

    const back = await spend(receiver, `send address:${await addressOf(creator)} amount:2.3 tokenid:${tokenid} burn:0.1 mine:true`);
    expect(await waitForConfirmed(creator, back.txpowid)).toBe(await waitForConfirmed(receiver, back.txpowid));
    await waitForBalance(creator, "989.9544", tokenid);
  });

  test.each(directions)("4: a coin under a script %s", { timeout: TEST_MS }, async (name, nodes) => {
    const [payer, spender] = nodes();
    const secret = `0x${Buffer.from(name).toString("hex").toUpperCase()}`;
    const { hash } = await payer.call<{ readonly hash: string }>(`hash data:${secret}`);
    const rows = await Promise.all(
      [payer, spender].map((node) => node.call<{ readonly address: string }>(`newscript script:"${HASH_LOCK}" trackall:true`)),
    );
    const address = rows[0]?.address ?? "";
    expect(rows[1]?.address).toBe(address);
    const locked = await spend(payer, `send address:${address} amount:33 state:{"0":"${hash}"} mine:true`);
    await waitForConfirmed(spender, locked.txpowid, 4);

    const coin = await waitFor("the coin under the script", 2 * BLOCK_MS, () => coinAt(spender, address));
    await spender.call("txncreate id:unlock");
    await spender.call(`txninput id:unlock coinid:${coin.coinid}`);
    await spender.call(`txnoutput id:unlock amount:33 address:${await addressOf(spender)} storestate:false`);
    await spender.call(`txnstate id:unlock port:1 value:${secret}`);
    const unlocked = await spender.call<TxPoWView>("txnpost id:unlock auto:true mine:true txndelete:true");
    expect(await waitForConfirmed(payer, unlocked.txpowid)).toBe(await waitForConfirmed(spender, unlocked.txpowid));
    expect(await coinAt(payer, address)).toBeUndefined();
  });
});

/** The one token that a node has coins of and that it made itself. */
function tokenOf(creator: NodeUnderTest): Promise<string> {
  return waitFor(`${creator.name} to list its token`, 4 * BLOCK_MS, async () => {
    const tokens = await creator.call<readonly TokenRow[]>("tokens");
    return tokens.find(({ name }) => JSON.stringify(name).includes(creator.name))?.tokenid;
  });
}

interface TokenRow {
  readonly tokenid: string;
  readonly name: unknown;
}

function token(node: NodeUnderTest, tokenid: string): Promise<unknown> {
  return node.call(`tokens tokenid:${tokenid}`);
}

async function coinAt(node: NodeUnderTest, address: string, tokenid = "0x00"): Promise<CoinView | undefined> {
  return (await node.call<readonly CoinView[]>(`coins address:${address} tokenid:${tokenid}`))[0];
}
