import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idKey } from "../../host/chain/id-key.js";
import { isCoinProofValid } from "../../host/chain/mmr/coin-proof.js";
import { hasValidAmounts } from "../../host/chain/validation/amounts.js";
import { CREATE_TOKEN_ID, equalBytes, toHex0x, ZERO_ID } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { jsonObject } from "../../host/protocol/json.js";
import { outputCoinId, scriptProofAddress } from "../../host/protocol/mmr-node.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { toEnd } from "../../host/protocol/slices.js";
import { stateVariableFromText } from "../../host/protocol/state-variable.js";
import { type Token, tokenAmount, tokenId } from "../../host/protocol/token.js";
import { sumAmounts, transactionBurn, transactionId, writeTransaction } from "../../host/protocol/transaction.js";
import { writeWitness } from "../../host/protocol/witness.js";
import { encode } from "../../host/protocol/writer.js";
import { planConsolidate } from "../../host/wallet/consolidate.js";
import { WalletError } from "../../host/wallet/errors.js";
import { type CoinSource, type Draft, NO_DRAFT, type PaymentDraft, signPayment, tooLarge } from "../../host/wallet/payment.js";
import { planSend, type SendRequest } from "../../host/wallet/send.js";
import { planToken } from "../../host/wallet/token-create.js";
import { type CoinPlan, context, type FakeWallet, fakeChain, fakeWallet, id, makeToken, number } from "./payments.js";

const SOMEBODY = id("somebody");

/** Checks what must hold for every draft, whatever it is for. */
function checkDraft({ transaction, witness, signers }: Draft, source: CoinSource, wallet: FakeWallet): void {
  expect(hasValidAmounts(transaction)).toBe(true);
  expect(witness.coinProofs.map(({ coin }) => coin)).toEqual(transaction.inputs);
  for (const proof of witness.coinProofs) expect(isCoinProofValid(source.tipMMR, proof)).toBe(true);
  expect(new Set(witness.coinProofs.map(({ proof }) => proof.blocktime.toString())).size).toBeLessThanOrEqual(1);
  const addresses = new Set(transaction.inputs.map(({ address }) => toHex0x(address)));
  expect(new Set(witness.scripts.map((script) => toHex0x(scriptProofAddress(script))))).toEqual(addresses);
  expect(witness.scripts).toHaveLength(addresses.size);
  expect(signers).toHaveLength(addresses.size);
  for (const { coinid, address } of transaction.inputs) {
    expect(source.isUsed(coinid)).toBe(false);
    expect(wallet.isSimple(address)).toBe(true);
  }
  const base = transaction.inputs[0]?.coinid ?? ZERO_ID;
  for (const [i, { coinid }] of transaction.outputs.entries()) expect(coinid).toEqual(outputCoinId(base, i));
}

