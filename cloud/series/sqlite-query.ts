import type { DatabaseSync } from 'node:sqlite'
import type { Bucket, RangeQuery, ReadCount } from './series-store.ts'
import { sqlValueOf } from './thousandths.ts'

export function range(database: DatabaseSync, query: RangeQuery): readonly Bucket[] {
  const slots = database
    .prepare(
      `SELECT lane, slot FROM quantity JOIN source ON source.id = quantity.source
       WHERE measurement = 'condition' AND site = ? AND source.source = ? AND name = ?`,
    )
    .all(query.site, query.sensor, query.quantity)
  if (slots.length === 0) return []
  // One sensor has one lane per gateway that ever reported it, nearly always one.
  const values = slots.map(({ lane, slot }) => valuesOf(Number(lane), Number(slot))).join(' UNION ALL ')
  const parameters = { from: query.fromMs, to: query.toMs, limit: query.limit }
  const rows =
    query.everyMs === undefined
      ? database.prepare(rawStatement(values)).all(parameters)
      : database.prepare(bucketStatement(values)).all({ ...parameters, every: query.everyMs })
  return rows.map((row) => ({
    at: Number(row['at']),
    count: Number(row['count']),
    min: Number(row['min']),
    max: Number(row['max']),
    mean: Number(row['mean']),
    last: Number(row['last']),
  }))
}

export function countReads(database: DatabaseSync, site: string, fromMs: number, toMs: number): ReadCount {
  const row = database
    .prepare(
      `SELECT count(*) AS observations, coalesce(sum(count), 0) AS reads, count(DISTINCT epc) AS epcs
       FROM read
       WHERE source IN (SELECT id FROM source WHERE measurement = 'read' AND site = ?) AND at >= ? AND at < ?`,
    )
    .get(site, fromMs, toMs)
  return {
    epcs: Number(row?.['epcs']),
    reads: Number(row?.['reads']),
    observations: Number(row?.['observations']),
  }
}

function valuesOf(lane: number, slot: number): string {
  const column = `v${slot}`
  return `
    SELECT at, ${sqlValueOf(column)} AS value FROM condition
    WHERE lane = ${lane} AND at >= :from AND at < :to AND ${column} IS NOT NULL`
}

function rawStatement(values: string): string {
  return `
    SELECT at, 1 AS count, value AS min, value AS max, value AS mean, value AS last
    FROM (${values})
    ORDER BY at LIMIT :limit`
}

/** The newest value of a bucket is looked up by its key: cheaper than keeping it while grouping. */
function bucketStatement(values: string): string {
  return `
    WITH value_at AS (${values}),
    spread AS (
      SELECT at - at % :every AS bucket, count(*) AS count, min(value) AS min, max(value) AS max, avg(value) AS mean,
        max(at) AS newest
      FROM value_at GROUP BY bucket ORDER BY bucket LIMIT :limit
    )
    SELECT bucket AS at, count, min, max, mean, (SELECT value FROM value_at WHERE at = newest LIMIT 1) AS last
    FROM spread ORDER BY bucket`
}
