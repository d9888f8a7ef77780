import type { Migration } from '../database/open.ts'

export const migrations: readonly Migration[] = [
  `
  CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT) STRICT;
  INSERT INTO progress VALUES (1, NULL);
  -- With its secrets: they are needed in the clear to sign with.
  CREATE TABLE channel (
    site TEXT NOT NULL, id TEXT NOT NULL, channel TEXT NOT NULL, PRIMARY KEY (site, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE delivery (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    site         TEXT NOT NULL,
    channel      TEXT NOT NULL,
    event        TEXT NOT NULL,
    severity     INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    message      TEXT NOT NULL,
    made_at      INTEGER NOT NULL,
    first_due_at INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    state        TEXT NOT NULL,
    tries        INTEGER NOT NULL,
    reason       TEXT,
    done_at      INTEGER
  ) STRICT;
  CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'waiting';
  CREATE INDEX delivery_channel ON delivery (site, channel, state, severity, number);
  CREATE INDEX delivery_done ON delivery (done_at) WHERE state <> 'waiting';
  CREATE INDEX delivery_site ON delivery (site, number);
  -- Every notice that was taken for a channel, and the message in which it is told; a feed read twice tells nothing twice.
  CREATE TABLE taken (
    site     TEXT NOT NULL,
    channel  TEXT NOT NULL,
    alert    TEXT NOT NULL,
    event    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    made_at  INTEGER NOT NULL,
    delivery TEXT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    PRIMARY KEY (site, channel, alert, event, at)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX taken_delivery ON taken (delivery);
  CREATE INDEX taken_recent ON taken (site, channel, event, made_at);
  CREATE TABLE attempt (
    number   INTEGER PRIMARY KEY,
    delivery TEXT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    at       INTEGER NOT NULL,
    took_ms  INTEGER NOT NULL,
    outcome  TEXT NOT NULL,
    status   INTEGER,
    said     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX attempt_delivery ON attempt (delivery, number);
  `,
]
