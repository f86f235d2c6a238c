import type { MinimoteNode } from "../../node/node.js";
import { toHex0x, ZERO_ID } from "../../protocol/bytes.js";
import { jsonObject } from "../../protocol/json.js";
import { phraseSeed } from "../../wallet/seedphrase.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

function newPassword(params: Params): string {
  const password = params.string("password");
  if (password.includes(";")) throw new CommandError("Cannot use ; in password");
  if (params.has("confirm") && params.string("confirm") !== password) throw new CommandError("Passwords do NOT match!");
  return password;
}

/** `vault`: the phrase, and locking it away (spec 09 §8.3). */
export const vault: Command = {
  name: "vault",
  summary: "Show the seed phrase, lock or unlock the wallet",
  details: `vault (action:seed|passwordlock|passwordunlock) (password:) (confirm:)

action: seed shows the phrase, passwordlock takes the keys away until passwordunlock brings them back. The default is seed.
password: what the phrase is sealed with. Without it only the written phrase helps.
confirm: the password again.
seed: taken for compatibility.
keyuses: taken for compatibility.
phrase: taken for compatibility.
numkeys: taken for compatibility.

vault
vault action:passwordlock password:your-password confirm:your-password
vault action:passwordunlock password:your-password`,
  params: ["action", "seed", "keyuses", "phrase", "password", "confirm", "numkeys"],
  write: true,
  run: async (params, { wallet }) => {
    const action = params.optionalString("action") ?? "seed";
    switch (action) {
      case "seed": {
        const phrase = wallet.isLocked ? "" : wallet.revealPhrase();
        const seed = wallet.isLocked ? ZERO_ID : phraseSeed(phrase);
        return response(jsonObject(["phrase", phrase], ["seed", toHex0x(seed)], ["locked", wallet.isLocked]));
      }
      case "passwordlock":
        if (wallet.isLocked) throw new CommandError("DB already locked!");
        if (!wallet.isFilled) throw new CommandError("Please wait for ALL your keys to be created. ");
        await wallet.lock(newPassword(params));
        return response("All private keys wiped! Stored encrypted in UserDB");
      case "passwordunlock":
        if (!wallet.isLocked) throw new CommandError("DB already unlocked!");
        await wallet.unlockWithPassword(params.string("password"));
        return response("All private keys restored!");
      default:
        throw new CommandError(`Invalid action : ${action}`);
    }
  },
};
