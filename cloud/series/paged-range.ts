import { openBuckets, type Told } from './buckets.ts'
import type { Bucket, RangeQuery } from './series-store.ts'

/** Values fetched at once: enough for a day at one a second, and no more than some megabytes. */
const pageValues = 100_000

/** `range` of a store that hands out values: page by page, until there are buckets enough. */
export async function pagedRange(
  query: RangeQuery,
  valuesOf: (query: RangeQuery, limit: number) => Promise<Told>,
): Promise<readonly Bucket[]> {
  const { everyMs, limit } = query
  const buckets = openBuckets(everyMs, limit)
  for (let { fromMs } = query; ; ) {
    const most = everyMs === undefined ? Math.min(pageValues, limit + 1) : pageValues
    const { at, values } = await valuesOf({ ...query, fromMs }, most)
    const newest = at.at(-1)
    const isLast = newest === undefined || at.length < most
    // The page may have cut the values of its last instant in two; they are asked for again, unless they fill it.
    const whole = isLast || at[0] === newest ? at.length : at.indexOf(newest)
    const goesOn = buckets.add({ at: at.slice(0, whole), values: values.slice(0, whole) })
    if (isLast || !goesOn) return buckets.take()
    fromMs = whole === at.length ? newest + 1 : newest
  }
}
