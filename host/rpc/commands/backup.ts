import { existsSync, rmSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { DEFAULT_PASSWORD } from "../../node/backup/backups.js";
import { decryptBackup } from "../../node/backup/read-backup.js";
import { RECORD } from "../../node/backup/records.js";
import type { MinimoteNode } from "../../node/node.js";
import { jsonObject } from "../../protocol/json.js";
import { formatSize } from "../../protocol/json-views/format.js";
import { cleanPhrase } from "../../wallet/seedphrase.js";
import { type CommandAnswer, type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { keyUses } from "./key-uses.js";
import { checkAllKeysCreated, vault } from "./vault.js";

type Command = RpcCommand<MinimoteNode>;

const RESTART = "Restart Minima for restore to take effect!";

/** A file that is named without a folder lies in the data folder (spec 09 §17). */
function fileOf(node: MinimoteNode, name: string): string {
  return resolve(node.config.dataDir, name);
}

/** The password given, and given again if it is confirmed; the well-known one if none is. */
function passwordOf(params: Params): string {
  const password = params.optionalString("password") ?? DEFAULT_PASSWORD;
  if (params.has("confirm") && params.string("confirm") !== password) throw new CommandError("Passwords do NOT match!");
  return password;
}

function existingFile(params: Params, node: MinimoteNode): string {
  if (!params.has("file")) throw new CommandError("java.lang.Exception: MUST specify a file to restore from");
  const file = fileOf(node, params.string("file"));
  if (!existsSync(file)) throw new CommandError(`java.lang.Exception: Restore file doesn't exist : ${file}`);
  return file;
}

/** `backup`: the wallet, the tree and the history in one sealed file (spec 09 §17). */
const backup: Command = {
  name: "backup",
  summary: "Write a backup of the wallet, the recent chain and the settings",
  details: `backup (file:) (password:) (confirm:) (auto:true|false) (maxhistory:100)

file: a name in the data folder, or a path. The default is minima-backup-<time>.bak.
password: the backup is encrypted with it. The default is a word that everybody knows.
confirm: the password again.
auto: true also writes a backup every day, with this password, and keeps the last seven; false ends that.
maxhistory: how many of your latest transactions to keep.
debug: taken for compatibility.

Without a password of yours, the seed phrase in the backup is protected by nothing but the access rights of the file.

backup file:my.bak password:mypassword confirm:mypassword
backup auto:true password:mypassword
backup auto:false`,
  params: ["debug", "password", "file", "auto", "confirm", "maxhistory"],
  write: true,
  run: async (params, node): Promise<CommandAnswer> => {
    checkAllKeysCreated(node.wallet);
    const password = passwordOf(params);
    if (params.has("auto")) {
      const auto = params.boolean("auto", false);
      await node.backups.makeDaily(auto, params.has("password") ? password : undefined);
      if (!auto) return [["backup", jsonObject(["autobackup", false])]];
    }
    const file = fileOf(node, params.optionalString("file") ?? `minima-backup-${Date.now()}.bak`);
    const history = params.integerOr("maxhistory", 100);
    const { block, sizes, size } = await node.backups.write(file, password, Math.max(0, history));
    const of = (...types: readonly number[]): number =>
      Array.from(sizes).reduce((sum, [type, bytes]) => sum + (types.includes(type) ? bytes : 0), 0);
    return [
      [
        "backup",
        jsonObject(
          ["block", block < 0 ? String(block) : block],
          [
            "files",
            jsonObject(
              ["wallet", formatSize(of(RECORD.wallet))],
              ["cascade", formatSize(of(RECORD.cascade))],
              ["chain", formatSize(of(RECORD.root, RECORD.treeBlock))],
              ["user", formatSize(of(RECORD.settings, RECORD.maxima))],
              ["p2p", formatSize(0)],
              ["txpow", formatSize(of(RECORD.txpow))],
            ),
          ],
          ["uncompressed", formatSize(of(...Object.values(RECORD)))],
          ["file", file],
          ["size", formatSize(size)],
          ["auto", node.settings.current.autobackup],
        ),
      ],
    ];
  },
};

/** `restore`: a backup takes the place of everything at the next start (spec 09 §17). */
const restore: Command = {
  name: "restore",
  summary: "Restore a backup; the node stops, and has it when it starts again",
  details: `restore file: (password:) (shutdown:true|false)

file: a name in the data folder, or a path.
password: that of the backup.
shutdown: false lets the node run on; it signs no more until it has started again.

All of the backup is read and checked before anything changes. Of a backup of the Java node the wallet is taken; the chain comes from the network.
At the next start it takes the place of wallet, chain, Maxima identity and settings; the files of before are kept in a folder of the data folder.
The restored wallet signs when the node has caught up with the chain, with uses of its keys that were not used before.

restore file:my.bak password:mypassword`,
  params: ["file", "password", "shutdown"],
  write: true,
  run: async (params, node): Promise<CommandAnswer> => {
    const file = existingFile(params, node);
    await node.backups.restore(file, passwordOf(params), { withChain: true });
    if (params.boolean("shutdown", true)) node.quit({ compact: false });
    return [
      ["restore", jsonObject(["file", file])],
      ["message", RESTART],
    ];
  },
};

/** A private network has its chain nowhere else. */
function checkChainIsElsewhere({ config }: MinimoteNode): void {
  if (config.network === "solo") throw new CommandError("This is a private network: its chain cannot be fetched again. Use restore");
}

/** `restoresync`: a backup without its chain, which comes from the network (spec 09 §17). */
const restoresync: Command = {
  name: "restoresync",
  summary: "Restore the wallet of a backup, and fetch the chain from the network",
  details: `restoresync file: (password:) (host:)

file: a name in the data folder, or a path.
password: that of the backup.
host: the host:port of a node to fetch the chain from. The default is the peers the node finds.

As restore, but for old backups: the chain is not taken from the backup, it is fetched from the network.

restoresync file:my.bak password:mypassword host:10.0.0.5:9001`,
  params: ["file", "password", "host"],
  write: true,
  run: async (params, node): Promise<CommandAnswer> => {
    checkAllKeysCreated(node.wallet);
    const file = existingFile(params, node);
    checkChainIsElsewhere(node);
    const syncFrom = params.optionalString("host") ?? null;
    await node.backups.restore(file, passwordOf(params), { withChain: false, syncFrom });
    node.quit({ compact: false });
    return [
      ["restore", jsonObject(["file", file])],
      ["message", RESTART],
    ];
  },
};

/** `decryptbackup`: what is inside a backup, also of the reference's (spec 09 §17). */
const decryptbackup: Command = {
  name: "decryptbackup",
  summary: "Write the content of a backup to a file, in plain",
  details: `decryptbackup file: (password:) (output:)

file: a name in the data folder, or a path.
password: that of the backup.
output: the default is decrypted-<name> in the data folder. It must not exist yet.

Reads backups of minimote and of other Minima nodes. The content holds the seed phrase if the wallet was not locked: delete it soon.

decryptbackup file:minima-backup.bak password:mypassword output:plain.txt`,
  params: ["file", "password", "output"],
  write: true,
  run: async (params, node) => {
    params.string("file");
    const file = existingFile(params, node);
    const output = fileOf(node, params.optionalString("output") ?? `decrypted-${basename(file)}`);
    if (existsSync(output)) throw new CommandError("The output file exists already: choose another name");
    try {
      await decryptBackup(file, passwordOf(params), output);
    } catch (error) {
      rmSync(output, { force: true });
      throw error;
    }
    return response(
      jsonObject(
        ["input", file],
        ["inputsize", formatSize(statSync(file).size)],
        ["output", output],
        ["outputsize", formatSize(statSync(output).size)],
        ["message", "You can now open the output file in a HEX editor to get the seed if your backup was not locked"],
      ),
    );
  },
};

/** `reset`: begin again from the network, with the same wallet, with a phrase, or with a backup (spec 09 §17). */
const reset: Command = {
  name: "reset",
  summary: "Fetch the chain again, with this wallet, a phrase or a backup",
  details: `reset action:chainsync|seedsync|restore (file:) (password:) (phrase:) (keyuses:1000)

action: chainsync keeps the wallet, seedsync takes the wallet of a phrase, restore that of a backup.
file: the backup, a name in the data folder, or a path.
password: that of the backup.
phrase: words in quotes.
keyuses: how often the keys of the phrase were used at most.
keys: taken for compatibility; the default addresses are made in any case.
archivefile: refused: archive files are not read, the chain comes from the network.

The node stops; when it starts again, it fetches the chain from the network.

reset action:chainsync
reset action:seedsync phrase:"MY WORDS ..." keyuses:2000
reset action:restore file:my.bak password:mypassword`,
  params: ["action", "archivefile", "file", "password", "phrase", "keys", "keyuses"],
  write: true,
  run: async (params, node) => {
    checkAllKeysCreated(node.wallet);
    if (params.has("archivefile"))
      throw new CommandError("Archive files are not read: leave archivefile out, the chain comes from the network");
    if (!params.has("action")) throw new CommandError("param not specified : archivefile");
    const action = params.string("action");
    checkChainIsElsewhere(node);
    if (action === "chainsync") await node.backups.resyncChain();
    else if (action === "seedsync") await node.backups.reset(cleanPhrase(params.string("phrase")), keyUses(params, 1000));
    else if (action === "restore") await node.backups.restore(existingFile(params, node), passwordOf(params), { withChain: false });
    else throw new CommandError(`Invalid action : ${action}`);
    node.quit({ compact: false });
    return response(RESTART);
  },
};

export const BACKUP_COMMANDS: readonly Command[] = [vault, backup, restore, restoresync, decryptbackup, reset];
