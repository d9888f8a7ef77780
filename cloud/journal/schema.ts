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
  `
  CREATE TABLE quarantine (
    offset          INTEGER NOT NULL,
    position        INTEGER NOT NULL,
    site            TEXT    NOT NULL,
    gateway         TEXT    NOT NULL,
    epoch           TEXT    NOT NULL,
    sequence        INTEGER NOT NULL,
    at              INTEGER NOT NULL,
    reason          TEXT    NOT NULL,
    replayed_offset INTEGER,
    PRIMARY KEY (offset, position)
  ) STRICT, WITHOUT ROWID;

  INSERT INTO quarantine
  SELECT entry.offset, record.key, entry.site, record.value ->> 'gateway', record.value ->> 'epoch',
         record.value ->> 'first', record.value ->> 'at', record.value ->> 'reason', NULL
  FROM entry, json_each(CAST(entry.body AS TEXT)) AS record
  WHERE entry.gateway IS NULL AND entry.site IS NOT NULL AND record.value ->> 'kind' = 'quarantine';
  `,
  `
  CREATE TABLE forked (
    site    TEXT    NOT NULL,
    gateway TEXT    NOT NULL,
    epoch   TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    reason  TEXT    NOT NULL,
    PRIMARY KEY (site, gateway)
  ) STRICT, WITHOUT ROWID;
  `,
]
