import type { Migration } from '../database/open.ts'
import { baseSchema } from './base-rows.ts'
import { evidenceRunSchema, evidenceSchema } from './evidence-rows.ts'
import { itemFormSchema, itemLogSchema } from './item-rows.ts'
import { packedRowsSchema } from './packed-rows.ts'
import { packingSchema } from './packing-rows.ts'
import { readerSchema } from './reader-rows.ts'
import { untaggedSchema } from './untagged-rows.ts'

/** The file of the projection: small tables of words, packed tables of state, and the ledger. */
export const migrations: readonly Migration[] = [
  `
  CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), "offset" INTEGER NOT NULL, now INTEGER NOT NULL) STRICT;
  INSERT INTO progress VALUES (1, 0, 0);
  CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
  CREATE TABLE place (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, zone TEXT, slot TEXT, departed INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE tag (id INTEGER PRIMARY KEY, epc TEXT NOT NULL) STRICT;
  ${packedRowsSchema('item')}
  ${packedRowsSchema('slot')}
  CREATE TABLE site (site TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
  CREATE TABLE map (site TEXT PRIMARY KEY, at INTEGER NOT NULL, map TEXT NOT NULL) STRICT;
  CREATE TABLE waiting (
    site TEXT NOT NULL, boot TEXT NOT NULL, epc TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (site, boot, epc)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    item INTEGER NOT NULL,
    at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    kind TEXT NOT NULL,
    from_place INTEGER NOT NULL,
    to_place INTEGER NOT NULL,
    read_point INTEGER NOT NULL,
    late INTEGER NOT NULL,
    why TEXT NOT NULL
  ) STRICT;
  CREATE INDEX ledger_item ON ledger (item, at);
  `,
  // Readers stood in the state of their site, which was written whole for every read.
  `
  CREATE TABLE reader (
    site TEXT NOT NULL, gateway TEXT NOT NULL, device TEXT NOT NULL,
    state TEXT NOT NULL, at INTEGER NOT NULL, sign_at INTEGER NOT NULL,
    PRIMARY KEY (site, gateway, device)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO reader
    SELECT site, value ->> 'gateway', value ->> 'device', value ->> '$.health.state', value ->> '$.health.at',
      value ->> '$.health.signAt'
    FROM site, json_each(state, '$.readers');
  UPDATE site SET state = json_remove(state, '$.readers');
  `,
  // Each of two thousand readers cost a statement with every commit.
  `
  ALTER TABLE reader RENAME TO reader_before;
  ${readerSchema}
  INSERT INTO reader (site, gateway, device, state, at, sign_at)
    SELECT site, gateway, device, state, at, sign_at FROM reader_before;
  DROP TABLE reader_before;
  `,
  // What moved since an earlier instant, for the board as of then.
  'CREATE INDEX ledger_at ON ledger (at, item)',
  evidenceSchema,
  // What antennas make of each item, what may have to be folded anew, and rows that take others back.
  `
  ${packedRowsSchema('track')}
  ${baseSchema}
  ${evidenceRunSchema};
  ALTER TABLE ledger ADD COLUMN last_read_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE ledger ADD COLUMN revokes INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX ledger_revokes ON ledger (revokes) WHERE revokes > 0;
  `,
  // Items and tracks that were only seen again were rows of half a kilobyte.
  itemLogSchema,
  // What is packed on what, and what went somewhere with it.
  `
  ${packingSchema}
  ALTER TABLE ledger ADD COLUMN parent INTEGER NOT NULL DEFAULT 0;
  `,
  // Pages of items and tracks were four times as long, and half of what a commit wrote.
  itemFormSchema,
  // Goods without tags, by count.
  untaggedSchema,
]
