/** Schema of wallet.db, one script per version. */
export const WALLET_MIGRATIONS: readonly string[] = [
  `
  -- One row: the phrase in plain text, or under a password while the wallet is locked.
  CREATE TABLE seed (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    phrase TEXT,
    sealed BLOB
  );

  CREATE TABLE keys (
    number INTEGER PRIMARY KEY,
    modifier BLOB NOT NULL,
    publickey BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    depth INTEGER NOT NULL
  );

  CREATE TABLE scripts (
    seq INTEGER PRIMARY KEY,
    address BLOB NOT NULL UNIQUE,
    script TEXT NOT NULL,
    simple INTEGER NOT NULL,
    isdefault INTEGER NOT NULL,
    publickey BLOB NOT NULL,
    track INTEGER NOT NULL
  );

  -- Every use of a key below free may have happened. It is moved before a secret is touched.
  CREATE TABLE uses (
    publickey BLOB PRIMARY KEY,
    free INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- What was signed lately, so that asking again costs no use.
  CREATE TABLE signatures (
    seq INTEGER PRIMARY KEY,
    publickey BLOB NOT NULL,
    digest BLOB NOT NULL,
    signature BLOB NOT NULL,
    UNIQUE (publickey, digest)
  );
  `,
  `
  -- A row if the wallet was restored from its phrase: its keys may have been used elsewhere.
  CREATE TABLE restored (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    caughtup INTEGER NOT NULL
  );
  `,
  `
  -- When and where the wallet ran last, to notice copies and long pauses.
  CREATE TABLE life (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    place TEXT NOT NULL,
    seen INTEGER NOT NULL
  );
  `,
  `
  -- How often the owner of a restored wallet says its keys were used at most.
  CREATE TABLE leastuse (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    use INTEGER NOT NULL
  );
  `,
  `
  -- Public keys of key-tree nodes, which take long to make.
  CREATE TABLE nodes (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    record BLOB NOT NULL
  );
  `,
  `
  -- Coins that are watched, or are not, in any case.
  CREATE TABLE cointrack (coinid BLOB PRIMARY KEY, track INTEGER NOT NULL) WITHOUT ROWID;
  `,
];
