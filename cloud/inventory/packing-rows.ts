import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { type PackingFact, packingActs } from './packs.ts'

export interface PackedTogether {
  /** Of its first fact. */
  readonly id: number
  readonly parent: string
  readonly children: readonly string[]
  readonly act: 'add' | 'delete'
  readonly at: number
  readonly recordedAt: number
  readonly offset: number
}

/** Append-only: everything that was said of packing. */
export interface PackingRows {
  /** Within the caller's transaction. */
  add(facts: readonly PackingFact[]): void
  /** In the order in which they were said. */
  all(): Iterable<PackingFact>
  /** What was put on a unit, or taken off, with one word, behind the one of that number; oldest first. */
  after(
    id: number,
    of: { readonly site: string; readonly epc: string | null; readonly fromMs: number; readonly toMs: number },
    limit: number,
  ): readonly PackedTogether[]
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

const Together = z.object({
  id: z.int(),
  parent: z.string(),
  children: z.string(),
  act: z.enum(['add', 'delete']),
  at: z.int(),
  recordedAt: z.int(),
  offset: z.int(),
})
const Children = z.array(z.string())

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
  const together = database.prepare(`
    SELECT min(id) AS id, parent, json_group_array(child ORDER BY id) AS children, act, at, recorded_at AS recordedAt, "offset"
    FROM packing WHERE site = ?1 AND act IN ('add', 'delete') AND parent <> '' AND at >= ?2 AND at < ?3
    GROUP BY "offset", parent, act, at
    HAVING min(id) > ?4 AND (?5 IS NULL OR parent = ?5 OR sum(child = ?5) > 0) ORDER BY min(id) LIMIT ?6`)
  return {
    add: (facts) => {
      for (const { site, child, parent, at, act, by, recordedAt, offset } of facts) {
        insert.run(site, child, parent, at, act, by, recordedAt, offset)
      }
    },
    after: (id, { site, epc, fromMs, toMs }, limit) =>
      together.all(site, fromMs, toMs, id, epc, limit).map((row) => {
        const { children, ...said } = Together.parse(row)
        return { ...said, children: Children.parse(JSON.parse(children)) }
      }),
    *all() {
      for (const row of select.iterate()) yield Row.parse(row)
    },
  }
}
