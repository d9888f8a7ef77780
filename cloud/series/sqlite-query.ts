import type { DatabaseSync } from 'node:sqlite'
import { append, inOrder, noRows, type Rows, sourceColumn } from './rows.ts'
import type { Bucket, Point, RangeQuery, ReadCount } from './series-store.ts'
import type { SeriesWriter } from './sqlite-write.ts'
import { readTails } from './tail.ts'

export function range(database: DatabaseSync, store: SeriesWriter, query: RangeQuery): readonly Bucket[] {
  const { site, sensor, quantity, fromMs, toMs, everyMs, limit } = query
  const field = store.fieldNumber(quantity)
  if (field === undefined) return []
  const found: Told[] = []
  // One sensor has one source for each gateway that ever reported it, nearly always one.
  const wanted = { measurement: 'condition', site, source: sensor, fromMs, toMs, field } as const
  for (const { chunks } of shelvesOf(database, store, wanted)) found.push(toldOf(chunks, field, fromMs, toMs))
  const [only = { at: [], values: [] }] = found
  const { at, values } = found.length < 2 ? only : byTime(pooled(found))
  const buckets: Bucket[] = []
  let open: { at: number; count: number; min: number; max: number; sum: number; last: number } | undefined
  const shut = () => {
    if (open === undefined) return
    const { sum, ...bucket } = open
    buckets.push({ ...bucket, mean: sum / bucket.count })
  }
  for (let row = 0; row < at.length; row += 1) {
    const [time, value] = [at[row] ?? 0, values[row] ?? 0]
    const start = everyMs === undefined ? time : time - (time % everyMs)
    // Raw values stand alone, though two gateways may have told of one instant.
    if (open === undefined || everyMs === undefined || open.at !== start) {
      shut()
      open = undefined
      if (buckets.length === limit) break
      open = { at: start, count: 1, min: value, max: value, sum: value, last: value }
      continue
    }
    open.count += 1
    open.min = Math.min(open.min, value)
    open.max = Math.max(open.max, value)
    open.sum += value
    open.last = value
  }
  shut()
  return buckets
}

/** Values of one field with their times. */
interface Told {
  readonly at: number[]
  readonly values: number[]
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

/** Every point, shelf by shelf in the order of their names, each in order of time. */
export function* everyPoint(database: DatabaseSync, store: SeriesWriter): Generator<Point> {
  const range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
  for (const { chunks, measurement, site, gateway, source: shelf } of shelvesOf(database, store, range)) {
    const rows = joined(chunks)
    for (const [row, at] of rows.at.entries()) {
      const fields: Record<string, number | string> = {}
      let source = shelf
      for (const [number, column] of rows.columns) {
        const value = column[row]
        if (number === sourceColumn) source = store.sourceName(Number(value))
        else if (value !== undefined) fields[store.fieldName(number)] = value
      }
      yield { measurement, site, gateway, source, at, nanos: rows.nanos[row] ?? 0, fields }
    }
  }
}

interface Wanted {
  readonly measurement?: Point['measurement']
  readonly site?: string
  readonly source?: string
  readonly fromMs: number
  readonly toMs: number
  /** Only this field. */
  readonly field?: number
}

type Shelf = Pick<Point, 'measurement' | 'site' | 'gateway' | 'source'> & {
  /** In the order in which they were written, with rows around the range now and then. Read while it is iterated. */
  readonly chunks: Iterable<Rows>
}

/** The shelves that match, in the order of their names. */
function* shelvesOf(database: DatabaseSync, store: SeriesWriter, wanted: Wanted): Generator<Shelf> {
  const { measurement = null, site = null, source = null, fromMs, toMs, field } = wanted
  const found = database
    .prepare(
      `SELECT id, measurement, site, gateway, source FROM source
       WHERE (:measurement IS NULL OR measurement = :measurement) AND (:site IS NULL OR site = :site)
         AND (:source IS NULL OR source = :source) AND shelf = id
       ORDER BY site, measurement, source, gateway`,
    )
    .all({ measurement, site, source })
  const ids = found.map(({ id }) => Number(id))
  const waiting = readTails(store.tails, store.shelfOf, new Set(ids))
  for (const [index, row] of found.entries()) {
    const id = ids[index] ?? 0
    yield {
      measurement: String(row['measurement']) as Point['measurement'],
      site: String(row['site']),
      gateway: String(row['gateway']),
      source: String(row['source']),
      chunks: chunksOf(store.blocks.rows(id, fromMs, toMs, field), waiting.get(id)),
    }
  }
}

function* chunksOf(blocks: Iterable<Rows>, tail: Rows | undefined): Generator<Rows> {
  yield* blocks
  if (tail !== undefined) yield tail
}

function joined(chunks: Iterable<Rows>): Rows {
  const rows = noRows()
  for (const chunk of chunks) append(rows, chunk)
  return inOrder(rows)
}
