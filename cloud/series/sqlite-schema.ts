import type { Migration } from '../database/open.ts'
import { ledgerClamped, ledgerTables } from './ledger.ts'
import { rollUpTables } from './roll-up-ledger.ts'

/** Drawn in docs/series-schema.md. */
const tables: Migration = `
  CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    measurement TEXT NOT NULL,
    site TEXT NOT NULL,
    gateway TEXT NOT NULL,
    source TEXT NOT NULL,
    shelf INTEGER NOT NULL,
    UNIQUE (site, measurement, source, gateway)
  );
  CREATE TABLE field (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE tail (id INTEGER PRIMARY KEY, points INTEGER NOT NULL, rows BLOB NOT NULL);
  CREATE TABLE block (
    shelf INTEGER NOT NULL REFERENCES source (id),
    id INTEGER NOT NULL,
    level INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    rows BLOB NOT NULL,
    PRIMARY KEY (shelf, id)
  );
`

export const sqliteSeriesMigrations: readonly Migration[] = [
  // One row for each point, up to 0.1.0: what it held is in the journal.
  `CREATE TABLE source (id INTEGER PRIMARY KEY); ${ledgerTables}`,
  ledgerClamped,
  // Blocks: the projection begins again and fills them from the journal.
  `
  DROP TABLE IF EXISTS condition; DROP TABLE IF EXISTS read; DROP TABLE IF EXISTS passage;
  DROP TABLE IF EXISTS quantity; DROP TABLE IF EXISTS lane; DROP TABLE IF EXISTS source;
  DELETE FROM set_aside; DELETE FROM boot; DELETE FROM waiting;
  UPDATE progress SET offset = 0, set_aside = 0, clamped = 0;
  ${tables}
  `,
  rollUpTables,
]
