import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Names } from './item-row.ts'
import type { LedgerRow } from './state.ts'

const Row = z.object({
  id: z.int(),
  item: z.int(),
  at: z.int(),
  recordedAt: z.int(),
  kind: z.enum(['arrived', 'moved', 'departed', 'scanned', 'corrected']),
  fromPlace: z.int(),
  toPlace: z.int(),
  readPoint: z.int(),
  late: z.int(),
  why: z.string(),
})
const Instant = z.object({ at: z.int().nullable() })
export type StoredLedgerRow = z.infer<typeof Row>

/** Append-only: every conclusion there ever was. */
export interface Ledger {
  add(row: LedgerRow): void
  /** Newest event first, before (at, id). */
  of(item: number, before: { readonly at: number; readonly id: number }, limit: number): readonly StoredLedgerRow[]
  /** Event time of the oldest row; undefined: there is none. */
  firstAt(): number | undefined
  /** Event time of the newest arrival of an item; undefined: it never arrived. */
  arrivedAt(item: number): number | undefined
  /** Items with a row after that instant of event time, each once, no more than `limit`; and where they were at it. */
  movedAfter(at: number, limit: number): readonly { readonly item: number; readonly placeThen: number | null }[]
  /** In the order of the journal. */
  all(): Iterable<StoredLedgerRow>
}

const columns = `id, item, at, recorded_at AS recordedAt, kind, from_place AS fromPlace, to_place AS toPlace,
  read_point AS readPoint, late, why`

export function openLedger(database: DatabaseSync, names: () => Names): Ledger {
  const insert = database.prepare(`
    INSERT INTO ledger (item, at, recorded_at, "offset", kind, from_place, to_place, read_point, late, why)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const ofItem = database.prepare(
    `SELECT ${columns} FROM ledger WHERE item = ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?`,
  )
  const oldest = database.prepare('SELECT MIN(at) AS at FROM ledger')
  const arrived = database.prepare(`SELECT MAX(at) AS at FROM ledger WHERE item = ? AND kind = 'arrived'`)
  const moved = database.prepare(`
    SELECT item, (
      SELECT to_place FROM ledger AS earlier WHERE earlier.item = moved.item AND at <= ?1 ORDER BY at DESC, id DESC LIMIT 1
    ) AS placeThen
    FROM (SELECT DISTINCT item FROM ledger WHERE at > ?1 LIMIT ?2) AS moved`)
  const everything = database.prepare(`SELECT ${columns} FROM ledger ORDER BY id`)
  return {
    add: (row) => {
      const { from, to, readPoint } = row
      const point = names().idOf(readPoint ?? '')
      const late = row.late ? 1 : 0
      insert.run(
        row.item,
        row.at,
        row.recordedAt,
        row.offset,
        row.kind,
        from?.id ?? 0,
        to?.id ?? 0,
        point,
        late,
        row.why,
      )
    },
    of: (item, before, limit) => ofItem.all(item, before.at, before.id, limit).map((row) => Row.parse(row)),
    firstAt: () => Instant.parse(oldest.get()).at ?? undefined,
    arrivedAt: (item) => Instant.parse(arrived.get(item)).at ?? undefined,
    movedAfter: (at, limit) =>
      moved.all(at, limit).map(({ item, placeThen }) => ({
        item: Number(item),
        placeThen: placeThen === null ? null : Number(placeThen),
      })),
    *all() {
      for (const row of everything.iterate()) yield Row.parse(row)
    },
  }
}
