/** Schema of chain.db, one script per version. */
export const CHAIN_MIGRATIONS: readonly string[] = [
  `
  -- Every TxPoW received, until it expires. parent is set for blocks only.
  CREATE TABLE txpow (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    parent BLOB,
    relevant INTEGER NOT NULL,
    stored INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
  CREATE INDEX txpow_parent ON txpow (parent, seq) WHERE parent IS NOT NULL;
  CREATE INDEX txpow_stored ON txpow (stored);
  CREATE INDEX txpow_relevant ON txpow (seq) WHERE relevant = 1;

  -- TxBlocks: of the tree in the order they were added, and of the archive below it.
  CREATE TABLE txblock (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    number INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
  CREATE INDEX txblock_number ON txblock (archived, number);

  -- Which block brought a TxPoW into the chain, once the block left the tree.
  CREATE TABLE onchain (
    txpow BLOB NOT NULL,
    block BLOB NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (txpow, block)
  ) WITHOUT ROWID;
  CREATE INDEX onchain_number ON onchain (number);

  -- Single values: the cascade, the root's carried coins, the network this file belongs to.
  CREATE TABLE value (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
  `,
  `
  -- The Mega MMR, on nodes that keep one: nodes by place, unspent coins, and what coins are searched by.
  CREATE TABLE meganode (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE megacoin (id BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL);
  CREATE TABLE megakey (key BLOB NOT NULL, coin BLOB NOT NULL, PRIMARY KEY (key, coin)) WITHOUT ROWID;
  `,
  `
  -- Coins from below the tree that were imported, until their blocks leave the tree.
  CREATE TABLE importedcoin (seq INTEGER PRIMARY KEY, block BLOB NOT NULL, bytes BLOB NOT NULL);
  `,
  `
  -- Whether a TxPoW carries a transaction, null for those stored before this was noted; when a block was archived.
  ALTER TABLE txpow ADD COLUMN transact INTEGER;
  ALTER TABLE onchain ADD COLUMN added INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- Transactions under construction.
  CREATE TABLE txn (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL);
  `,
  `
  -- What the tree holds of settled blocks, so that a start need not work it out from their TxBlocks again. Rows may be missing.
  CREATE TABLE settledblock (id BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL);
  `,
  `
  -- The same in two parts: a start reads the first, the other is read when somebody asks.
  DROP TABLE settledblock;
  CREATE TABLE settledblock (id BLOB NOT NULL UNIQUE, facts BLOB NOT NULL, body BLOB NOT NULL);
  `,
  `
  -- What cuts carried over into a root, in parts; of a block that is no root yet, if a cut was under way.
  CREATE TABLE carried (root BLOB NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE UNIQUE INDEX carried_part ON carried (root, part);
  `,
];
