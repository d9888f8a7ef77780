import type { DatabaseSync } from 'node:sqlite'
import { append, inOrder, noRows, type Rows, sourceColumn } from './rows.ts'
import type { Bucket, Point, RangeQuery, ReadCount } from './series-store.ts'
import type { SeriesWriter } from './sqlite-write.ts'
import { readTails } from './tail.ts'

export function range(database: DatabaseSync, store: SeriesWriter, query: RangeQuery): readonly Bucket[] {
  const { site, sensor, quantity, fromMs, toMs, everyMs, limit } = query
  const field = store.fieldNumber(quantity)
  if (field === undefined) return []
  const at: number[] = []
  const values: number[] = []
  let isSorted = true
  // One sensor has one source for each gateway that ever reported it, nearly always one.
  for (const { rows } of rowsOf(database, store, {
    measurement: 'condition',
    site,
    source: sensor,
    fromMs,
    toMs,
    field,
  })) {
    const column = rows.columns.get(field) ?? []
    for (const [row, time] of rows.at.entries()) {
      const value = column[row]
      if (time < fromMs || time >= toMs || typeof value !== 'number') continue
      if (time < (at.at(-1) ?? 0)) isSorted = false
      at.push(time)
      values.push(value)
    }
  }
  const order = Uint32Array.from(at.keys())
  if (!isSorted) order.sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || a - b)
  const buckets: Bucket[] = []
  let open: { at: number; count: number; min: number; max: number; sum: number; last: number } | undefined
  const shut = () => {
    if (open === undefined) return
    const { sum, ...bucket } = open
    buckets.push({ ...bucket, mean: sum / bucket.count })
  }
  for (const row of order) {
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
  for (const { rows } of rowsOf(database, store, { measurement: 'read', site, fromMs, toMs })) {
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
  for (const { rows, measurement, site, gateway, source: shelf } of rowsOf(database, store, range)) {
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

type Found = Pick<Point, 'measurement' | 'site' | 'gateway' | 'source'> & { readonly rows: Rows }

/** The rows of the shelves that match, in order, with rows around the range now and then. */
function* rowsOf(database: DatabaseSync, store: SeriesWriter, wanted: Wanted): Generator<Found> {
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
    const rows = noRows()
    for (const block of store.blocks.rows(id, fromMs, toMs, field)) append(rows, block)
    const tail = waiting.get(id)
    if (tail !== undefined) append(rows, tail)
    yield {
      measurement: String(row['measurement']) as Point['measurement'],
      site: String(row['site']),
      gateway: String(row['gateway']),
      source: String(row['source']),
      rows: inOrder(rows),
    }
  }
}
