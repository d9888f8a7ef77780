import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Place } from '../location/place.ts'
import type { Names } from './item-row.ts'
import { type InventoryState, type LedgerKind, ledgerKinds } from './state.ts'

/** One row of the ledger, or all that one entry took back and said anew of an item. Instants are Unix ms. */
export interface LedgerStep {
  /** Of the journal entry that it was drawn from. */
  readonly offset: number
  readonly epc: string
  readonly kind: LedgerKind
  readonly at: number
  readonly recordedAt: number
  /** What it speaks for; null: it only takes back. */
  readonly to: Place | null
  readonly readPoint: string
  /** Where the net of the ledger had the item before, and after: what is told late may change neither. */
  readonly before: Place | null
  readonly after: Place | null
  /** It takes back what was believed before. */
  readonly isCorrection: boolean
}

/** A place that an item was held to be at, and since when by event time. */
export interface Stop {
  readonly place: Place | null
  readonly at: number
  readonly offset: number
}

/**
 * The ledger by offsets of the journal, for rooms whose own fold must give the same on every rebuild: an item is where
 * the newest row of the net by event time puts it (of two of one instant the later in the journal). Answers as of an
 * offset never change, however far the stock has gone since; ask for none beyond `offset`.
 */
export interface Conclusions {
  /** Of the journal, up to which the stock has been applied. */
  readonly offset: number
  /** Those of entries behind `after` up to and including `to`, in their order. */
  between(after: number, to: number): readonly LedgerStep[]
  /** Tags there are; they are numbered from 1. */
  readonly items: number
  epcOf(item: number): string | undefined
  itemOf(epc: string): number | undefined
  /** Where an item was, as known at an offset: the newest stop first. */
  trail(item: number, offset: number): Iterable<Stop>
}

const Row = z.object({
  id: z.int(),
  item: z.int(),
  at: z.int(),
  recordedAt: z.int(),
  offset: z.int(),
  kind: z.enum(ledgerKinds),
  toPlace: z.int(),
  readPoint: z.int(),
  revokes: z.int(),
})
type Row = z.infer<typeof Row>
const StopRow = z.object({ id: z.int(), toPlace: z.int(), at: z.int(), offset: z.int() })
const IdRow = z.object({ id: z.int(), offset: z.int() })

/** Of an item (?1), what neither takes back nor is taken back by a row up to ?2. */
const netOfItem = `
  SELECT id, to_place AS toPlace, at, "offset" FROM ledger
  WHERE item = ?1 AND id <= ?2 AND revokes = 0
    AND NOT EXISTS (SELECT 1 FROM ledger AS other WHERE other.revokes = ledger.id AND other.revokes > 0 AND other.id <= ?2)
  ORDER BY at DESC, id DESC`

export function openConclusions(
  database: DatabaseSync,
  current: () => { readonly state: InventoryState; readonly names: Names; readonly offset: number },
): Conclusions {
  const rowsBetween = database.prepare(`
    SELECT id, item, at, recorded_at AS recordedAt, "offset", kind, to_place AS toPlace, read_point AS readPoint, revokes
    FROM ledger WHERE id > ? AND "offset" <= ? ORDER BY id`)
  const stops = database.prepare(netOfItem)
  const newest = database.prepare(`${netOfItem} LIMIT 1`)
  const firstFrom = database.prepare('SELECT id, "offset" FROM ledger WHERE id >= ? ORDER BY id LIMIT 1')
  const last = database.prepare('SELECT MAX(id) AS id FROM ledger')
  /** The last answer of `lastIdAt`, since one call follows on another. */
  let found = { offset: 0, id: 0 }

  /** The last row of an entry at or before an offset. Rows stand in the order of the journal, so halving finds it. */
  function lastIdAt(offset: number): number {
    if (found.offset === offset) return found.id
    let low = 0
    let high = z.object({ id: z.int().nullable() }).parse(last.get()).id ?? 0
    while (low < high) {
      const middle = (low + high + 1) >> 1
      const row = firstFrom.get(middle)
      const next = row === undefined ? undefined : IdRow.parse(row)
      if (next !== undefined && next.offset <= offset) low = Math.max(middle, next.id)
      else high = middle - 1
    }
    // What is not applied yet may still get rows.
    if (offset <= current().offset) found = { offset, id: low }
    return low
  }
  const placeOf = (id: number): Place | null => current().state.places.byId(id) ?? null
  const stopOf = (item: number, id: number) => {
    const row = newest.get(item, id)
    return row === undefined ? undefined : StopRow.parse(row)
  }

  function stepOf(row: Row, before: Place | null, after: Place | null, isCorrection: boolean): LedgerStep {
    const { state, names } = current()
    const { offset, kind, at, recordedAt } = row
    const epc = state.items[row.item - 1]?.epc ?? ''
    const to = row.revokes > 0 ? null : placeOf(row.toPlace)
    return {
      offset,
      epc,
      kind,
      at,
      recordedAt,
      to,
      readPoint: names.nameOf(row.readPoint),
      before,
      after,
      isCorrection,
    }
  }

  /** What one entry says of one item. Where it takes something back, nothing counts between its first row and its last. */
  function stepsOf(rows: readonly Row[]): readonly LedgerStep[] {
    const [first] = rows
    const end = rows.at(-1)
    if (first === undefined || end === undefined) return []
    const placeAt = (id: number) => placeOf(stopOf(first.item, id)?.toPlace ?? 0)
    if (rows.every(({ revokes }) => revokes === 0)) {
      return rows.map((row) => stepOf(row, placeAt(row.id - 1), placeAt(row.id), false))
    }
    const stop = stopOf(first.item, end.id)
    const deciding = rows.find(({ id }) => id === stop?.id) ?? end
    const after = placeOf(stop?.toPlace ?? 0)
    const others = rows.filter((row) => row !== deciding && row.revokes === 0)
    return [
      stepOf(deciding, placeAt(first.id - 1), after, true),
      ...others.map((row) => stepOf(row, after, after, true)),
    ]
  }

  return {
    get offset() {
      return current().offset
    },
    between(after, to) {
      const rows = rowsBetween.all(lastIdAt(after), to).map((row) => Row.parse(row))
      const lastId = rows.at(-1)?.id ?? lastIdAt(after)
      if (to <= current().offset) found = { offset: to, id: lastId }
      return [...Map.groupBy(rows, ({ offset, item }) => `${offset}/${item}`).values()].flatMap(stepsOf)
    },
    get items() {
      return current().state.items.length
    },
    epcOf: (item) => current().state.items[item - 1]?.epc,
    itemOf: (epc) => current().state.byEpc.get(epc)?.id,
    *trail(item, offset) {
      for (const row of stops.iterate(item, lastIdAt(offset))) {
        const { toPlace, at, offset: of } = StopRow.parse(row)
        yield { place: placeOf(toPlace), at, offset: of }
      }
    },
  }
}
