import { z } from 'zod'
import { iso, SeriesAnswer, type SeriesPoint } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { isQuantity, quantities } from '../../../shared/quantity.ts'
import type { Bucket } from '../../series/series-store.ts'
import { everyFor, parseDurationMs } from '../duration.ts'
import type { Api, HttpParts } from '../parts.ts'

const mostPoints = 10_000
/** What `every=auto` aims at: more than a screen has columns. */
const autoPoints = 1000
const patienceMs = 20_000

const functions = ['min', 'max', 'mean', 'last'] as const
type Function = (typeof functions)[number]

const Instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

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
          sensor: Identifier,
          quantity: z.string().min(1).max(32),
          from: Instant.optional().describe('inclusive; 24 hours before `to` unless told'),
          to: Instant.optional().describe('exclusive; now unless told'),
          every: z.string().max(16).default('auto').describe('`raw`, `auto`, or a bucket width: 10s, 5m, 1h, 1d'),
          fn: z.enum(functions).optional().describe('only this one; the others are null. Unless told: all'),
        }),
        response: { 200: SeriesAnswer },
      },
    },
    async ({ params: { site }, query }) => {
      const { sensor, quantity, fn } = query
      if (!isQuantity(quantity)) {
        throw new Fault('bad-input', `"${quantity}" is no quantity. Known: ${Object.keys(quantities).join(', ')}.`)
      }
      const toMs = query.to ?? clock.now()
      const fromMs = query.from ?? toMs - 86_400_000
      if (fromMs >= toMs) throw new Fault('bad-input', '`from` must be before `to`.')
      const everyMs = bucketWidth(query.every, toMs - fromMs)
      const buckets = await series.range(
        { site, sensor, quantity, fromMs, toMs, limit: mostPoints + 1, ...(everyMs !== null && { everyMs }) },
        patienceMs,
      )
      if (buckets.length > mostPoints) {
        throw new Fault('bad-input', `More than ${mostPoints} values: ask for a shorter range or wider buckets.`)
      }
      return { sensor, quantity, unit: quantities[quantity].unit, everyMs, points: buckets.map((b) => pointOf(b, fn)) }
    },
  )
}

/** null: raw values. */
function bucketWidth(every: string, rangeMs: number): number | null {
  if (every === 'raw') return null
  if (every === 'auto') return everyFor(rangeMs, autoPoints)
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
