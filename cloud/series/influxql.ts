import { Fault } from '../../shared/fault.ts'
import type { Bucket, RangeQuery, ReadCount } from './series-store.ts'

/** InfluxQL for the questions of the port, and its answers (with `epoch=ms`). InfluxDB 1.x, 2.x with mapping, 3.x. */

export function rangeStatement({ site, sensor, quantity, fromMs, toMs, everyMs, limit }: RangeQuery): string {
  const field = name(quantity)
  const from = `FROM "condition" WHERE "site" = ${text(site)} AND "source" = ${text(sensor)} AND ${between(fromMs, toMs)}`
  if (everyMs === undefined) return `SELECT ${field} ${from} ORDER BY time ASC LIMIT ${limit}`
  const functions = ['count', 'min', 'max', 'mean', 'last'].map((fn) => `${fn}(${field})`).join(', ')
  return `SELECT ${functions} ${from} GROUP BY time(${everyMs}ms) fill(none) ORDER BY time ASC LIMIT ${limit}`
}

export function countStatements(site: string, fromMs: number, toMs: number): string {
  const from = `FROM "read" WHERE "site" = ${text(site)} AND ${between(fromMs, toMs)}`
  return `SELECT count(distinct("epc")) ${from}; SELECT sum("count"), count("epc") ${from}`
}

/** Rows of every statement; the first error of any of them as a Fault. */
export function rowsOf(server: string, answer: unknown): readonly (readonly Row[])[] {
  const { results, error } = answer as InfluxqlAnswer
  const problem = error ?? results?.find((result) => result.error !== undefined)?.error
  if (problem !== undefined || results === undefined) {
    throw new Fault('not-reachable', `${server} cannot answer (${problem ?? 'not the answer of an InfluxDB'}).`, {
      retryable: true,
    })
  }
  return results.map((result) => result.series?.[0]?.values ?? [])
}

export function bucketsOf(rows: readonly Row[], everyMs: number | undefined): readonly Bucket[] {
  return rows.map((row): Bucket => {
    const [at, first] = [numberAt(row, 0), numberAt(row, 1)]
    if (everyMs === undefined) return { at, count: 1, min: first, max: first, mean: first, last: first }
    return {
      at,
      count: first,
      min: numberAt(row, 2),
      max: numberAt(row, 3),
      mean: numberAt(row, 4),
      last: numberAt(row, 5),
    }
  })
}

export function readCountOf([distinct, sums]: readonly (readonly Row[])[]): ReadCount {
  const [epcs, totals] = [distinct?.[0], sums?.[0]]
  return {
    epcs: epcs === undefined ? 0 : numberAt(epcs, 1),
    reads: totals === undefined ? 0 : numberAt(totals, 1),
    observations: totals === undefined ? 0 : numberAt(totals, 2),
  }
}

type Row = readonly unknown[]

interface InfluxqlAnswer {
  readonly error?: string
  readonly results?: readonly {
    readonly error?: string
    readonly series?: readonly { readonly values?: readonly Row[] }[]
  }[]
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
