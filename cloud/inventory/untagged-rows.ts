import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { UntaggedCount } from './untagged.ts'

/** Append-only: every count of goods without tags, each once. */
export interface UntaggedRows {
  /** Within the caller's transaction. One that was told before is not entered again. */
  add(counts: readonly UntaggedCount[]): void
  /** In the order in which they were told. */
  all(): Iterable<UntaggedCount>
  /** What was counted on a site, behind the one of that number; oldest first. */
  after(
    id: number,
    of: { readonly site: string; readonly fromMs: number; readonly toMs: number },
    limit: number,
  ): readonly (UntaggedCount & { readonly id: number })[]
}

const Row = z.object({
  id: z.int(),
  site: z.string(),
  slot: z.string(),
  sku: z.string(),
  quantity: z.int(),
  at: z.int(),
  by: z.string(),
  recordedAt: z.int(),
  offset: z.int(),
})
const columns = 'id, site, slot, sku, quantity, at, "by", recorded_at AS recordedAt, "offset"'

export const untaggedSchema = `
  CREATE TABLE untagged (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, slot TEXT NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT NULL,
    at INTEGER NOT NULL, "by" TEXT NOT NULL, recorded_at INTEGER NOT NULL, "offset" INTEGER NOT NULL,
    UNIQUE (site, slot, sku, at, quantity)
  ) STRICT;
`

export function openUntaggedRows(database: DatabaseSync): UntaggedRows {
  const insert = database.prepare(`
    INSERT OR IGNORE INTO untagged (site, slot, sku, quantity, at, "by", recorded_at, "offset")
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const select = database.prepare(`SELECT ${columns} FROM untagged ORDER BY id`)
  const after = database.prepare(
    `SELECT ${columns} FROM untagged WHERE id > ? AND site = ? AND at >= ? AND at < ? ORDER BY id LIMIT ?`,
  )
  return {
    add: (counts) => {
      for (const { site, slot, sku, quantity, at, by, recordedAt, offset } of counts) {
        insert.run(site, slot, sku, quantity, at, by, recordedAt, offset)
      }
    },
    *all() {
      for (const row of select.iterate()) yield Row.parse(row)
    },
    after: (id, { site, fromMs, toMs }, limit) => after.all(id, site, fromMs, toMs, limit).map((row) => Row.parse(row)),
  }
}
