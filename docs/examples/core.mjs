// @ts-check
// The core alone: hashes, a one-time signature, proof of work on worker threads. Run it: node docs/examples/core.mjs
import { bestCoreKind, loadCore, WorkerPool } from "minimote/core";

const core = loadCore();
const message = core.sha3(new TextEncoder().encode("21.5 °C"));
console.log(`SHA3-256 (${bestCoreKind()}): ${Buffer.from(message).toString("hex")}`);

// A key signs once. Secrets get an instance of their own.
const secrets = loadCore();
const seed = crypto.getRandomValues(new Uint8Array(32));
const publicKey = secrets.publicKey(seed);
const signature = secrets.sign(seed, message);
const isValid = Buffer.compare(core.recover(message, signature), publicKey) === 0;
console.log(`one-time signature of ${signature.length} bytes: ${isValid ? "valid" : "invalid"}`);

// Work: a counter of 8 bytes behind the message that makes the hash small. A third of a core, and it can be cancelled.
const pool = new WorkerPool({ size: 1, lowPriority: true });
const target = new Uint8Array(32).fill(255).fill(0, 0, 2);
const found = await pool.mine({
  message: Buffer.concat([message, new Uint8Array(8)]),
  offset: 32,
  width: 8,
  start: 0n,
  target,
  duty: 0.33,
});
console.log(`proof of work after ${found.attempts} attempts: ${Buffer.from(core.sha3(found.message)).toString("hex")}`);
await pool.close();
