/** Schema of maxima.db, one script per version. */
export const MAXIMA_MIGRATIONS: readonly string[] = [
  `
  -- The permanent RSA keys, X.509 and PKCS#8 DER: maxima, mls.
  CREATE TABLE identity (
    name TEXT PRIMARY KEY,
    publickey BLOB NOT NULL,
    privatekey BLOB NOT NULL
  ) WITHOUT ROWID;

  -- Peers we dialled, and the key under which we are reached through each.
  CREATE TABLE host (
    address TEXT PRIMARY KEY,
    publickey BLOB NOT NULL UNIQUE,
    privatekey BLOB NOT NULL,
    lastseen INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE value (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
  `,
  `
  -- Who this node exchanges addresses with; what they tell of themselves is JSON. An id is not given twice.
  CREATE TABLE contact (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    publickey TEXT NOT NULL UNIQUE,
    currentaddress TEXT NOT NULL,
    myaddress TEXT NOT NULL,
    lastseen INTEGER NOT NULL,
    details TEXT NOT NULL
  );
  `,
];
