import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Names } from './item-row.ts'
import { type LedgerRow, ledgerKinds } from './state.ts'

const Row = z.object({
  id: z.int(),
  item: z.int(),
  at: z.int(),
  recordedAt: z.int(),
  kind: z.enum(ledgerKinds),
  fromPlace: z.int(),
  toPlace: z.int(),
  readPoint: z.int(),
  late: z.int(),
  why: z.string(),
  /** Of what was lost; 0 = none. */
  lastReadAt: z.int(),
  /** Of what was carried: the name of its logistic unit; 0 = none. */
  parent: z.int(),
  /** Id of the row that it takes back; 0 = none. */
  revokes: z.int(),
})
const Instant = z.object({ at: z.int().nullable() })
export type StoredLedgerRow = z.infer<typeof Row>
const Entered = Row.extend({ offset: z.int() })
/** A row as it was entered, and with which entry of the journal. */
export type EnteredRow = z.infer<typeof Entered>

/**
 * Append-only: every conclusion there ever was. What late evidence shows to be wrong is taken back by another row; the
 * net of the ledger is without both.
 */
export interface Ledger {
  add(row: LedgerRow): void
  /** Of the net of an item, what happened at `from` or later, in no order. */
  since(item: number, from: number): readonly StoredLedgerRow[]
  /** Of the net, newest event first, before (at, id). */
  of(item: number, before: { readonly at: number; readonly id: number }, limit: number): readonly StoredLedgerRow[]
  /** Every row of an item as it was entered, newest first, before that id. */
  entered(item: number, beforeId: number, limit: number): readonly StoredLedgerRow[]
  /** Every row behind `afterId` as it was entered, oldest first; of one item, if it is not 0, and within a time of events. */
  enteredAfter(
    afterId: number,
    of: { readonly item: number; readonly fromMs: number; readonly toMs: number },
    limit: number,
  ): readonly EnteredRow[]
  /** What one entry of the journal entered of an item, by event time. */
  enteredFor(item: number, offset: number): readonly EnteredRow[]
  /** Items that left a place at `from` or later, and what place; also by rows that were taken back since. */
  leftSince(from: number): Iterable<{ readonly item: number; readonly place: number }>
  /** Event time of the oldest row; undefined: there is none. */
  firstAt(): number | undefined
  /** Event time of the newest arrival of an item, else of when it was first found; undefined: neither. */
  arrivedAt(item: number): number | undefined
  /** Of the net: items with a row after that instant of event time, each once, no more than `limit`; and where they were at it. */
  movedAfter(at: number, limit: number): readonly { readonly item: number; readonly placeThen: number | null }[]
  /** Of the net, newest event first, back to `from`, at most `limit`. */
  newest(from: number, limit: number): readonly StoredLedgerRow[]
  /** The net, in the order in which it was entered. */
  all(): Iterable<StoredLedgerRow>
}

const columns = `id, item, at, recorded_at AS recordedAt, kind, from_place AS fromPlace, to_place AS toPlace,
  read_point AS readPoint, late, why, last_read_at AS lastReadAt, parent, revokes`
/** Neither takes anything back nor was taken back. */
const inNet = (table: string): string =>
  `${table}.revokes = 0 AND NOT EXISTS (SELECT 1 FROM ledger AS other WHERE other.revokes = ${table}.id AND other.revokes > 0)`

export function openLedger(database: DatabaseSync, names: () => Names): Ledger {
  const insert = database.prepare(`
    INSERT INTO ledger (item, at, recorded_at, "offset", kind, from_place, to_place, read_point, late, why, last_read_at, parent, revokes)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const ofItem = database.prepare(`
    SELECT ${columns} FROM ledger WHERE item = ? AND (at, id) < (?, ?) AND ${inNet('ledger')}
    ORDER BY at DESC, id DESC LIMIT ?`)
  const since = database.prepare(`SELECT ${columns} FROM ledger WHERE item = ? AND at >= ? AND ${inNet('ledger')}`)
  const entered = database.prepare(`SELECT ${columns} FROM ledger WHERE item = ? AND id < ? ORDER BY id DESC LIMIT ?`)
  const enteredAfter = database.prepare(`
    SELECT ${columns}, "offset" FROM ledger
    WHERE id > ?1 AND (?2 = 0 OR item = ?2) AND at >= ?3 AND at < ?4 ORDER BY id LIMIT ?5`)
  const enteredFor = database.prepare(
    `SELECT ${columns}, "offset" FROM ledger WHERE item = ? AND "offset" = ? ORDER BY at, id`,
  )
  const left = database.prepare(
    'SELECT DISTINCT item, from_place AS place FROM ledger WHERE at >= ? AND from_place > 0',
  )
  const oldest = database.prepare('SELECT MIN(at) AS at FROM ledger')
  const arrived = database.prepare(`
    SELECT coalesce(max(CASE kind WHEN 'arrived' THEN at END), min(at)) AS at FROM ledger
    WHERE item = ? AND kind IN ('arrived', 'observed') AND ${inNet('ledger')}`)
  const moved = database.prepare(`
    SELECT item, (
      SELECT to_place FROM ledger AS earlier WHERE earlier.item = moved.item AND at <= ?1 AND ${inNet('earlier')}
      ORDER BY at DESC, id DESC LIMIT 1
    ) AS placeThen
    FROM (SELECT DISTINCT item FROM ledger WHERE at > ?1 AND ${inNet('ledger')} LIMIT ?2) AS moved`)
  const newest = database.prepare(
    `SELECT ${columns} FROM ledger WHERE at >= ? AND ${inNet('ledger')} ORDER BY at DESC, id DESC LIMIT ?`,
  )
  const everything = database.prepare(`SELECT ${columns} FROM ledger WHERE ${inNet('ledger')} ORDER BY id`)
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
        row.lastReadAt ?? 0,
        row.parent === null ? 0 : names().idOf(row.parent),
        row.revokes ?? 0,
      )
    },
    since: (item, from) => since.all(item, from).map((row) => Row.parse(row)),
    entered: (item, beforeId, limit) => entered.all(item, beforeId, limit).map((row) => Row.parse(row)),
    enteredAfter: (afterId, { item, fromMs, toMs }, limit) =>
      enteredAfter.all(afterId, item, fromMs, toMs, limit).map((row) => Entered.parse(row)),
    enteredFor: (item, offset) => enteredFor.all(item, offset).map((row) => Entered.parse(row)),
    of: (item, before, limit) => ofItem.all(item, before.at, before.id, limit).map((row) => Row.parse(row)),
    *leftSince(from) {
      for (const { item, place } of left.iterate(from)) yield { item: Number(item), place: Number(place) }
    },
    firstAt: () => Instant.parse(oldest.get()).at ?? undefined,
    arrivedAt: (item) => Instant.parse(arrived.get(item)).at ?? undefined,
    movedAfter: (at, limit) =>
      moved.all(at, limit).map(({ item, placeThen }) => ({
        item: Number(item),
        placeThen: placeThen === null ? null : Number(placeThen),
      })),
    newest: (from, limit) => newest.all(from, limit).map((row) => Row.parse(row)),
    *all() {
      for (const row of everything.iterate()) yield Row.parse(row)
    },
  }
}
