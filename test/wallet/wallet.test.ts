import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { checkScripts } from "../../host/kissvm/check-scripts.js";
import { type Bytes, toHex0x, ZERO_ID } from "../../host/protocol/bytes.js";
import { signatureRootKey } from "../../host/protocol/mmr-node.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { toEnd } from "../../host/protocol/slices.js";
import { stateVariableFromText } from "../../host/protocol/state-variable.js";
import { EMPTY_TRANSACTION, type Transaction, transactionId } from "../../host/protocol/transaction.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import { verifySignature } from "../../host/protocol/verify-signature.js";
import { EMPTY_WITNESS } from "../../host/protocol/witness.js";
import { WalletDatabase } from "../../host/store/wallet-db.js";
import { outputCoin, signPayment } from "../../host/wallet/payment.js";
import { customRow, simpleScript } from "../../host/wallet/scripts.js";
import { planSend } from "../../host/wallet/send.js";
import { makeNodeHere } from "../../host/wallet/treekey.js";
import { Wallet, type WalletOptions } from "../../host/wallet/wallet.js";
import { context, fakeChain, id, number } from "./payments.js";

const PHRASE = Array(24).fill("ZOO").join(" ");
const random = (length: number): Bytes => new Uint8Array(randomBytes(length));

let directory = "";
const opened: Wallet[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "wallet-"));
});
afterEach(async () => {
  for (const wallet of opened.splice(0)) await wallet.close();
  rmSync(directory, { recursive: true });
});

const fileOf = (name: string): string => join(directory, `${name}.db`);

async function open(name: string, options: Partial<WalletOptions> = {}): Promise<Wallet> {
  const store = new WalletDatabase({ path: fileOf(name), cacheKiB: 256 });
  const wallet = await Wallet.open({ store, params: TEST_PARAMS, randomBytes: random, ...options });
  wallet.caughtUp();
  opened.push(wallet);
  return wallet;
}

const publicKeys = (wallet: Wallet): string[] => wallet.keys().map(({ publicKey }) => toHex0x(publicKey));

