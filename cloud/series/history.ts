import { widerBuckets } from './buckets.ts'
import { type Excursion, type Judged, type Limits, openExcursion } from './excursion.ts'
import type { NumberedSeries } from './roll-up.ts'
import type { RollUps } from './roll-ups.ts'
import type { Bucket, Point, RangeQuery, SeriesStore } from './series-store.ts'
import { addSummary, noSummary, type Summary } from './summary.ts'
import { hourMs, minuteMs, rollUpFields, summaryReader, type Tier, tierFor } from './tiers.ts'

export interface ExcursionQuery extends Limits, Judged {
  readonly site: string
  readonly sensor: string
  readonly quantity: string
}

/** Longer ranges are judged by the means of minutes, which is what a person would have read every minute. */
const longestByValue = 7 * 86_400_000
const pageBuckets = 50_000

/** How long and how far a sensor was outside of its limits; undefined: nothing is known. */
export async function excursion(
  store: SeriesStore,
  rollUps: Pick<RollUps, 'seriesOf' | 'unrolled' | 'rolledFrom'>,
  query: ExcursionQuery,
  signal: AbortSignal,
): Promise<Excursion | undefined> {
  const { site, sensor, quantity, toMs } = query
  const width = toMs - query.fromMs > longestByValue ? { everyMs: minuteMs } : {}
  const found = openExcursion(query, quantity === 'temperature', query)
  // What was said before the range may hold in it.
  for (let fromMs = Math.max(0, query.fromMs - query.holdMs); ; ) {
    const asked = { site, sensor, quantity, fromMs, toMs, limit: pageBuckets, ...width }
    const page = await range(store, rollUps, asked, signal)
    for (const { at, mean } of page) found.add(at, mean)
    const last = page.at(-1)
    if (page.length < pageBuckets || last === undefined) return found.take()
    fromMs = last.at + (width.everyMs ?? 1)
  }
}

/** A roll-up row is read at once with its neighbours: a year by the hour is 8,760. */
const pageRows = 20_000
/** What a bucket is made of. */
const bucketParts = ['count', 'min', 'max', 'sum', 'last'] as const

/**
 * What a sensor said, from the widest roll-up that the buckets can be made of, and from the values themselves where there
 * is none: in hours that are not summed up yet or anew, and at the edges of the range. The answer is the one that the
 * values would give.
 */
export async function range(
  store: SeriesStore,
  rollUps: Pick<RollUps, 'seriesOf' | 'unrolled' | 'rolledFrom'>,
  query: RangeQuery,
  signal: AbortSignal,
): Promise<readonly Bucket[]> {
  const { site, sensor, quantity, fromMs, toMs, everyMs, limit } = query
  const tier = everyMs === undefined ? undefined : tierFor(everyMs)
  const series = rollUps.seriesOf(site, sensor)
  if (everyMs === undefined || tier === undefined || series.length === 0) return await store.range(query, signal)
  const rolled = await fromRollUps(store, series, tier, query, signal)
  const found: (readonly [at: number, Summary])[] = []
  for (const span of spansOf({ fromMs, toMs }, tier, rollUps, series)) {
    if (!span.isRaw) {
      for (const row of rolled) if (row[0] >= span.fromMs && row[0] < span.toMs) found.push(row)
      continue
    }
    // No more than the buckets asked for can come of it.
    const most = limit * (everyMs / tier.widthMs)
    const values = { site, sensor, quantity, fromMs: span.fromMs, toMs: span.toMs, everyMs: tier.widthMs, limit: most }
    for (const bucket of await store.range(values, signal)) found.push([bucket.at, summaryOf(bucket)])
  }
  return widerBuckets(found, everyMs, limit)
}

/** The roll-ups of all gateways of a sensor, pooled, in order of time. */
async function fromRollUps(
  store: SeriesStore,
  series: readonly NumberedSeries[],
  { measurement }: Tier,
  { quantity, fromMs, toMs }: RangeQuery,
  signal: AbortSignal,
): Promise<readonly (readonly [number, Summary])[]> {
  const rows: [number, Summary][] = []
  // Which gateway told last matters only where there are several.
  const parts = series.length === 1 ? [...bucketParts] : [...bucketParts, 'lastMs' as const]
  const fields = rollUpFields(quantity, parts)
  const summaryOfPoint = summaryReader(quantity)
  for (const { site, gateway, source } of series) {
    const name = { measurement, site, gateway, source }
    for await (const points of pages(store, { ...name, fromMs, toMs, fields }, signal)) {
      for (const point of points) {
        const summary = summaryOfPoint(point)
        if (summary !== undefined) rows.push([point.at, summary])
      }
    }
  }
  return series.length === 1 ? rows : pooled(rows)
}

function pooled(rows: readonly (readonly [number, Summary])[]): readonly (readonly [number, Summary])[] {
  const byStart = new Map<number, Summary>()
  for (const [at, summary] of rows) {
    const known = byStart.get(at) ?? noSummary()
    byStart.set(at, known)
    addSummary(known, summary)
  }
  return [...byStart].sort(([a], [b]) => a - b)
}

async function* pages(
  store: SeriesStore,
  query: Omit<Parameters<SeriesStore['points']>[0], 'limit'>,
  signal: AbortSignal,
): AsyncGenerator<readonly Point[]> {
  for (let { fromMs } = query; ; ) {
    const points = await store.points({ ...query, fromMs, limit: pageRows }, signal)
    yield points
    const last = points.at(-1)
    if (points.length < pageRows || last === undefined) return
    fromMs = last.at + 1
  }
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
  /** Of the values themselves. */
  readonly isRaw: boolean
}

/** A range cut into what the roll-ups know and what they do not, in order of time. */
export function spansOf(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  { widthMs }: Pick<Tier, 'widthMs'>,
  { unrolled, rolledFrom }: Pick<RollUps, 'unrolled' | 'rolledFrom'>,
  series: readonly NumberedSeries[],
): readonly Span[] {
  const first = Math.ceil(Math.max(fromMs, rolledFrom) / widthMs) * widthMs
  const last = Math.floor(toMs / widthMs) * widthMs
  if (first >= last) return [{ fromMs, toMs, isRaw: true }]
  const spans: Span[] = []
  const add = (from: number, to: number, isRaw: boolean) => {
    if (from >= to) return
    const before = spans.at(-1)
    if (before?.isRaw === isRaw) spans[spans.length - 1] = { ...before, toMs: to }
    else spans.push({ fromMs: from, toMs: to, isRaw })
  }
  add(fromMs, first, true)
  let at = first
  for (const hour of unrolled(series, first, last)) {
    add(at, Math.max(at, hour), false)
    at = Math.max(at, hour)
    add(at, Math.min(last, hour + hourMs), true)
    at = Math.max(at, Math.min(last, hour + hourMs))
  }
  add(at, last, false)
  add(last, toMs, true)
  return spans
}

function summaryOf({ at, count, min, max, mean, last }: Bucket): Summary {
  return { count, min, max, sum: mean * count, last, lastAt: at, kinetic: 0 }
}
