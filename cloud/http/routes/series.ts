import { Readable } from 'node:stream'
import { z } from 'zod'
import { iso, LatestRow, SeriesAnswer, type SeriesPoint } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { isQuantity, type Quantity, quantities } from '../../../shared/quantity.ts'
import { silences } from '../../series/gaps.ts'
import type { Bucket, RangeQuery } from '../../series/series-store.ts'
import { everyFor, everyForPixels, parseDurationMs } from '../duration.ts'
import type { Api, HttpParts } from '../parts.ts'

const mostPoints = 10_000
/** What `every=auto` aims at: more than a screen has columns. */
const autoPoints = 1000
/** Buckets without a value are left out of an answer, but somebody has to look for them. */
const mostBuckets = 20 * mostPoints
const patienceMs = 20_000

const functions = ['min', 'max', 'mean', 'last'] as const
type Function = (typeof functions)[number]

const Instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

/** The range of every question about series. */
export const rangeQuery = {
  from: Instant.optional().describe('inclusive; default: 24 hours before `to`'),
  to: Instant.optional().describe('exclusive; default: now'),
}

const about = {
  sensor: Identifier,
  quantity: z.string().min(1).max(32),
  ...rangeQuery,
}

/** What a sensor has said. */
export function seriesRoutes(app: Api, { series, clock }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/series',
    {
      schema: {
        summary: 'History of one quantity of one sensor, oldest first',
        tags: ['series'],
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({
          ...about,
          every: z.string().max(16).default('auto').describe('`raw`, `auto`, or a bucket width: 10s, 5m, 1h, 1d'),
          pixels: z.coerce.number().int().min(50).max(8000).optional().describe('what `auto` aims at: one bucket each'),
          fn: z.enum(functions).optional().describe('only this one; the others are null. Default: all'),
          limit: z.coerce
            .number()
            .int()
            .min(1)
            .max(mostPoints)
            .optional()
            .describe('cut after so many, with `next` to go on from; by default too many are refused'),
        }),
        response: { 200: SeriesAnswer },
      },
    },
    async ({ params: { site }, query }) => {
      const { sensor, fn, limit } = query
      const quantity = knownQuantity(query.quantity)
      const { fromMs, toMs } = rangeOf(query, clock.now())
      const everyMs = bucketWidth(query.every, toMs - fromMs, query.pixels)
      if (everyMs !== null && (toMs - fromMs) / everyMs > mostBuckets) {
        throw new Fault('bad-input', `More than ${mostBuckets} buckets: ask for a shorter range or wider ones.`)
      }
      const width = everyMs === null ? {} : { everyMs }
      const asked = { site, sensor, quantity, fromMs, toMs, limit: (limit ?? mostPoints) + 1, ...width }
      const buckets = await series.range(asked, patienceMs)
      const next = buckets.length > (limit ?? mostPoints) ? buckets.at(-1) : undefined
      if (next !== undefined && limit === undefined) {
        throw new Fault('bad-input', `More than ${mostPoints} values: ask for a shorter range or wider buckets.`)
      }
      const shown = next === undefined ? buckets : buckets.slice(0, -1)
      const shownTo = next?.at ?? toMs
      const gaps = silences(
        shown.map(({ at }) => at),
        { fromMs, toMs: shownTo, everyMs },
      )
      return {
        sensor,
        quantity,
        unit: quantities[quantity].unit,
        everyMs,
        points: shown.map((bucket) => pointOf(bucket, fn)),
        gaps: gaps.map((gap) => ({ from: iso(gap.fromMs), to: iso(gap.toMs) })),
        next: next === undefined ? null : iso(next.at),
      }
    },
  )

  app.get(
    '/api/v1/sites/:site/series/latest',
    {
      schema: {
        summary: 'Newest values of all sensors, by the time they were measured',
        tags: ['series'],
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({ quantity: z.string().min(1).max(32).optional(), sensor: Identifier.optional() }),
        response: { 200: z.object({ items: z.array(LatestRow) }) },
      },
    },
    async ({ params: { site }, query }) => {
      const all = await series.latest(site)
      const wanted = all.filter(
        ({ sensor, quantity }) => (query.sensor ?? sensor) === sensor && (query.quantity ?? quantity) === quantity,
      )
      return {
        items: wanted.map(({ at, quantity, ...row }) => {
          const unit = isQuantity(quantity) ? quantities[quantity].unit : null
          return { ...row, quantity, unit, at: iso(at) }
        }),
      }
    },
  )

  app.get(
    '/api/v1/sites/:site/series.csv',
    {
      schema: {
        summary: 'All values of one quantity of one sensor as CSV, as they are read',
        description: 'The header `x-series-values` says about how many there will be: lines so far show the progress.',
        tags: ['series'],
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject(about),
      },
    },
    async ({ params: { site }, query }, reply) => {
      const quantity = knownQuantity(query.quantity)
      const { fromMs, toMs } = rangeOf(query, clock.now())
      const asked = { site, sensor: query.sensor, quantity, fromMs, toMs }
      const days = await series.range({ ...asked, everyMs: 86_400_000, limit: mostPoints }, patienceMs)
      const values = days.reduce((sum, { count }) => sum + count, 0)
      const pages = csvOf(asked, (page) => series.range(page, patienceMs))
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${site}-${query.sensor}-${quantity}.csv"`)
        .header('x-series-values', values)
        .send(Readable.from(pages))
    },
  )
}