describe("wallet", () => {
  test("makes its default addresses in the background, the first before it opens", async () => {
    const progress: number[] = [];
    const wallet = await open("a", { onProgress: (made) => progress.push(made) });
    expect(progress).toEqual([1]);
    expect(wallet.getAddress().default).toBe(true);
    await wallet.whenFilled;
    expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(wallet.isFilled).toBe(true);
    expect(wallet.revealPhrase().split(" ")).toHaveLength(24);
    const rows = wallet.scripts();
    expect(rows).toHaveLength(9);
    expect(rows[0]).toMatchObject({ simple: false, default: false, track: false, publicKey: ZERO_ID });
    expect(toHex0x(rows[0]?.address ?? ZERO_ID)).toBe("0x56FCB91ECCF1E0B31B5ADF7D3374411F4BA1C569685CC945634FB2A23D4554E9");
    expect(wallet.tracked.addresses.size).toBe(8);
    expect(wallet.tracked.publicKeys.size).toBe(8);
    const seen = new Set(Array.from({ length: 200 }, () => toHex0x(wallet.getAddress().address)));
    expect(seen.size).toBe(8);
  });

  test("the same phrase gives the same keys, in the same order", async () => {
    const first = await open("a", { phrase: PHRASE });
    const second = await open("b", { phrase: PHRASE });
    const extra = await first.newAddress();
    expect(extra).toMatchObject({ simple: true, default: false, track: true });
    await Promise.all([first.whenFilled, second.whenFilled]);
    while (second.keys().length < first.keys().length) await second.newAddress();
    expect(publicKeys(second)).toEqual(publicKeys(first));
    expect(first.keys().map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(extra.script).toBe(simpleScript(extra.publicKey));
  });

  test("goes on where it was stopped", async () => {
    const before = await open("a", { phrase: PHRASE });
    const made = publicKeys(before);
    expect(made.length).toBeLessThan(8);
    await before.close();
    const after = await open("a");
    await after.whenFilled;
    expect(publicKeys(after).slice(0, made.length)).toEqual(made);
    expect(after.revealPhrase()).toBe(PHRASE);
    await after.close();
    await expect(open("a", { phrase: PHRASE.replaceAll("ZOO", "ZONE") })).rejects.toMatchObject({ code: "refused" });
  });

  test("signs each message with a use of its own, and refuses to hand keys over", async () => {
    const wallet = await open("a");
    const { publicKey } = wallet.getAddress();
    const messages = Array.from({ length: 20 }, (_, i) => id(`message ${i}`));
    const signatures = await Promise.all(messages.map((message) => wallet.sign(publicKey, message)));
    for (const [i, signature] of signatures.entries()) expect(verifySignature(publicKey, messages[i] ?? ZERO_ID, signature)).toBe(true);
    expect(new Set(signatures.map(({ proofs }) => toHex0x(proofs.at(-1)?.publickey ?? ZERO_ID))).size).toBe(20);
    expect(wallet.signerFor(publicKey)).toMatchObject({ uses: 20, maxUses: 262_144 });
    expect(await wallet.sign(publicKey, messages[3] ?? ZERO_ID)).toEqual(signatures[3]);
    expect(wallet.signerFor(publicKey).uses).toBe(20);
    wallet.raiseUse(publicKey, 4095);
    await wallet.sign(publicKey, id("another"));
    expect(wallet.signerFor(publicKey).uses).toBe(4096);
    await expect(wallet.sign(id("nobody"), id("x"))).rejects.toMatchObject({ code: "unknown-key" });
    await expect(wallet.sign(ZERO_ID, id("x"))).rejects.toMatchObject({ code: "unknown-key" });
  });

  test("never signs a key: whoever has it could sign in its place", async () => {
    const wallet = await open("a");
    await wallet.whenFilled;
    const [first = ZERO_ID, second = ZERO_ID] = wallet.keys().map(({ publicKey }) => publicKey);
    const foreign = new Uint8Array(32).fill(1);
    const refused = { code: "refused", message: expect.stringContaining("hand") };
    await expect(wallet.sign(first, first)).rejects.toMatchObject(refused);
    await expect(wallet.sign(first, second)).rejects.toMatchObject(refused);
    await expect(wallet.signWith(foreign, 0, first)).rejects.toMatchObject(refused);
    const { proofs } = await wallet.sign(first, id("message"));
    for (const level of proofs.keys())
      await expect(wallet.sign(first, signatureRootKey({ proofs: proofs.slice(level) }))).rejects.toMatchObject(refused);
    const root = signatureRootKey(await wallet.signWith(foreign, 0, id("message")));
    await expect(wallet.signWith(foreign, 1, root)).rejects.toMatchObject(refused);
  });

  test("a signature that comes out wrong does not get out", async () => {
    const good = await open("a", { phrase: PHRASE });
    await good.whenFilled;
    await good.close();
    let calls = 0;
    const makeNode: WalletOptions["makeNode"] = async (seed, keys) => {
      calls++;
      const made = await makeNodeHere(seed, keys);
      return calls <= 1 ? made : made.map((key) => key.map((byte) => byte ^ 1));
    };
    const wallet = await open("a", { makeNode });
    const [key] = wallet.keys();
    await expect(wallet.sign(key?.publicKey ?? ZERO_ID, id("message"))).rejects.toThrow("came out wrong");
  });

  test("pays: signatures and scripts hold", async () => {
    const wallet = await open("a", { phrase: PHRASE });
    const { address } = wallet.getAddress();
    const source = fakeChain([[{ amount: number("10"), address }], [{ amount: number("2"), address }]], 4);
    const request = { recipients: [{ address: id("somebody"), amount: number("11") }], state: [stateVariableFromText(0, "1")] };
    const { transaction, witness } = await signPayment(toEnd(planSend(request, context(source, wallet))), wallet);
    const [signature] = witness.signatures;
    expect(witness.signatures).toHaveLength(1);
    const { publicKey } = wallet.scriptOf(address) ?? { publicKey: ZERO_ID };
    expect(signature && verifySignature(publicKey, transactionId(transaction), signature)).toBe(true);
    const block = { number: MiniNumber.of(source.tipNumber + 1), time: MiniNumber.of(1_700_000_000_000), maxOperations: 1024 };
    expect(checkScripts(transaction, witness, block)).toMatchObject({ valid: true });
  });

  test("locks and unlocks", async () => {
    let wallet = await open("a", { phrase: PHRASE });
    await wallet.whenFilled;
    const keys = publicKeys(wallet);
    const { publicKey } = wallet.getAddress();
    await wallet.lock("secret");
    expect(wallet.isLocked).toBe(true);
    expect(() => wallet.revealPhrase()).toThrow("locked");
    await expect(wallet.sign(publicKey, id("x"))).rejects.toMatchObject({ code: "locked" });
    await expect(wallet.newAddress()).rejects.toMatchObject({ code: "locked" });
    expect(wallet.getAddress().default).toBe(true);
    await wallet.close();
    expect(readFileSync(fileOf("a")).includes("ZOO ZOO")).toBe(false);

    wallet = await open("a");
    expect(wallet.isLocked).toBe(true);
    expect(publicKeys(wallet)).toEqual(keys);
    await expect(wallet.unlockWithPassword("wrong")).rejects.toThrow("Incorrect password!");
    await expect(wallet.unlock(PHRASE.replaceAll("ZOO", "ZONE"))).rejects.toMatchObject({ code: "refused" });
    expect(wallet.isLocked).toBe(true);
    await wallet.unlockWithPassword("secret");
    expect(wallet.revealPhrase()).toBe(PHRASE);
    expect(verifySignature(publicKey, id("x"), await wallet.sign(publicKey, id("x")))).toBe(true);
  });

  test("scripts: own addresses stay, others come and go", async () => {
    const wallet = await open("a", { phrase: PHRASE });
    const own = wallet.getAddress();
    const row = customRow("RETURN TRUE", true);
    wallet.putScript(row);
    expect(wallet.tracked.addresses.has(toHex0x(row.address))).toBe(true);
    expect(wallet.isSimple(row.address)).toBe(false);
    wallet.putScript({ ...row, track: false });
    expect(wallet.tracked.addresses.has(toHex0x(row.address))).toBe(false);
    expect(wallet.removeScript(row.address)).toBe(true);
    expect(wallet.removeScript(row.address)).toBe(false);
    wallet.putScript(customRow(own.script, false));
    expect(wallet.scriptOf(own.address)).toEqual(own);
    expect(() => wallet.removeScript(own.address)).toThrow("address of the wallet");
  });

  test("which TxPoWs concern the wallet", async () => {
    const wallet = await open("a", { phrase: PHRASE });
    const own = wallet.getAddress();
    const mine = outputCoin(own.address, MiniNumber.ONE);
    const foreign = outputCoin(id("somebody"), MiniNumber.ONE);
    const named = (text: string): (typeof foreign)["state"] => [stateVariableFromText(3, text)];
    const concerns = (main: Partial<Transaction>, burn: Partial<Transaction> = {}): boolean =>
      wallet.isRelevantTxPoW({
        body: {
          transaction: { ...EMPTY_TRANSACTION, ...main },
          witness: EMPTY_WITNESS,
          burnTransaction: { ...EMPTY_TRANSACTION, ...burn },
          burnWitness: EMPTY_WITNESS,
          txnlist: [],
          prng: ZERO_ID,
          txndiff: ZERO_ID,
        },
      } as unknown as TxPoW);
    expect(concerns({ inputs: [foreign], outputs: [foreign] })).toBe(false);
    expect(concerns({ inputs: [mine] })).toBe(true);
    expect(concerns({ outputs: [foreign, mine] })).toBe(true);
    expect(concerns({}, { inputs: [mine] })).toBe(true);
    expect(concerns({ state: named(toHex0x(own.publicKey)) })).toBe(true);
    expect(concerns({ state: named(`[${toHex0x(own.publicKey)}]`) })).toBe(false);
    expect(concerns({ inputs: [{ ...foreign, state: named(toHex0x(own.address)) }] })).toBe(true);
    expect(concerns({ outputs: [{ ...foreign, state: named(toHex0x(own.address)) }] })).toBe(false);
  });
});
