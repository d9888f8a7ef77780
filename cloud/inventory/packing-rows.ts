import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { type PackingFact, packingActs } from './packs.ts'

/** Append-only: everything that was said of packing. */
export interface PackingRows {
  /** Within the caller's transaction. */
  add(facts: readonly PackingFact[]): void
  /** In the order in which they were said. */
  all(): Iterable<PackingFact>
}

const Row = z.object({
  site: z.string(),
  child: z.string(),
  parent: z.string(),
  at: z.int(),
  act: z.enum(packingActs),
  by: z.string(),
  recordedAt: z.int(),
  offset: z.int(),
})

export const packingSchema = `
  CREATE TABLE packing (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, child TEXT NOT NULL, parent TEXT NOT NULL, at INTEGER NOT NULL,
    act TEXT NOT NULL, "by" TEXT NOT NULL, recorded_at INTEGER NOT NULL, "offset" INTEGER NOT NULL
  ) STRICT;
`

export function openPackingRows(database: DatabaseSync): PackingRows {
  const insert = database.prepare(`
    INSERT INTO packing (site, child, parent, at, act, "by", recorded_at, "offset") VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const select = database.prepare(`
    SELECT site, child, parent, at, act, "by", recorded_at AS recordedAt, "offset" FROM packing ORDER BY id`)
  return {
    add: (facts) => {
      for (const { site, child, parent, at, act, by, recordedAt, offset } of facts) {
        insert.run(site, child, parent, at, act, by, recordedAt, offset)
      }
    },
    *all() {
      for (const row of select.iterate()) yield Row.parse(row)
    },
  }
}