/** Page after page, each asked for when the one before has left. Values of one instant stay on one page. */
async function* csvOf(
  query: Omit<RangeQuery, 'limit'>,
  ask: (query: RangeQuery) => Promise<readonly Bucket[]>,
): AsyncGenerator<string> {
  yield 'at,value\r\n'
  for (let { fromMs } = query; ; ) {
    const page = await ask({ ...query, fromMs, limit: mostPoints })
    const last = page.at(-1)
    const isLast = page.length < mostPoints || last === undefined
    const isWhole = isLast || page[0]?.at === last.at
    const shown = isWhole ? page : page.filter(({ at }) => at < last.at)
    if (shown.length > 0) yield shown.map((bucket) => `${iso(bucket.at)},${bucket.last}\r\n`).join('')
    if (isLast) return
    fromMs = isWhole ? last.at + 1 : last.at
  }
}

export function knownQuantity(name: string): Quantity {
  if (isQuantity(name)) return name
  throw new Fault('bad-input', `"${name}" is not a quantity. Known: ${Object.keys(quantities).join(', ')}.`)
}

export function rangeOf(
  query: { readonly from?: number | undefined; readonly to?: number | undefined },
  now: number,
): { readonly fromMs: number; readonly toMs: number } {
  const toMs = query.to ?? now
  const fromMs = query.from ?? toMs - 86_400_000
  if (fromMs >= toMs) throw new Fault('bad-input', '`from` must be before `to`.')
  return { fromMs, toMs }
}

/** null: raw values. */
export function bucketWidth(every: string, rangeMs: number, pixels?: number): number | null {
  if (every === 'raw') return null
  if (every === 'auto') return pixels === undefined ? everyFor(rangeMs, autoPoints) : everyForPixels(rangeMs, pixels)
  const everyMs = parseDurationMs(every)
  if (everyMs === undefined) throw new Fault('bad-input', '`every` is `raw`, `auto`, or a width like 10s, 5m, 1h, 1d.')
  return everyMs
}

function pointOf(bucket: Bucket, only: Function | undefined): SeriesPoint {
  const value = (fn: Function) => (only === undefined || only === fn ? bucket[fn] : null)
  return {
    at: iso(bucket.at),
    count: bucket.count,
    min: value('min'),
    max: value('max'),
    mean: value('mean'),
    last: value('last'),
  }
}
