import type { MinimoteNode } from "../../node/node.js";
import { equalBytes, toHex0x } from "../../protocol/bytes.js";
import { jsonObject } from "../../protocol/json.js";
import { signatureRootKey } from "../../protocol/mmr-node.js";
import { decode } from "../../protocol/reader.js";
import { readSignature, writeSignature } from "../../protocol/signature.js";
import { verifySignature } from "../../protocol/verify-signature.js";
import { encode } from "../../protocol/writer.js";
import { seedRandom } from "../../wallet/seed-random.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

/** `sign`: sign data with a key of the wallet (spec 09 §7.13). */
export const sign: Command = {
  name: "sign",
  summary: "Sign data with one of the wallet's keys",
  details: `sign data:0xHEX publickey:0xHEX

data: what to sign; hash longer data first.
publickey: a key of the wallet, see keys. Every signature takes one of the uses the key has.

sign data:0xCD34.. publickey:0xFD8B..`,
  params: ["publickey", "data"],
  write: true,
  run: async (params, { wallet }) => {
    const data = params.data("data");
    const publicKey = params.data("publickey");
    return response(toHex0x(encode(writeSignature, await wallet.sign(publicKey, data))));
  },
};

/** `verify`: check a signature (spec 09 §7.13). */
export const verify: Command = {
  name: "verify",
  summary: "Check a signature",
  details: `verify data:0xHEX publickey:0xHEX signature:0xHEX

data: what was signed.
publickey: the key it should be signed with.
signature: what sign gave.

verify data:0xCD34.. publickey:0xFD8B.. signature:0x4827..`,
  params: ["publickey", "data", "signature"],
  write: false,
  run: (params) => {
    const data = params.data("data");
    const publicKey = params.data("publickey");
    const signature = decode(readSignature, params.data("signature"));
    const root = signatureRootKey(signature);
    if (!equalBytes(root, publicKey)) throw new CommandError(`Signature publickey is different : ${toHex0x(root)}`);
    if (!verifySignature(publicKey, data, signature)) throw new CommandError("Signature NOT valid", "message");
    return response("Signature valid");
  },
};

/** `seedrandom`: a secret of the wallet's own (spec 09 §7.7). */
export const seedrandom: Command = {
  name: "seedrandom",
  summary: "Derive a secret from the wallet's seed and a text",
  details: `seedrandom modifier:TEXT

modifier: any text. The same text gives the same secret with this wallet, and with every wallet restored from its phrase.

seedrandom modifier:"my password manager"`,
  params: ["modifier"],
  write: true,
  run: (params, { wallet }) => {
    if (wallet.isLocked) throw new CommandError("DB locked!");
    const modifier = params.string("modifier");
    return response(jsonObject(["modifier", modifier], ["seedrandom", toHex0x(seedRandom(wallet.revealPhrase(), modifier))]));
  },
};
