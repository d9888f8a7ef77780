import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { type GapRow, iso, type Page } from '../../shared/api.ts'
import type { PageRequest } from '../http/read-models.ts'
import type { GapFound, GapRefilled } from './state.ts'

export const gapSchema = `
  CREATE TABLE gap (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, gateway TEXT NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL,
    count INTEGER NOT NULL, reason TEXT NOT NULL, class TEXT NOT NULL, recorded_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX gap_site ON gap (site, id);
`
const Row = z.object({
  id: z.int(),
  site: z.string(),
  gateway: z.string(),
  fromAt: z.int(),
  toAt: z.int(),
  count: z.int(),
  reason: z.string(),
  class: z.string(),
  recordedAt: z.int(),
})

export interface GapTable {
  add(gap: GapFound): void
  /** Takes one quarantined record off the list. */
  refill(gap: GapRefilled): void
  /** Newest entry first. */
  page(site: string, request: PageRequest): Page<GapRow>
}

export function openGapTable(database: DatabaseSync): GapTable {
  const insert = database.prepare(`
    INSERT INTO gap (site, gateway, from_at, to_at, count, reason, class, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const refill = database.prepare(`
    DELETE FROM gap WHERE id = (
      SELECT id FROM gap WHERE site = ? AND gateway = ? AND class = 'quarantine' AND from_at = ? AND reason = ? LIMIT 1)`)
  const select = database.prepare(`
    SELECT id, site, gateway, from_at AS fromAt, to_at AS toAt, count, reason, class, recorded_at AS recordedAt
    FROM gap WHERE site = ? AND id < ? ORDER BY id DESC LIMIT ?`)
  return {
    add: (gap) => {
      const { site, gateway, fromAt, toAt, count, reason, recordedAt } = gap
      insert.run(site, gateway, fromAt, toAt, count, reason, gap.class, recordedAt)
    },
    refill: ({ site, gateway, fromAt, reason }) => void refill.run(site, gateway, fromAt, reason),
    page: (site, { cursor, limit }) => {
      const before = Number(cursor ?? Number.MAX_SAFE_INTEGER)
      const rows = select.all(site, Number.isSafeInteger(before) ? before : 0, limit + 1).map((row) => Row.parse(row))
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return {
        items: shown.map(({ gateway, fromAt, toAt, count, reason, class: kind, recordedAt }) => ({
          site,
          gateway,
          from: iso(fromAt),
          to: iso(toAt),
          count,
          reason,
          class: kind,
          recordedAt: iso(recordedAt),
        })),
        next: rows.length > limit && last !== undefined ? String(last.id) : null,
      }
    },
  }
}
