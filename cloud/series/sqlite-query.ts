import type { DatabaseSync } from 'node:sqlite'
import { bucketsOf, type Told } from './buckets.ts'
import { append, inOrder, noRows, type Rows, sourceColumn } from './rows.ts'
import type {
  Bucket,
  Expired,
  Measurement,
  Point,
  PointsQuery,
  RangeQuery,
  ReadCount,
  SeriesName,
} from './series-store.ts'
import type { SeriesWriter } from './sqlite-write.ts'
import { readTails } from './tail.ts'

export function range(database: DatabaseSync, store: SeriesWriter, query: RangeQuery): readonly Bucket[] {
  const { site, sensor, quantity, fromMs, toMs, everyMs, limit } = query
  const field = store.fieldNumber(quantity)
  if (field === undefined) return []
  const found: Told[] = []
  // One sensor has one source for each gateway that ever reported it, nearly always one.
  const wanted = { measurement: 'condition', site, source: sensor, fromMs, toMs, fields: new Set([field]) } as const
  for (const { chunks } of shelvesOf(database, store, wanted)) found.push(toldOf(chunks, field, fromMs, toMs))
  const [only = { at: [], values: [] }] = found
  const told = found.length < 2 ? only : byTime(pooled(found))
  return bucketsOf(told, everyMs, limit)
}

/** What one source told of a field within the range, in order of time; of one instant what it told last. */
function toldOf(chunks: Iterable<Rows>, field: number, fromMs: number, toMs: number): Told {
  const at: number[] = []
  const values: number[] = []
  let isAscending = true
  for (const rows of chunks) {
    const column = rows.columns.get(field)
    if (column === undefined) continue
    for (let row = 0; row < rows.at.length; row += 1) {
      const time = rows.at[row] ?? 0
      const value = column[row]
      if (time < fromMs || time >= toMs || typeof value !== 'number') continue
      if (at.length > 0 && time <= (at[at.length - 1] ?? 0)) isAscending = false
      at.push(time)
      values.push(value)
    }
  }
  if (isAscending) return { at, values }
  const sorted = byTime({ at, values })
  const isLast = (_: number, row: number) => sorted.at[row] !== sorted.at[row + 1]
  return { at: sorted.at.filter(isLast), values: sorted.values.filter(isLast) }
}

function pooled(found: readonly Told[]): Told {
  return { at: found.flatMap((one) => one.at), values: found.flatMap((one) => one.values) }
}

/** Stable: of one instant the order stays. */
function byTime({ at, values }: Told): Told {
  const order = Uint32Array.from(at.keys()).sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || a - b)
  return { at: Array.from(order, (row) => at[row] ?? 0), values: Array.from(order, (row) => values[row] ?? 0) }
}

export function countReads(
  database: DatabaseSync,
  store: SeriesWriter,
  site: string,
  fromMs: number,
  toMs: number,
): ReadCount {
  const [epc, count] = [store.fieldNumber('epc') ?? -1, store.fieldNumber('count') ?? -1]
  const epcs = new Set<string>()
  let reads = 0
  let observations = 0
  for (const { chunks } of shelvesOf(database, store, { measurement: 'read', site, fromMs, toMs })) {
    const rows = joined(chunks)
    for (const [row, at] of rows.at.entries()) {
      if (at < fromMs || at >= toMs) continue
      const name = rows.columns.get(epc)?.[row]
      if (typeof name === 'string') epcs.add(name)
      reads += Number(rows.columns.get(count)?.[row] ?? 0)
      observations += 1
    }
  }
  return { epcs: epcs.size, reads, observations }
}

const dayMs = 86_400_000

/** Every point, shelf by shelf in the order of their names, each in order of time; no more than a day at once. */
export function* everyPoint(database: DatabaseSync, store: SeriesWriter): Generator<Point> {
  const range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
  for (const shelf of shelvesOf(database, store, range)) {
    for (let fromMs = shelf.nextAt(0); fromMs < Number.POSITIVE_INFINITY; fromMs = shelf.nextAt(fromMs + dayMs)) {
      const chunks = shelf.within(fromMs, fromMs + dayMs)
      for (const point of pointsOf({ ...shelf, chunks }, store))
        if (point.at >= fromMs && point.at < fromMs + dayMs) yield point
    }
  }
}

export function points(database: DatabaseSync, store: SeriesWriter, query: PointsQuery): readonly Point[] {
  const { measurement, site, gateway, source, fromMs, toMs, limit } = query
  const fields = query.fields && numbersOf(query.fields, store)
  const found: Point[] = []
  // Readers share a shelf, which has no name of its own.
  const names = measurement === 'read' || measurement === 'passage' ? '' : source
  for (const shelf of shelvesOf(database, store, { measurement, site, gateway, source: names, fromMs, toMs, fields })) {
    for (const point of pointsOf(shelf, store, fields)) {
      if (point.source !== source || point.at < fromMs || point.at >= toMs) continue
      if (found.length === limit) return found
      found.push(point)
    }
  }
  return found
}