function refusal(action: () => unknown): WalletError {
  try {
    action();
  } catch (error) {
    if (error instanceof WalletError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

const at = (outputs: readonly Coin[], address: Uint8Array): Coin[] => outputs.filter((coin) => equalBytes(coin.address, address));
const chainOf = (amounts: readonly string[], wallet: FakeWallet, empty = 5): ReturnType<typeof fakeChain> =>
  fakeChain(
    amounts.map((amount, i) => [{ amount: number(amount), address: wallet.addresses[i % wallet.addresses.length] ?? ZERO_ID }]),
    empty,
  );
const one = (amount: string): SendRequest["recipients"] => [{ address: SOMEBODY, amount: number(amount) }];

describe("send", () => {
  const amounts = fc
    .tuple(fc.bigInt({ min: 1n, max: 10n ** 7n }), fc.integer({ min: 0, max: 20 }))
    .map(([unscaled, scale]) => new MiniNumber(unscaled, scale));

  const MOST_OUTPUTS = 15;

  test("outputs, change and burn are what was asked for", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(amounts, fc.nat(3), fc.boolean()), { minLength: 1, maxLength: 12 }),
        fc.array(amounts, { minLength: 1, maxLength: 4 }),
        fc.option(amounts),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (coins, sent, burned, parts, storestate) => {
          fc.pre(sent.length * (parts + 1) + 1 <= MOST_OUTPUTS);
          const wallet = fakeWallet();
          const source = fakeChain(
            coins.map(([amount, i]): CoinPlan[] => [{ amount, address: wallet.addresses[i] ?? ZERO_ID }]),
            4,
          );
          for (const [i, [, , used]] of coins.entries()) if (used) source.used.add(idKey(id(`coin ${i}`)));
          const recipients = sent.map((amount, i) => ({ address: id(`to ${i}`), amount }));
          const burn = burned ?? MiniNumber.ZERO;
          const total = sent.reduce((sum, amount) => sum.add(amount), burn);
          const free = coins.filter(([, , used]) => !used).reduce((sum, [amount]) => sum.add(amount), MiniNumber.ZERO);
          const plan = (): PaymentDraft =>
            toEnd(planSend({ recipients, burn, split: MiniNumber.of(parts), storestate }, context(source, wallet)));
          if (free.lessThan(total)) {
            const { code, key, message } = refusal(plan);
            expect([code, key]).toEqual(["funds", "message"]);
            expect(message).toBe(`Insufficient funds.. you only have ${free} require:${total}`);
            return;
          }
          const { main, burn: apart } = plan();
          checkDraft(main, source, wallet);
          expect(apart.transaction.inputs).toEqual([]);
          expect(transactionBurn(main.transaction).equals(burn)).toBe(true);
          for (const { address, amount } of recipients) {
            const got = at(main.transaction.outputs, address);
            expect(sumAmounts(got).equals(amount)).toBe(true);
            expect(got.length === parts || got.length === parts + 1).toBe(true);
            expect(got.every((coin) => coin.storestate === storestate)).toBe(true);
          }
          const change = main.transaction.outputs.filter(({ address }) => wallet.isSimple(address));
          expect(change.length).toBeLessThanOrEqual(1);
          expect(change.every((coin) => !coin.storestate && coin === main.transaction.outputs.at(-1))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("tokens go out and come back in their own units; the burn is a transaction of its own", async () => {
    const wallet = fakeWallet();
    const token = makeToken("tok", 2, "1000");
    const coins: CoinPlan[][] = [
      [{ amount: token.amount, address: wallet.addresses[0] ?? ZERO_ID, token }],
      [{ amount: number("5"), address: wallet.addresses[1] ?? ZERO_ID }],
    ];
    const source = fakeChain(coins, 5);
    const request: SendRequest = { recipients: one("10.25"), tokenid: tokenId(token), burn: number("0.5"), split: number("2.9") };
    const { main, burn } = toEnd(planSend(request, context(source, wallet)));
    checkDraft(main, source, wallet);
    checkDraft(burn, source, wallet);
    const inTokens = (list: readonly Coin[]): string => tokenAmount(token, sumAmounts(list)).toString();
    expect(inTokens(at(main.transaction.outputs, SOMEBODY))).toBe("10.25");
    expect(at(main.transaction.outputs, SOMEBODY)).toHaveLength(3);
    expect(inTokens(main.transaction.outputs)).toBe("1000");
    expect(main.transaction.outputs.every((coin) => coin.token === token && equalBytes(coin.tokenid, tokenId(token)))).toBe(true);
    expect(transactionBurn(burn.transaction).toString()).toBe("0.5");
    expect(burn.transaction.linkhash).toEqual(transactionId(main.transaction));

    const payment = await signPayment(toEnd(planSend(request, context(source, wallet))), wallet);
    expect(payment.witness.signatures).toHaveLength(1);
    expect(payment.burnWitness.signatures).toHaveLength(1);
    expect(wallet.signed.map(([, data]) => data)).toEqual([transactionId(payment.transaction), transactionId(payment.burnTransaction)]);
  });

  test("each key signs once, however many inputs it has", async () => {
    const wallet = fakeWallet(2);
    const source = chainOf(["1", "1", "1", "1"], wallet);
    const payment = await signPayment(toEnd(planSend({ recipients: one("4") }, context(source, wallet))), wallet);
    expect(payment.transaction.inputs).toHaveLength(4);
    expect(payment.witness.signatures).toHaveLength(2);
    expect(payment.witness.scripts).toHaveLength(2);
  });

  test("state is sorted by port, kept or not as asked", () => {
    const wallet = fakeWallet();
    const source = chainOf(["9"], wallet);
    const state = [stateVariableFromText(7, "0xff"), stateVariableFromText(1, "TRUE"), stateVariableFromText(7, "5")];
    const { main } = toEnd(planSend({ recipients: one("1"), state, storestate: false }, context(source, wallet)));
    expect(main.transaction.state.map(({ port, text }) => [port, text])).toEqual([
      [1, "TRUE"],
      [7, "5"],
    ]);
    expect(main.transaction.outputs.every(({ storestate }) => !storestate)).toBe(true);
  });

  test("proofs are as old as the network wants, and no older than the coins", () => {
    const wallet = fakeWallet(1);
    const blocktime = (empty: number, amount: string): string => {
      const source = chainOf(["1", "2"], wallet, empty);
      const { main } = toEnd(planSend({ recipients: one(amount) }, context(source, wallet)));
      checkDraft(main, source, wallet);
      return String(main.witness.coinProofs[0]?.proof.blocktime);
    };
    expect(blocktime(4, "3")).toBe("2");
    expect(blocktime(4, "1")).toBe("1");
    expect(blocktime(20, "3")).toBe("14");
  });

  test("coins of one address, with its change, and one key", () => {
    const wallet = fakeWallet(2);
    const source = chainOf(["5", "50"], wallet);
    for (const [i, amount] of ["5", "50"].entries()) {
      const from = wallet.addresses[i] ?? ZERO_ID;
      const { main } = toEnd(planSend({ recipients: one("2"), fromAddress: from, signKey: SOMEBODY }, context(source, wallet)));
      expect(main.transaction.inputs.map((coin) => coin.amount.toString())).toEqual([amount]);
      expect(main.transaction.outputs.at(-1)?.address).toEqual(from);
      expect(main.signers).toEqual([SOMEBODY]);
    }
  });

  test("tokens without a burn go out in one transaction", () => {
    const wallet = fakeWallet();
    const token = makeToken("tok", 2, "1000");
    const source = fakeChain([[{ amount: token.amount, address: wallet.addresses[0] ?? ZERO_ID, token }]], 5);
    expect(toEnd(planSend({ recipients: one("10"), tokenid: tokenId(token) }, context(source, wallet))).burn).toBe(NO_DRAFT);
  });

  test("ten parts are the most", () => {
    const wallet = fakeWallet();
    const { main } = toEnd(planSend({ recipients: one("10"), split: number("10.9") }, context(chainOf(["10"], wallet), wallet)));
    expect(main.transaction.outputs).toHaveLength(10);
  });

  test("dust: the smallest amount there is can be sent, but not split", () => {
    const wallet = fakeWallet();
    const dust = `0.${"0".repeat(43)}1`;
    const source = chainOf(["1"], wallet);
    const { main } = toEnd(planSend({ recipients: one(dust) }, context(source, wallet)));
    expect(sumAmounts(main.transaction.outputs).toString()).toBe("1");
    expect(at(main.transaction.outputs, SOMEBODY)[0]?.amount.toString()).toBe(dust);
    expect(refusal(() => toEnd(planSend({ recipients: one(dust), split: number("2") }, context(source, wallet)))).message).toMatch(
      /^Cannot have ZERO output/,
    );
  });

  test("what is refused, and in whose words", () => {
    const wallet = fakeWallet();
    const odd = makeToken("odd", 0, "10", "LET x = 1 RETURN TRUE");
    const whole: Token = makeToken("whole", 0, "10");
    const address = wallet.addresses[0] ?? ZERO_ID;
    const source = fakeChain(
      [
        [
          { amount: number("3"), address },
          { amount: odd.amount, address, token: odd },
          { amount: whole.amount, address, token: whole },
        ],
      ],
      3,
    );
    const said = (request: Partial<SendRequest>): string => {
      const { key, message } = refusal(() => toEnd(planSend({ recipients: one("1"), ...request }, context(source, wallet))));
      return `${key}: ${message}`;
    };
    expect(said({ burn: number("-1") })).toBe("error: Cannot have negative burn -1");
    expect(said({ split: number("11") })).toBe("error: Split must be whole number from 1 to 10");
    expect(said({ split: number("0.9") })).toBe("error: Split must be whole number from 1 to 10");
    expect(said({ coinage: number("2") })).toBe("error: Coinage MUST be >= 3");
    expect(said({ coinage: number("4") })).toBe("error: No Coins of tokenid:0x00 available!");
    expect(said({ tokenid: Uint8Array.of(0xab) })).toBe("error: No Coins of tokenid:0xAB available!");
    expect(said({ recipients: one("0") })).toBe("error: Invalid Minima amount to send.. 0");
    expect(said({ recipients: one("3.5") })).toBe("message: Insufficient funds.. you only have 3 require:3.5");
    expect(said({ tokenid: tokenId(odd) })).toBe("message: Token script is not simple : LET x = 1 RETURN TRUE");
    expect(said({ tokenid: tokenId(whole), recipients: one("1.5") })).toBe("error: Invalid Token amount to send.. 1.5");
    const halves = [...one("0.5"), ...one("1.5")];
    expect(said({ tokenid: tokenId(whole), recipients: halves })).toBe("error: Invalid Token amount to send.. 0.5");
    expect(said({ tokenid: tokenId(whole), burn: number("4") })).toBe("error: Not enough funds / coins for the burn..");
    const many = Array.from({ length: 16 }, (_, i) => ({ address: id(`to ${i}`), amount: number("0.1") }));
    expect(said({ recipients: many })).toBe("error: Too many outputs 17 - will not be relayed by network");
  });

  test("what takes too many coins says what helps, before anything is proven or signed", () => {
    const wallet = fakeWallet(1);
    const source = chainOf(new Array<string>(60).fill("0.1"), wallet);
    const small = { ...source, maxSize: 5000 };
    const { key, message } = refusal(() => toEnd(planSend({ recipients: one("5") }, context(small, wallet))));
    expect(key).toBe("error");
    expect(message).toMatch(/^TxPoW size too large\.\. \d+\/5000 : it would spend 50 coins, merge small ones with consolidate first$/);
    expect(toEnd(planSend({ recipients: one("0.5") }, context(small, wallet))).main.transaction.inputs).toHaveLength(5);
    expect(tooLarge(70_000, 65_536, 1).message).toBe("TxPoW size too large.. 70000/65536");
  });
});

describe("consolidate", () => {
  test("makes two coins of many, within its limits", () => {
    const wallet = fakeWallet(3);
    const source = chainOf(["1", "2", "3", "4", "5", "6"], wallet);
    const { main } = toEnd(planConsolidate({}, context(source, wallet)));
    checkDraft(main, source, wallet);
    expect(main.transaction.inputs).toHaveLength(6);
    expect(main.transaction.outputs.map(({ amount }) => amount.toString())).toEqual(["10.5", "10.5"]);
    const few = toEnd(planConsolidate({ maxSignatures: 1 }, context(source, wallet))).main;
    expect(sumAmounts(few.transaction.inputs).toString()).toBe("9");
    const sums = toEnd(planConsolidate({ maxCoins: 3 }, context(source, wallet))).main;
    expect(sumAmounts(sums.transaction.outputs.slice(0, 2)).toString()).toBe("14");
  });

  test("needs three coins, and says what the sending says", () => {
    const wallet = fakeWallet();
    expect(refusal(() => toEnd(planConsolidate({}, context(chainOf(["1", "1"], wallet), wallet)))).message).toBe(
      "Not enough coins (2) to consolidate",
    );
    const source = chainOf(["1", "1", "1"], wallet);
    const { key, message } = refusal(() => toEnd(planConsolidate({ burn: number("1") }, context(source, wallet))));
    expect([key, message]).toEqual(["message", "Insufficient funds.. you only have 3 require:4"]);
  });
});

describe("consolidate, again and again,", () => {
  test("makes a payment possible that took too many coins", () => {
    const wallet = fakeWallet(2);
    let amounts: readonly string[] = new Array<string>(200).fill("0.01");
    const tooSmall = (): CoinSource => ({ ...chainOf(amounts, wallet), maxSize: 20_000 });
    const pay = (): Draft => toEnd(planSend({ recipients: one("1.5") }, context(tooSmall(), wallet))).main;
    expect(refusal(pay).message).toContain("TxPoW size too large");
    for (let i = 0; i < 10; i++) {
      const source = tooSmall();
      const { inputs, outputs } = toEnd(planConsolidate({}, context(source, wallet))).main.transaction;
      expect(inputs.length).toBeGreaterThan(5);
      const left = Array.from(source.candidates()).filter(({ coinid }) => !inputs.some((input) => equalBytes(input.coinid, coinid)));
      amounts = [...left, ...outputs].map(({ amount }) => amount.toString());
    }
    expect(pay().transaction.inputs.length).toBeLessThan(100);
  });

  test("takes only as many coins as fit, where a coin is large", () => {
    const wallet = fakeWallet(1);
    const picture = makeToken("x".repeat(4000), 0, "1000");
    const amount = new MiniNumber(1n, 44);
    const plans = Array.from({ length: 30 }, (): CoinPlan[] => [{ amount, address: wallet.addresses[0] ?? ZERO_ID, token: picture }]);
    const source = fakeChain(plans, 4);
    const { main } = toEnd(planConsolidate({ tokenid: tokenId(picture) }, context(source, wallet)));
    expect(main.transaction.inputs.length).toBeGreaterThanOrEqual(3);
    const size = encode(writeTransaction, main.transaction).length + encode(writeWitness, main.witness).length;
    expect(size).toBeLessThan(source.maxSize - 5000);
  });

  test("counts only free coins where those that are being spent would take too many others", () => {
    const wallet = fakeWallet(1);
    const source = chainOf([...new Array<string>(40).fill("0.01"), ...new Array<string>(20).fill("1")], wallet);
    const coins = Array.from(source.candidates());
    for (const { coinid, amount } of coins) if (amount.equals(MiniNumber.ONE)) source.used.add(idKey(coinid));
    const { main } = toEnd(planConsolidate({}, context(source, wallet)));
    expect(main.transaction.inputs.map(({ amount }) => amount.toString())).toEqual(new Array<string>(20).fill("0.01"));
  });
});

describe("token creation", () => {
  test("colours the least Minima there is and gives the rest back", async () => {
    const wallet = fakeWallet();
    const source = chainOf(["2", "1"], wallet);
    const request = { name: "tok", amount: number("1000.9"), burn: number("0.25") };
    const { transaction, witness } = await signPayment(await planToken(request, context(source, wallet)), wallet);
    expect(hasValidAmounts(transaction)).toBe(true);
    expect(witness.signatures).toHaveLength(1);
    const [created, change] = transaction.outputs;
    expect([created?.tokenid, created?.storestate, change?.storestate]).toEqual([CREATE_TOKEN_ID, true, false]);
    expect(created?.amount.equals(new MiniNumber(1000n, 36))).toBe(true);
    expect([created?.token?.name, created?.token?.script, created?.token?.scale.toString()]).toEqual([
      `{"name":"tok"}`,
      "RETURN TRUE",
      "36",
    ]);
    expect(transactionBurn(transaction).toString()).toBe("0.25");
    expect(created?.token === null || created?.token === undefined ? "" : tokenAmount(created.token, created.amount).toString()).toBe(
      "1000",
    );
  });

  test("a key can vouch for the coin id the token will have", async () => {
    const wallet = fakeWallet();
    const source = chainOf(["2"], wallet);
    const name = jsonObject(["name", "n"], ["url", "u"]);
    const { main } = await planToken(
      { name, amount: number("1"), decimals: 0, signToken: SOMEBODY, webvalidate: "w" },
      context(source, wallet),
    );
    const [created] = main.transaction.outputs;
    expect(wallet.signed).toEqual([[SOMEBODY, created?.coinid]]);
    expect(created?.token?.name).toBe(
      `{"name":"n","url":"u","webvalidate":"w","signtype":"minima","signedby":"${toHex0x(SOMEBODY)}","signature":"0x000100"}`,
    );
  });

  test("what is refused", async () => {
    const wallet = fakeWallet();
    const source = chainOf(["1"], wallet);
    const said = async (request: Partial<Parameters<typeof planToken>[0]>): Promise<string> => {
      const error: unknown = await planToken({ name: "t", amount: number("1"), ...request }, context(source, wallet)).catch(
        (e: unknown) => e,
      );
      return error instanceof WalletError ? `${error.key}: ${error.message}` : "";
    };
    expect(await said({ name: jsonObject(["url", "u"]) })).toBe("error: MUST specify a 'name' for the token in the JSON");
    expect(await said({ amount: number("0.9") })).toBe("error: Cannot create less than 1 token");
    expect(await said({ amount: number("1000000000001") })).toBe("error: MAX 1 Trillion coins for a token");
    expect(await said({ decimals: 17 })).toBe("error: MAX 16 decimal places");
    expect(await said({ burn: number("2") })).toBe("message: Insufficient funds.. you only have 1");
  });
});
