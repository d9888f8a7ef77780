import { Fault } from '../../shared/fault.ts'
import type { Told } from './buckets.ts'
import { fieldOfScaled, formOf } from './scale.ts'
import type { Expired, Measurement, Point, PointsQuery, RangeQuery, ReadCount, SeriesName } from './series-store.ts'

/** InfluxQL for the questions of the port, and its answers. InfluxDB 1.x, 2.x with mapping, 3.x. */

/** Values of one quantity of a sensor, whichever gateway told of it; asked with `epoch=ms`. */
export function valuesStatement({ site, sensor, quantity, fromMs, toMs }: RangeQuery, limit: number): string {
  const columns = columnsOf([quantity]).map(name).join(', ')
  return `SELECT ${columns} FROM "condition" WHERE "site" = ${text(site)} AND "source" = ${text(sensor)} AND ${between(fromMs, toMs)} ORDER BY time ASC LIMIT ${limit}`
}

export function toldOf(quantity: string, [table]: readonly (readonly Table[])[]): Told {
  const at: number[] = []
  const values: number[] = []
  const factor = formOf(quantity)?.factor ?? 1
  const hasInteger = formOf(quantity) !== undefined
  for (const { values: rows } of table ?? []) {
    for (const row of rows) {
      const [time, first, second] = row
      const value = !hasInteger || typeof first === 'number' ? first : second
      if (typeof time !== 'number' || typeof value !== 'number') continue
      at.push(time)
      values.push(hasInteger && typeof first === 'number' ? first / factor : value)
    }
  }
  return { at, values }
}

/** Reads and passages are asked for without `epoch`: their nanoseconds exceed what a number in JSON can say. */
export function epochOf({ measurement }: SeriesName): { readonly epoch?: 'ms' } {
  return measurement === 'read' || measurement === 'passage' ? {} : { epoch: 'ms' }
}

export function pointsStatement({
  measurement,
  site,
  gateway,
  source,
  fromMs,
  toMs,
  fields,
  limit,
}: PointsQuery): string {
  const columns = fields === undefined ? '*' : columnsOf(fields).map(name).join(', ')
  const series = `"site" = ${text(site)} AND "gateway" = ${text(gateway)} AND "source" = ${text(source)}`
  return `SELECT ${columns} FROM ${name(measurement)} WHERE ${series} AND ${between(fromMs, toMs)} ORDER BY time ASC LIMIT ${limit}`
}

export function pointsOf(
  { measurement, site, gateway, source }: SeriesName,
  [table]: readonly (readonly Table[])[],
): readonly Point[] {
  const points: Point[] = []
  for (const { columns, values } of table ?? []) {
    const readers = columns.map(columnReader)
    for (const row of values) {
      const fields: Record<string, number | string> = {}
      // Integers come last, so that they count where a value is there in both forms.
      for (const isInteger of [false, true]) {
        for (const [index, reader] of readers.entries()) {
          const value = row[index]
          if (reader === undefined || reader.isInteger !== isInteger) continue
          if (typeof value === 'number') fields[reader.field] = value / reader.factor
          else if (typeof value === 'string') fields[reader.field] = value
        }
      }
      points.push({ measurement, site, gateway, source, ...instantOf(row[0]), fields })
    }
  }
  return points
}

/** One point of every series there is. */
export const seriesStatement =
  'SELECT * FROM /^(condition|condition_1m|condition_15m|condition_1h|read|passage)$/ GROUP BY "site", "gateway", "source" LIMIT 1'

export function seriesOf([table]: readonly (readonly Table[])[]): readonly SeriesName[] {
  return (table ?? []).map(({ name: measurement, tags }) => ({
    measurement: measurement as Measurement,
    site: tags?.['site'] ?? '',
    gateway: tags?.['gateway'] ?? '',
    source: tags?.['source'] ?? '',
  }))
}

