import { Fault } from '../../shared/fault.ts'
import type { Point, SeriesName, SeriesStore } from './series-store.ts'
import type { SqliteSeriesStore } from './sqlite.ts'

export interface Copied {
  readonly series: number
  readonly points: number
}

export interface CopyOptions {
  readonly signal: AbortSignal
  /** Points written, or read back to be compared. */
  readonly onProgress?: (step: 'copied' | 'compared', points: number) => void
}

/** Points of one write: two requests of 10,000 to InfluxDB. */
const pointsAtOnce = 20_000
const pagePoints = 20_000

/**
 * Copies all points of one store into another, then reads both and compares them series by series. The same points twice
 * change nothing, so a copy that was broken off is simply begun again.
 * @throws Fault `conflict` when the other store does not hold the same afterwards
 */
export async function copySeries(
  from: SeriesStore | SqliteSeriesStore,
  to: SeriesStore | SqliteSeriesStore,
  { signal, onProgress }: CopyOptions,
): Promise<Copied> {
  let points = 0
  for await (const some of batches(allPoints(from, signal))) {
    signal.throwIfAborted()
    const [refused] = await to.write(some, signal)
    if (refused !== undefined) throw notTheSame(nameOf(some[refused.index] as Point), refused.reason)
    points += some.length
    onProgress?.('copied', points)
  }
  let compared = 0
  const count = (some: number) => {
    compared += some
    onProgress?.('compared', compared)
  }
  const [ours, theirs] = [await sumsOf(from, signal, count), await sumsOf(to, signal, count)]
  for (const [name, sum] of ours) {
    const other = theirs.get(name)
    if (other?.points !== sum.points)
      throw notTheSame(name, `${sum.points} points here, ${other?.points ?? 0} points there`)
    if (other.hash !== sum.hash) throw notTheSame(name, 'as many points, but not the same')
  }
  return { series: ours.size, points }
}

function notTheSame(series: string, why: string): Fault {
  return new Fault(
    'conflict',
    `The copy of ${series} is not the same (${why}). Is somebody writing, or is the target not empty? Copy again.`,
  )
}

/** Everything that is stored; points of one series in order of time. */
async function* allPoints(store: SeriesStore | SqliteSeriesStore, signal: AbortSignal): AsyncGenerator<Point> {
  if ('everyPoint' in store) {
    yield* store.everyPoint()
    return
  }
  for (const series of await store.series(signal)) yield* pointsOf(store, series, signal)
}

/** Points of one series, page by page; those of one millisecond stay on one page, for they cannot be told apart by time. */
async function* pointsOf(store: SeriesStore, series: SeriesName, signal: AbortSignal): AsyncGenerator<Point> {
  let limit = pagePoints
  for (let fromMs = 0; ; ) {
    const page = await store.points({ ...series, fromMs, toMs: lastMs, limit }, signal)
    const newest = page.at(-1)?.at
    if (page.length < limit || newest === undefined) {
      yield* page
      return
    }
    const whole = page.filter(({ at }) => at < newest)
    // One millisecond fills the page: ask for more of it at once.
    if (whole.length === 0) limit *= 2
    else {
      yield* whole
      fromMs = newest
      limit = pagePoints
    }
  }
}

/** The year 2262, where nanoseconds in 64 bits end. */
const lastMs = 9_223_372_036_854

async function* batches(points: AsyncIterable<Point>): AsyncGenerator<readonly Point[]> {
  let some: Point[] = []
  for await (const point of points) {
    some.push(point)
    if (some.length < pointsAtOnce) continue
    yield some
    some = []
  }
  if (some.length > 0) yield some
}

interface Sum {
  points: number
  /** Does not depend on the order. */
  hash: number
}

async function sumsOf(
  store: SeriesStore | SqliteSeriesStore,
  signal: AbortSignal,
  onPoints: (points: number) => void,
): Promise<ReadonlyMap<string, Sum>> {
  const sums = new Map<string, Sum>()
  for await (const some of batches(allPoints(store, signal))) {
    signal.throwIfAborted()
    for (const point of some) {
      const name = nameOf(point)
      const sum = sums.get(name) ?? { points: 0, hash: 0 }
      sums.set(name, sum)
      sum.points += 1
      sum.hash = (sum.hash + hashOf(point)) % 2 ** 48
    }
    onPoints(some.length)
  }
  return sums
}

function nameOf({ measurement, site, gateway, source }: SeriesName): string {
  return `${measurement}/${site}/${gateway}/${source}`
}

/** FNV-1a, 32 bits, of time and fields in the order of their names. */
function hashOf({ at, nanos, fields }: Point): number {
  const sorted = Object.keys(fields).sort()
  const text = `${at}.${nanos} ${sorted.map((name) => `${name}=${JSON.stringify(fields[name])}`).join(' ')}`
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}
