import type { Migration } from '../database/open.ts'
import { ledgerClamped, ledgerTables } from './ledger.ts'

/** Drawn in docs/series-schema.md. `v0`–`v3` and the columns of `lanes` belong together. */
export const sqliteSeriesMigrations: readonly Migration[] = [
  `
  CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    measurement TEXT NOT NULL,
    site TEXT NOT NULL,
    gateway TEXT NOT NULL,
    source TEXT NOT NULL,
    UNIQUE (site, measurement, source, gateway)
  );
  CREATE TABLE lane (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source (id)
  );
  CREATE TABLE quantity (
    source INTEGER NOT NULL REFERENCES source (id),
    name TEXT NOT NULL,
    lane INTEGER NOT NULL REFERENCES lane (id),
    slot INTEGER NOT NULL CHECK (slot BETWEEN 0 AND 3),
    PRIMARY KEY (source, name)
  ) WITHOUT ROWID;
  CREATE TABLE condition (
    lane INTEGER NOT NULL,
    at INTEGER NOT NULL,
    v0 NUMERIC, v1 NUMERIC, v2 NUMERIC, v3 NUMERIC,
    PRIMARY KEY (lane, at)
  ) WITHOUT ROWID;
  CREATE TABLE read (
    source INTEGER NOT NULL,
    at INTEGER NOT NULL,
    nanos INTEGER NOT NULL,
    epc, count NUMERIC, peakRssiDbm NUMERIC, antenna NUMERIC,
    PRIMARY KEY (source, at, nanos)
  ) WITHOUT ROWID;
  CREATE TABLE passage (
    source INTEGER NOT NULL,
    at INTEGER NOT NULL,
    nanos INTEGER NOT NULL,
    epc, direction TEXT, confidence NUMERIC, count NUMERIC,
    PRIMARY KEY (source, at, nanos)
  ) WITHOUT ROWID;
  ${ledgerTables}
  `,
  ledgerClamped,
]

/** Quantities side by side in one row of `condition`. */
export const slotsPerLane = 4