/** With the column of sources, without which rows of a shared shelf are nobody's. */
function numbersOf(fields: readonly string[], store: SeriesWriter): ReadonlySet<number> {
  return new Set([sourceColumn, ...fields.flatMap((name) => store.fieldNumber(name) ?? [])])
}

/** Points of a shelf in order of time; with `wanted`, those that have one of these fields, and only these. */
function* pointsOf(shelf: Shelf, store: SeriesWriter, wanted?: ReadonlySet<number>): Generator<Point> {
  const { measurement, site, gateway } = shelf
  const rows = joined(shelf.chunks)
  for (let row = 0; row < rows.at.length; row += 1) {
    const fields: Record<string, number | string> = {}
    let { source } = shelf
    let any = false
    for (const [number, column] of rows.columns) {
      const value = column[row]
      if (number === sourceColumn) source = store.sourceName(Number(value))
      else if (value !== undefined && (wanted === undefined || wanted.has(number))) {
        fields[store.fieldName(number)] = value
        any = true
      }
    }
    if (any) yield { measurement, site, gateway, source, at: rows.at[row] ?? 0, nanos: rows.nanos[row] ?? 0, fields }
  }
}

/** All series; of a shelf that many share only those who share it. */
export function series(database: DatabaseSync): readonly SeriesName[] {
  return database
    .prepare("SELECT measurement, site, gateway, source FROM source WHERE source <> '' ORDER BY 2, 1, 4, 3")
    .all()
    .map((row) => ({
      measurement: String(row['measurement']) as Measurement,
      site: String(row['site']),
      gateway: String(row['gateway']),
      source: String(row['source']),
    }))
}

/** A step of the removal of what has expired, within the caller's transaction. */
export function remove(database: DatabaseSync, store: SeriesWriter, expired: Expired): boolean {
  const { measurement, site, beforeMs } = expired
  const shelves = database
    .prepare('SELECT id FROM source WHERE measurement = ? AND site = ? AND shelf = id ORDER BY id')
    .all(measurement, site)
    .map((row) => Number(row['id']))
  return store.blocks.remove(shelves, beforeMs)
}

interface Wanted extends Partial<SeriesName> {
  readonly fromMs: number
  readonly toMs: number
  /** Only these. */
  readonly fields?: ReadonlySet<number> | undefined
}

interface Shelf extends SeriesName {
  /** The same of another range. */
  within(fromMs: number, toMs: number): Iterable<Rows>
  /** Nothing that is stored lies between `fromMs` and this; infinite: nor after it. */
  nextAt(fromMs: number): number
  /** In the order in which they were written, with rows around the range now and then. Read while it is iterated. */
  readonly chunks: Iterable<Rows>
}

/** The shelves that match, in the order of their names. */
function* shelvesOf(database: DatabaseSync, store: SeriesWriter, wanted: Wanted): Generator<Shelf> {
  const { measurement = null, site = null, gateway = null, source = null, fromMs, toMs, fields } = wanted
  const found = database
    .prepare(
      `SELECT id, measurement, site, gateway, source FROM source
       WHERE (:measurement IS NULL OR measurement = :measurement) AND (:site IS NULL OR site = :site)
         AND (:gateway IS NULL OR gateway = :gateway) AND (:source IS NULL OR source = :source) AND shelf = id
       ORDER BY site, measurement, source, gateway`,
    )
    .all({ measurement, site, gateway, source })
  const ids = found.map(({ id }) => Number(id))
  const waiting = readTails(store.tails, store.shelfOf, new Set(ids))
  for (const [index, row] of found.entries()) {
    const id = ids[index] ?? 0
    yield {
      measurement: String(row['measurement']) as Measurement,
      site: String(row['site']),
      gateway: String(row['gateway']),
      source: String(row['source']),
      chunks: chunksOf(store.blocks.rows(id, fromMs, toMs, fields), waiting.get(id)),
      within: (fromMs, toMs) => chunksOf(store.blocks.rows(id, fromMs, toMs, fields), waiting.get(id)),
      nextAt: (fromMs) => Math.min(store.blocks.nextAt(id, fromMs), nextIn(waiting.get(id), fromMs)),
    }
  }
}

function* chunksOf(blocks: Iterable<Rows>, tail: Rows | undefined): Generator<Rows> {
  yield* blocks
  if (tail !== undefined) yield tail
}

function nextIn(tail: Rows | undefined, fromMs: number): number {
  let next = Number.POSITIVE_INFINITY
  for (const at of tail?.at ?? []) if (at >= fromMs && at < next) next = at
  return next
}

function joined(chunks: Iterable<Rows>): Rows {
  const rows = noRows()
  for (const chunk of chunks) append(rows, chunk)
  return inOrder(rows)
}
