import { expect, test } from "vitest";
import { coreGroups } from "../../host/cli/bench/core-groups.js";
import { loadEngines } from "../../host/cli/bench/engines.js";
import { commitGroup, scriptGroup, searchesOnWorkers } from "../../host/cli/bench/groups.js";
import { blockGroup } from "../../host/cli/bench/mmr-block.js";
import { type Absentee, type Load, loadPackage, loadPeers } from "../../host/cli/bench/peers.js";
import { sha3 } from "../../host/core/hash.js";

/** An installation without the packages of development. */
const nothing: Load = async (specifier) => {
  throw Object.assign(new Error(`Cannot find package '${specifier.split("/sha3")[0]?.split("/slh")[0]}' imported from /here`), {
    code: "ERR_MODULE_NOT_FOUND",
  });
};

test("libraries that are installed compute the same", async () => {
  const { hashes, scheme, absent } = await loadPeers(loadPackage);
  expect(absent).toEqual([]);
  const data = Uint8Array.of(1, 2, 3);
  expect(hashes.map(({ name }) => name)).toEqual(["node:crypto", "hash-wasm", "@noble/hashes"]);
  for (const { hash } of hashes) expect(Buffer.from(hash(data))).toEqual(Buffer.from(sha3(data)));
  expect(scheme?.name).toContain("SLH-DSA");
});

test("those that are not are named, with how to get them; node:crypto is always there", async () => {
  const absent: Absentee[] = [];
  const peers = await loadPeers(nothing);
  const engines = await loadEngines(nothing, absent);
  expect(peers.hashes.map(({ name }) => name)).toEqual(["node:crypto"]);
  expect(engines.map(({ name }) => name)).toEqual(["node (TurboFan)", "node:wasi"]);
  expect([...peers.absent, ...absent]).toEqual(
    ["hash-wasm", "@noble/hashes", "@noble/post-quantum", "wasmtime"].map((name) => ({ name, reason: `not installed: npm i ${name}` })),
  );
  for (const { name, make } of coreGroups({ peers, engines, rivals: [] })) {
    const { contenders } = await make(name);
    expect(contenders[0]?.name).toBe("minimote");
    expect(contenders.length).toBeGreaterThan(0);
  }
});

test("one that is installed but does not run here is told apart", async () => {
  const { absent } = await loadPeers(async (specifier) => {
    throw Object.assign(new Error(`Cannot find module '${specifier}-linux-arm'\nRequire stack:`), { code: "MODULE_NOT_FOUND" });
  });
  expect(absent[0]).toEqual({ name: "hash-wasm", reason: "does not run here: Cannot find module 'hash-wasm-linux-arm'" });
});

test("what needs no other library is measured with benny: scripts, commits, searches on workers, blocks", async () => {
  for (const group of [
    blockGroup("blocks", 3, 4, 50),
    scriptGroup("scripts"),
    commitGroup("commits"),
    searchesOnWorkers("workers", [1], []),
  ]) {
    for (const { rate } of group.contenders) {
      const { cpu, wall } = await rate(1);
      expect(cpu).toBeGreaterThan(0);
      expect(wall).toBeGreaterThan(0);
    }
    await group.close?.();
  }
});
