import { type FluxTableMetaData, fluxDateTime, fluxString } from '@influxdata/influxdb-client'
import type { Told } from './buckets.ts'
import { columnsOf, instantOf } from './influxql.ts'
import { fieldOfScaled } from './scale.ts'
import type { Measurement, Point, PointsQuery, RangeQuery, ReadCount, SeriesName } from './series-store.ts'

/**
 * Flux for the questions of the port, for InfluxDB 2.x without an InfluxQL mapping of the bucket. Checked against a
 * stand-in only: no InfluxDB 2.x has run these yet. Every field comes as a table of its own, because integers and floats
 * do not fit into one.
 */
export function valuesFlux(bucket: string, query: RangeQuery, limit: number): string {
  const { site, sensor, quantity, fromMs, toMs } = query
  return `${from(bucket, fromMs, toMs)}
  |> filter(fn: (r) => r._measurement == "condition" and r.site == ${text(site)} and r.source == ${text(sensor)})
  |> filter(fn: (r) => ${anyOf(columnsOf([quantity]))})
  |> keep(columns: ["_time", "_value", "_field", "gateway"])
  |> limit(n: ${limit})`
}

/** The first `limit` of all values; a table that was cut at the limit ends what the others may say. */
export function toldOfFlux(rows: readonly FluxRow[], limit: number): Told {
  const known = cutAt(limit, rows, (row) => `${row['gateway']} ${row['_field']}`)
  const whereOf = (row: FluxRow) => `${row['gateway']} ${row['_time']}`
  const integers = new Set(known.filter(isInteger).map(whereOf))
  const told = known
    .filter((row) => isInteger(row) || !integers.has(whereOf(row)))
    .map((row) => ({ at: Date.parse(row['_time']), value: numberOrText(row) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, limit)
  return { at: told.map(({ at }) => at), values: told.map(({ value }) => Number(value)) }
}

export function pointsFlux(bucket: string, query: PointsQuery): string {
  const { measurement, site, gateway, source, fromMs, toMs, fields, limit } = query
  const only = fields === undefined ? '' : `\n  |> filter(fn: (r) => ${anyOf(columnsOf(fields))})`
  return `${from(bucket, fromMs, toMs)}
  |> filter(fn: (r) => r._measurement == ${text(measurement)} and r.site == ${text(site)} and r.gateway == ${text(gateway)} and r.source == ${text(source)})${only}
  |> keep(columns: ["_time", "_value", "_field"])
  |> limit(n: ${limit})`
}

export function pointsOfFlux(query: PointsQuery, rows: readonly FluxRow[]): readonly Point[] {
  const { measurement, site, gateway, source, limit } = query
  const byTime = new Map<string, FluxRow[]>()
  for (const row of cutAt(limit, rows, (one) => String(one['_field']))) {
    const time = String(row['_time'])
    const list = byTime.get(time)
    if (list === undefined) byTime.set(time, [row])
    else list.push(row)
  }
  return [...byTime]
    .map(([time, same]) => {
      const fields: Record<string, number | string> = {}
      for (const row of same.toSorted((a, b) => Number(isInteger(a)) - Number(isInteger(b)))) {
        const name = String(row['_field'])
        fields[fieldOfScaled(name)?.field ?? name] = numberOrText(row)
      }
      return { measurement, site, gateway, source, ...instantOf(time), fields }
    })
    .sort((a, b) => a.at - b.at || a.nanos - b.nanos)
    .slice(0, limit)
}

/** One point of every series there is. */
export function seriesFlux(bucket: string): string {
  return `from(bucket: ${text(bucket)})
  |> range(start: 0)
  |> first()
  |> keep(columns: ["_measurement", "site", "gateway", "source"])`
}

export function seriesOfFlux(rows: readonly FluxRow[]): readonly SeriesName[] {
  const found = new Map<string, SeriesName>()
  for (const row of rows) {
    const [measurement, site, gateway, source] = ['_measurement', 'site', 'gateway', 'source'].map((key) =>
      String(row[key]),
    ) as [Measurement, string, string, string]
    found.set(`${measurement}/${site}/${gateway}/${source}`, { measurement, site, gateway, source })
  }
  return [...found.values()]
}

export function countFlux(bucket: string, site: string, fromMs: number, toMs: number): string {
  const field = (name: string) => `${from(bucket, fromMs, toMs)}
  |> filter(fn: (r) => r._measurement == "read" and r.site == ${text(site)} and r._field == "${name}")
  |> group()`
  return `${field('epc')}
  |> distinct(column: "_value")
  |> count()
  |> yield(name: "epcs")
${field('count')}
  |> sum()
  |> yield(name: "reads")
${field('epc')}
  |> count()
  |> yield(name: "observations")`
}

export type FluxRow = ReturnType<FluxTableMetaData['toObject']>

export function readCountOfFlux(rows: readonly FluxRow[]): ReadCount {
  const value = (result: string) => Number(rows.find((row) => row['result'] === result)?.['_value'] ?? 0)
  return { epcs: value('epcs'), reads: value('reads'), observations: value('observations') }
}

/** Rows up to where the first table that is full ends; what lies behind it, that table has more of. */
function cutAt(limit: number, rows: readonly FluxRow[], tableOf: (row: FluxRow) => string): readonly FluxRow[] {
  const tables = new Map<string, { rows: number; newest: string }>()
  for (const row of rows) {
    const table = tables.get(tableOf(row)) ?? { rows: 0, newest: '' }
    table.rows += 1
    if (later(row['_time'], table.newest)) table.newest = row['_time']
    tables.set(tableOf(row), table)
  }
  const full = [...tables.values()].filter((table) => table.rows >= limit).map(({ newest }) => newest)
  return full.length === 0 ? rows : rows.filter((row) => full.every((newest) => !later(row['_time'], newest)))
}

function later(time: string, than: string): boolean {
  if (than === '') return true
  const [a, b] = [instantOf(time), instantOf(than)]
  return a.at > b.at || (a.at === b.at && a.nanos > b.nanos)
}

function isInteger(row: FluxRow): boolean {
  return fieldOfScaled(String(row['_field'])) !== undefined
}

function numberOrText(row: FluxRow): number | string {
  const integer = fieldOfScaled(String(row['_field']))
  const value: unknown = row['_value']
  if (integer !== undefined) return Number(value) / integer.factor
  return typeof value === 'number' ? value : String(value)
}

function from(bucket: string, fromMs: number, toMs: number): string {
  return `from(bucket: ${text(bucket)})
  |> range(start: ${instant(fromMs)}, stop: ${instant(toMs)})`
}

function anyOf(columns: readonly string[]): string {
  return columns.map((column) => `r._field == ${text(column)}`).join(' or ')
}

function text(raw: string): string {
  return fluxString(raw).toString()
}

function instant(at: number): string {
  return fluxDateTime(new Date(at).toISOString()).toString()
}
