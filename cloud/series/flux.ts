import { type FluxTableMetaData, fluxDateTime, fluxString } from '@influxdata/influxdb-client'
import type { Bucket, RangeQuery, ReadCount } from './series-store.ts'

/**
 * Flux for the questions of the port, for InfluxDB 2.x without an InfluxQL mapping of the bucket. Checked against a
 * stand-in only: no InfluxDB 2.x has run these yet.
 */
export function rangeFlux(bucket: string, query: RangeQuery): string {
  const { site, sensor, quantity, fromMs, toMs, everyMs, limit } = query
  const values = `${from(bucket, fromMs, toMs)}
  |> filter(fn: (r) => r._measurement == "condition" and r.site == ${text(site)} and r.source == ${text(sensor)} and r._field == ${text(quantity)})
  |> keep(columns: ["_time", "_value", "_start", "_stop"])
  |> group()
  |> sort(columns: ["_time"])`
  if (everyMs === undefined) return `${values}\n  |> limit(n: ${limit})`
  return `${values}
  |> window(every: ${everyMs}ms)
  |> reduce(
    identity: {count: 0, sum: 0.0, min: float(v: "+Inf"), max: float(v: "-Inf"), last: 0.0},
    fn: (r, accumulator) => ({
      count: accumulator.count + 1,
      sum: accumulator.sum + r._value,
      min: if r._value < accumulator.min then r._value else accumulator.min,
      max: if r._value > accumulator.max then r._value else accumulator.max,
      last: r._value,
    }),
  )
  |> group()
  |> sort(columns: ["_start"])
  |> limit(n: ${limit})`
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

export function bucketsOfFlux(rows: readonly FluxRow[], everyMs: number | undefined): readonly Bucket[] {
  return rows.map((row): Bucket => {
    if (everyMs === undefined) {
      const value = Number(row['_value'])
      return { at: Date.parse(row['_time']), count: 1, min: value, max: value, mean: value, last: value }
    }
    const start = Date.parse(row['_start'])
    const count = Number(row['count'])
    return {
      at: start - (start % everyMs), // the first window is cut off at the beginning of the range
      count,
      min: Number(row['min']),
      max: Number(row['max']),
      mean: Number(row['sum']) / count,
      last: Number(row['last']),
    }
  })
}

export function readCountOfFlux(rows: readonly FluxRow[]): ReadCount {
  const value = (result: string) => Number(rows.find((row) => row['result'] === result)?.['_value'] ?? 0)
  return { epcs: value('epcs'), reads: value('reads'), observations: value('observations') }
}

function from(bucket: string, fromMs: number, toMs: number): string {
  return `from(bucket: ${text(bucket)})
  |> range(start: ${instant(fromMs)}, stop: ${instant(toMs)})`
}

function text(raw: string): string {
  return fluxString(raw).toString()
}

function instant(at: number): string {
  return fluxDateTime(new Date(at).toISOString()).toString()
}
