import type { MinimoteNode } from "../../node/node.js";
import { toHex0x, ZERO_ID } from "../../protocol/bytes.js";
import { jsonObject } from "../../protocol/json.js";
import { encodeMx } from "../../protocol/mx.js";
import { simpleRow } from "../../wallet/scripts.js";
import { cleanPhrase, phraseSeed } from "../../wallet/seedphrase.js";
import type { Wallet } from "../../wallet/wallet.js";
import { type CommandAnswer, type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { equalSecrets } from "../passwords.js";
import { keyUses } from "./key-uses.js";

type Command = RpcCommand<MinimoteNode>;
type Action = (params: Params, node: MinimoteNode) => CommandAnswer | Promise<CommandAnswer>;

/** Throws while the default addresses are being made: what is done now would leave the rest out. */
export function checkAllKeysCreated(wallet: Wallet): void {
  if (wallet.isFilled) return;
  const { made, wanted } = wallet.filling;
  throw new CommandError(`Please wait for ALL your keys to be created. This can take 5 mins. Currently (${made}/${wanted})`);
}

function newPassword(params: Params): string {
  const password = params.string("password");
  if (password.includes(";")) throw new CommandError("Cannot use ; in password");
  if (params.has("confirm") && params.string("confirm") !== password) throw new CommandError("Passwords do NOT match!");
  return password;
}

const showSeed: Action = (_params, { wallet }) => {
  const phrase = wallet.isLocked ? "" : wallet.revealPhrase();
  const seed = wallet.isLocked ? ZERO_ID : phraseSeed(phrase);
  return response(jsonObject(["phrase", phrase], ["seed", toHex0x(seed)], ["locked", wallet.isLocked]));
};

const passwordLock: Action = async (params, { wallet }) => {
  checkAllKeysCreated(wallet);
  const password = newPassword(params);
  if (wallet.isLocked) throw new CommandError("DB already locked!");
  await wallet.lock(password);
  return response("All private keys wiped! Stored encrypted in UserDB");
};

const passwordUnlock: Action = async (params, { wallet }) => {
  const password = params.string("password");
  if (!wallet.isLocked) throw new CommandError("DB already unlocked!");
  await wallet.unlockWithPassword(password);
  return response("All private keys restored!");
};

/** The seed has to be given, to show that the owner knows it. */
const wipeKeys: Action = async (params, { wallet }) => {
  checkAllKeysCreated(wallet);
  if (wallet.isLocked) throw new CommandError("DB already locked!");
  if (!equalSecrets(toHex0x(params.data("seed")), toHex0x(phraseSeed(wallet.revealPhrase()))))
    throw new CommandError("Incorrect seed for lock");
  await wallet.lock();
  return response("All private keys wiped!");
};

/** Another phrase than that of the wallet's keys is refused: signatures would not fit. */
const restoreKeys: Action = async (params, { wallet }) => {
  const entered = params.string("phrase");
  const cleaned = cleanPhrase(entered);
  if (wallet.isLocked) await wallet.unlock(cleaned);
  else if (!equalSecrets(cleaned, wallet.revealPhrase())) throw new CommandError("this is not the phrase of this wallet");
  return response(
    jsonObject(
      ["entered", entered],
      ["cleaned", cleaned],
      ["same", cleaned === entered.toUpperCase()],
      ["result", "All private keys restored!"],
    ),
  );
};

/** The wallet of another phrase, from the next start on; the one of before is kept in a folder of the data folder. */
const resetKeys: Action = async (params, node) => {
  const phrase = cleanPhrase(params.string("phrase"));
  await node.backups.reset(phrase, keyUses(params, 100));
  node.quit({ compact: false });
  return response("All private keys restored!");
};

const MOST_TEST_KEYS = 64;

const testPhrase: Action = async (params, { wallet }) => {
  const phrase = cleanPhrase(params.string("phrase"));
  const count = params.integerOr("numkeys", 4);
  if (count > MOST_TEST_KEYS) throw new CommandError(`numkeys must be at most ${MOST_TEST_KEYS}`);
  const publicKeys = await wallet.previewKeys(phrase, count);
  const address = publicKeys.map((publicKey) =>
    jsonObject(["publickey", toHex0x(publicKey)], ["address", encodeMx(simpleRow(publicKey, false).address)]),
  );
  return response(jsonObject(["phrase", phrase], ["seed", toHex0x(phraseSeed(phrase))], ["address", address]));
};

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ["seed", showSeed],
  ["passwordlock", passwordLock],
  ["passwordunlock", passwordUnlock],
  ["wipekeys", wipeKeys],
  ["restorekeys", restoreKeys],
  ["resetkeys", resetKeys],
  ["testphrase", testPhrase],
]);

/** `vault`: the phrase, and locking it away (spec 09 §8.3). */
export const vault: Command = {
  name: "vault",
  summary: "Show the seed phrase, lock or unlock the wallet",
  details: `vault (action:) (seed:) (keyuses:100) (phrase:) (password:) (confirm:) (numkeys:4)

action: seed, passwordlock, passwordunlock, wipekeys, restorekeys, resetkeys or testphrase. The default is seed.
password: what the phrase is locked with, or was.
confirm: the password again.
seed: with wipekeys, as proof that you have it.
phrase: words in quotes; the first letters of each are enough.
keyuses: with resetkeys, how often the keys of the phrase were used at most.
numkeys: with testphrase, how many addresses to show.

seed shows the phrase and the seed.
passwordlock keeps the phrase under a password: the wallet then only looks and receives. passwordunlock undoes that.
wipekeys takes the phrase away. restorekeys brings it back.
resetkeys takes the wallet of another phrase at the next start; the files of before are kept in a folder of the data folder.
testphrase shows the first addresses of a phrase, and changes nothing.

vault
vault action:passwordlock password:mypassword confirm:mypassword
vault action:passwordunlock password:mypassword
vault action:wipekeys seed:0x...
vault action:restorekeys phrase:"MY WORDS ..."
vault action:testphrase phrase:"MY WORDS ..." numkeys:2`,
  params: ["action", "seed", "keyuses", "phrase", "password", "confirm", "numkeys"],
  write: true,
  run: (params, node) => {
    const name = params.optionalString("action") ?? "seed";
    const action = ACTIONS.get(name);
    if (action === undefined) throw new CommandError(`Invalid action : ${name}`);
    return action(params, node);
  },
};
