import { randomBytes } from "node:crypto";
import { openSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { toHex } from "../../host/protocol/bytes.js";
import { WalletDatabase } from "../../host/store/wallet-db.js";
import { SigningJournal, type UseSigner } from "../../host/wallet/journal.js";

/** Signs as fast as it can until it is killed, or asked to stop on stdin; notes every use in a log before the use happens. */
const [path = "", log = ""] = process.argv.slice(2);
const store = new WalletDatabase({ path, cacheKiB: 256 });
const journal = new SigningJournal(store);
const notes = openSync(log, "a");
let stopping = false;
process.stdin.once("data", () => {
  stopping = true;
});

async function signOn(publicKey: Uint8Array): Promise<void> {
  const signer: UseSigner = {
    maxUses: 1_000_000,
    sign: async (use, data) => {
      writeSync(notes, `${toHex(publicKey)} ${use} ${toHex(data)}\n`);
      await setImmediate();
      return { proofs: [] };
    },
  };
  let data: Uint8Array = randomBytes(8);
  while (!stopping) {
    await journal.sign(publicKey, data, signer);
    if (Math.random() < 0.7) data = randomBytes(8);
  }
}

await Promise.all([0, 1, 1, 2].map((key) => signOn(new Uint8Array(32).fill(key))));
await journal.close();
store.close();
process.stdin.destroy();
