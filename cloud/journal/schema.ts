import type { Migration } from '../database/open.ts'

/** Tables of the journal file; drawn and explained in docs/journal-format.md. */
export const journalMigrations: readonly Migration[] = [
  `
  CREATE TABLE journal (
    server  TEXT    NOT NULL,
    made_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE entry (
    offset      INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    site        TEXT,
    gateway     TEXT,
    epoch       TEXT,
    first       INTEGER,
    late        INTEGER NOT NULL,
    form        TEXT    NOT NULL CHECK (form IN ('batch', 'records')),
    body        BLOB    NOT NULL
  ) STRICT;

  CREATE TABLE cursor (
    site    TEXT NOT NULL,
    gateway TEXT NOT NULL,
    epoch   TEXT NOT NULL,
    closed  TEXT NOT NULL,
    PRIMARY KEY (site, gateway, epoch)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE lease (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    lease         TEXT    NOT NULL UNIQUE,
    site          TEXT    NOT NULL,
    gateway       TEXT    NOT NULL,
    epoch         TEXT    NOT NULL,
    granted_at    INTEGER NOT NULL,
    first_used_at INTEGER,
    retired_at    INTEGER
  ) STRICT;
  CREATE INDEX lease_of_gateway ON lease (site, gateway, number);
  `,
]
