import { expect, test } from "vitest";
import { coreAddresses, coreKernel, loadEngines } from "../../host/cli/bench/engines.js";
import type { Kernel } from "../../host/cli/bench/kernel.js";
import { type Absentee, loadPackage } from "../../host/cli/bench/peers.js";
import { sha3 } from "../../host/core/hash.js";
import { winternitzPublicKey, winternitzRecover, winternitzSign } from "../../host/core/winternitz.js";

const { input, output, seed } = coreAddresses();
const secret = sha3(Uint8Array.of(1));
const message = Uint8Array.of(2);

const kernel = (memory: Kernel["memory"], ...calls: Kernel["calls"]): Kernel => ({ memory, calls, times: 1, result: output });

const first = (bytes: Uint8Array): number => Buffer.from(bytes).readInt32LE();

test("every engine that is there computes what minimote computes", async () => {
  const absent: Absentee[] = [];
  const engines = await loadEngines(loadPackage, absent);
  expect([...engines, ...absent].map(({ name }) => name)).toEqual(["node (TurboFan)", "node:wasi", "wasmtime"]);
  const signature = winternitzSign(secret, message);
  const signing = [
    { address: seed, bytes: secret },
    { address: input, bytes: sha3(message) },
  ];
  const works: [Kernel, Uint8Array][] = [
    [kernel([{ address: input, bytes: message }], { name: "sha3", args: [1] }), sha3(message)],
    [kernel(signing, { name: "winternitzPublicKey", args: [] }), winternitzPublicKey(secret)],
    [kernel(signing, { name: "winternitzSign", args: [] }), signature],
    [
      kernel([{ address: input, bytes: Buffer.concat([signature, sha3(message)]) }], { name: "winternitzRecover", args: [] }),
      winternitzRecover(message, signature),
    ],
  ];
  for (const engine of engines) for (const [work, result] of works) expect(engine.start(coreKernel(work))()).toBe(first(result));
});

test("a kernel repeats its calls, with numbers of both sizes", async () => {
  const [engine] = await loadEngines(loadPackage, []);
  const header = new Uint8Array(300);
  const search: Kernel["calls"] = [
    { name: "searchBegin", args: [header.length, 200, 8] },
    { name: "search", args: [-(2n ** 63n) + 5n, 1] },
  ];
  // Every hash is below this target, so that the first counter is found; it is big-endian.
  const memory = [{ address: coreTarget(), bytes: new Uint8Array(32).fill(255) }];
  expect(engine?.start(coreKernel({ ...kernel(memory, ...search), times: 300, result: output + 4 }))()).toBe(0x05000000);
});

/** The target lies right before the seed. */
const coreTarget = (): number => seed - 32;

test("what the module does not export cannot be called", () => {
  expect(() => coreKernel(kernel([], { name: "memory", args: [] }))).toThrow("exports no function memory");
  expect(() => coreKernel(kernel([], { name: "nothing", args: [] }))).toThrow("exports no function nothing");
});
