import { setImmediate } from "node:timers/promises";
import { MMR } from "../../chain/mmr/mmr.js";
import type { MinimoteNode } from "../../node/node.js";
import { parseHex, toHex0x } from "../../protocol/bytes.js";
import { type JsonObject, jsonObject } from "../../protocol/json.js";
import { mmrDataToJSON } from "../../protocol/json-views/proof-json.js";
import { dataLeaf, equalNodes, foldProof, textLeaf } from "../../protocol/mmr-node.js";
import { type MMRData, readMMRProof, writeMMRProof } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";
import { decode } from "../../protocol/reader.js";
import { encode } from "../../protocol/writer.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

const MAX_LEAVES = 8192;
/** Leaves added or proven before others get their turn. */
const AT_ONCE = 128;

/** `mmrcreate`: an MMR of texts (spec 09 §7.8). */
export const mmrcreate: Command = {
  name: "mmrcreate",
  summary: "Make an MMR of some data, with a proof for each piece",
  details: `mmrcreate nodes:["TEXT|0xHEX(:VALUE)",..]

nodes: the leaves; each may have a value, and values add up in the root. At most ${MAX_LEAVES}.

mmrcreate nodes:["0x1234","0xFF","hello"]
mmrcreate nodes:["alice:10","bob:2.5"]`,
  params: ["nodes"],
  write: false,
  run: async (params) => {
    const given = params.array("nodes");
    if (given.length > MAX_LEAVES) throw new CommandError(`Too many nodes : ${given.length}, the most is ${MAX_LEAVES}`);
    const leaves = given.map((node) => {
      if (typeof node !== "string") throw new CommandError("Every node must be text in quotes");
      const [text, value] = withValue(node);
      return { text, data: leafOf(text, value) };
    });
    const mmr = new MMR(0);
    await inTurns(leaves, ({ data }) => mmr.add(data));
    const root = mmr.root();
    if (root === null) throw new CommandError("There are no nodes");
    const nodes: JsonObject[] = [];
    await inTurns(leaves, ({ text, data }) => {
      const proof = toHex0x(encode(writeMMRProof, mmr.proofToRoot(BigInt(nodes.length))));
      nodes.push(jsonObject(["entry", nodes.length], ["data", text], ["value", data.value.toString()], ["proof", proof]));
    });
    return response(jsonObject(["nodes", nodes], ["total", leaves.length], ["root", mmrDataToJSON(root)]));
  },
};

/** `mmrproof`: check a proof (spec 09 §7.8). */
export const mmrproof: Command = {
  name: "mmrproof",
  summary: "Check an MMR proof",
  details: `mmrproof data:TEXT|0xHEX(:VALUE) proof:0x.. root:0x..(:VALUE)

data: the piece of data, as it was given to mmrcreate.
proof: its proof.
root: the root it should lead to, with its value unless that is 0.

mmrproof data:0xFF proof:0x0000.. root:0xAB5D..
mmrproof data:"alice:10" proof:0x0000.. root:"0xAB5D..:12.5"`,
  params: ["data", "proof", "root"],
  write: false,
  run: (params) => {
    if (!params.has("root") || !params.has("proof") || !params.has("data")) throw new CommandError("MUST Specify data, root and proof");
    const [text, value] = withValue(params.string("data"), true);
    const [root, rootValue] = withValue(params.string("root"), true);
    const leaf = leafOf(text, value);
    const end = foldProof(leaf, decode(readMMRProof, parseHex(params.string("proof"))));
    return response(
      jsonObject(
        ["input", text],
        ["leaf", mmrDataToJSON(leaf)],
        ["finaldata", mmrDataToJSON(end)],
        ["valid", equalNodes(end, { hash: parseHex(root), value: rootValue })],
      ),
    );
  },
};

/** Text and the number after its first colon. With `trims`, without the blanks that quoting puts around a colon (spec 09 §3.2). */
function withValue(text: string, trims = false): readonly [text: string, value: MiniNumber] {
  const colon = text.indexOf(":");
  if (colon < 0) return [text, MiniNumber.ZERO];
  const [left, right] = [text.slice(0, colon), text.slice(colon + 1)];
  return trims ? [left.trim(), MiniNumber.parse(right.trim())] : [left, MiniNumber.parse(right)];
}

function leafOf(text: string, value: MiniNumber): MMRData {
  return text.startsWith("0x") ? dataLeaf(parseHex(text), value) : textLeaf(text, value);
}

async function inTurns<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (const [i, item] of items.entries()) {
    work(item);
    if (i % AT_ONCE === AT_ONCE - 1) await setImmediate();
  }
}