/** A day of what has expired; 1.x only, the others delete through a door of their own. */
export function deleteStatement({ measurement, site, beforeMs }: Expired, fromMs: number): string {
  return `DELETE FROM ${name(measurement)} WHERE "site" = ${text(site)} AND ${between(fromMs, beforeMs)}`
}

/** The oldest point of a measurement at a site; asked with `epoch=ms`. */
export function oldestStatement({ measurement, site, beforeMs }: Expired): string {
  return `SELECT * FROM ${name(measurement)} WHERE "site" = ${text(site)} AND time < ${Math.trunc(beforeMs)}ms ORDER BY time ASC LIMIT 1`
}

export function oldestOf([table]: readonly (readonly Table[])[]): number | undefined {
  const at = table?.[0]?.values[0]?.[0]
  return typeof at === 'number' ? at : undefined
}

export function countStatements(site: string, fromMs: number, toMs: number): string {
  const from = `FROM "read" WHERE "site" = ${text(site)} AND ${between(fromMs, toMs)}`
  return `SELECT count(distinct("epc")) ${from}; SELECT sum("count"), count("epc") ${from}`
}

export function readCountOf([distinct, sums]: readonly (readonly Table[])[]): ReadCount {
  const [epcs, totals] = [distinct?.[0]?.values[0], sums?.[0]?.values[0]]
  return {
    epcs: epcs === undefined ? 0 : numberAt(epcs, 1),
    reads: totals === undefined ? 0 : numberAt(totals, 1),
    observations: totals === undefined ? 0 : numberAt(totals, 2),
  }
}

export interface Table {
  readonly name?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly columns: readonly string[]
  readonly values: readonly Row[]
}

/** Tables of every statement; the first error of any of them as a Fault. */
export function tablesOf(server: string, answer: unknown): readonly (readonly Table[])[] {
  const { results, error } = answer as InfluxqlAnswer
  const problem = error ?? results?.find((result) => result.error !== undefined)?.error
  if (problem !== undefined || results === undefined) {
    throw new Fault('not-reachable', `${server} cannot answer (${problem ?? 'not the answer of an InfluxDB'}).`, {
      retryable: true,
    })
  }
  return results.map((result) => result.series ?? [])
}

type Row = readonly unknown[]

interface InfluxqlAnswer {
  readonly error?: string
  readonly results?: readonly { readonly error?: string; readonly series?: readonly Table[] }[]
}

/** The columns in which a field may be: as an integer, and as a float. */
export function columnsOf(fields: readonly string[]): readonly string[] {
  return fields.flatMap((field) => {
    const form = formOf(field)
    return form === undefined ? [field] : [form.scaledName, field]
  })
}

const tags: readonly string[] = ['time', 'site', 'gateway', 'source']

/** undefined: the column is no field. */
function columnReader(column: string) {
  if (tags.includes(column)) return undefined
  const integer = fieldOfScaled(column)
  return integer === undefined ? { field: column, factor: 1, isInteger: false } : { ...integer, isInteger: true }
}

/** `2026-06-01T00:00:00.123004711Z` without trailing zeros, or milliseconds. */
export function instantOf(time: unknown): { readonly at: number; readonly nanos: number } {
  if (typeof time === 'number') return { at: time, nanos: 0 }
  const digits = (/\.(\d+)Z$/.exec(String(time))?.[1] ?? '').padEnd(9, '0')
  const second = Date.parse(`${String(time).slice(0, 19)}Z`)
  return { at: second + Number(digits.slice(0, 3)), nanos: Number(digits.slice(3, 9)) }
}

function between(fromMs: number, toMs: number): string {
  return `time >= ${Math.trunc(fromMs)}ms AND time < ${Math.trunc(toMs)}ms`
}

function name(raw: string): string {
  return `"${raw.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
}

function text(raw: string): string {
  return `'${raw.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n')}'`
}

function numberAt(row: Row, column: number): number {
  const value = row[column]
  return typeof value === 'number' ? value : 0
}
