import type { Bucket } from './series-store.ts'
import { addSummary, addValue, noSummary, type Summary, tidy } from './summary.ts'

/** Values of one field with their instants. */
export interface Told {
  readonly at: readonly number[]
  readonly values: readonly number[]
}

/** Buckets of values in order of time, at most `limit`; raw values (no `everyMs`) stand alone. */
export function bucketsOf(told: Told, everyMs: number | undefined, limit: number): Bucket[] {
  const buckets = openBuckets(everyMs, limit)
  buckets.add(told)
  return buckets.take()
}

/** Buckets of values that come bit by bit, in order of time. */
export function openBuckets(everyMs: number | undefined, limit: number) {
  const buckets: Bucket[] = []
  let start = Number.NaN
  let open: Summary | undefined

  function shut(): void {
    if (open !== undefined) buckets.push(bucketOf(start, open))
    open = undefined
  }

  return {
    /** False: there are `limit` buckets, more is not taken. */
    add({ at, values }: Told): boolean {
      for (let row = 0; row < at.length; row += 1) {
        const [time, value] = [at[row] ?? 0, values[row] ?? 0]
        const begin = everyMs === undefined ? time : time - (time % everyMs)
        // Raw values stand alone, though two gateways may have told of one instant.
        if (open === undefined || everyMs === undefined || begin !== start) {
          shut()
          if (buckets.length === limit) return false
          open = noSummary()
          start = begin
        }
        addValue(open, time, value, false)
      }
      return true
    },
    take(): Bucket[] {
      shut()
      return buckets
    },
  }
}

/** The same of summaries of narrower spans, each with the start of its span. */
export function widerBuckets(
  summaries: Iterable<readonly [at: number, Summary]>,
  everyMs: number,
  limit: number,
): Bucket[] {
  const buckets: Bucket[] = []
  let start = Number.NaN
  let open: Summary | undefined
  for (const [at, summary] of summaries) {
    const begin = at - (at % everyMs)
    if (open === undefined || begin !== start) {
      if (open !== undefined) buckets.push(bucketOf(start, open))
      if (buckets.length === limit) return buckets
      open = noSummary()
      start = begin
    }
    addSummary(open, summary)
  }
  if (open !== undefined) buckets.push(bucketOf(start, open))
  return buckets
}

/** Buckets of the same width of many sensors as one, in order of time; whose value was the last is not known. */
export function pooledBuckets(all: readonly (readonly Bucket[])[]): readonly Omit<Bucket, 'last'>[] {
  const pooled = new Map<number, Summary>()
  for (const buckets of all) {
    for (const { at, count, min, max, mean, last } of buckets) {
      const known = pooled.get(at) ?? noSummary()
      pooled.set(at, known)
      addSummary(known, { count, min, max, sum: mean * count, last, lastAt: at, kinetic: 0 })
    }
  }
  return [...pooled]
    .sort(([a], [b]) => a - b)
    .map(([at, { count, min, max, sum }]) => ({ at, count, min, max, mean: sum / count }))
}

function bucketOf(at: number, { count, min, max, sum, last }: Summary): Bucket {
  return { at, count, min, max, mean: tidy(sum) / count, last }
}
