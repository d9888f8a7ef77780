import { z } from 'zod'
import { ExcursionRow, iso, ZoneSeries } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import type { SensorPlace } from '../../../shared/site-map.ts'
import { pooledBuckets } from '../../series/buckets.ts'
import { parseDurationMs } from '../duration.ts'
import type { Api, HttpParts } from '../parts.ts'
import { bucketWidth, knownQuantity, rangeOf, rangeQuery } from './series.ts'

/** One question reads this many sensors at most, one after the other. */
const mostSensors = 200
const mostBuckets = 2000
const patienceMs = 20_000

/** What the sensors of a site have said, zone by zone and against their limits. */
export function seriesSummaryRoutes(app: Api, { series, inventory, clock }: HttpParts): void {
  async function sensorsOf(site: string, zone: string | undefined): Promise<readonly SensorPlace[]> {
    const sensors = ((await inventory.map(site))?.sensors ?? []).filter((place) => (zone ?? place.zone) === place.zone)
    if (sensors.length <= mostSensors) return sensors
    throw new Fault('bad-input', `More than ${mostSensors} sensors: ask zone by zone.`)
  }

  app.get(
    '/api/v1/sites/:site/series/zones',
    {
      schema: {
        summary: 'One quantity, zone by zone: all sensors of a zone pooled in buckets',
        tags: ['series'],
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({
          quantity: z.string().min(1).max(32),
          zone: Identifier.optional(),
          ...rangeQuery,
          every: z.string().max(16).default('auto').describe('`auto`, or a bucket width: 5m, 1h, 1d'),
        }),
        response: { 200: z.object({ everyMs: z.int(), items: z.array(ZoneSeries) }) },
      },
    },
    async ({ params: { site }, query }) => {
      const quantity = knownQuantity(query.quantity)
      const { fromMs, toMs } = rangeOf(query, clock.now())
      const everyMs = bucketWidth(query.every, toMs - fromMs, 300)
      if (everyMs === null) throw new Fault('bad-input', 'Sensors are pooled in buckets: `every` cannot be raw.')
      if ((toMs - fromMs) / everyMs > mostBuckets) {
        throw new Fault('bad-input', `More than ${mostBuckets} buckets: ask for a shorter range or wider ones.`)
      }
      const items: ZoneSeries[] = []
      for (const [zone, places] of Map.groupBy(await sensorsOf(site, query.zone), (place) => place.zone)) {
        const told = []
        for (const { id: sensor } of places) {
          const asked = { site, sensor, quantity, fromMs, toMs, everyMs, limit: mostBuckets + 2 }
          told.push({ sensor, buckets: await series.range(asked, patienceMs) })
        }
        const pooled = pooledBuckets(told.map(({ buckets }) => buckets))
        items.push({
          zone,
          sensors: told.filter(({ buckets }) => buckets.length > 0).map(({ sensor }) => sensor),
          points: pooled.map(({ at, count, min, max, mean }) => ({ at: iso(at), count, min, max, mean })),
        })
      }
      return { everyMs, items }
    },
  )

  app.get(
    '/api/v1/sites/:site/series/excursions',
    {
      schema: {
        summary: 'How long and how far sensors were outside of their limits, and the mean kinetic temperature',
        description:
          'A value holds until the next one, but no longer than `hold`: what is not known counts neither way. Beyond ' +
          'seven days the means of minutes are judged.',
        tags: ['series'],
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({
          quantity: z.string().min(1).max(32).default('temperature'),
          zone: Identifier.optional(),
          sensor: Identifier.optional(),
          ...rangeQuery,
          low: z.coerce.number().optional().describe('unless told: the limits of the map'),
          high: z.coerce.number().optional(),
          hold: z.string().max(16).default('15m'),
        }),
        response: { 200: z.object({ items: z.array(ExcursionRow) }) },
      },
    },
    async ({ params: { site }, query }) => {
      const quantity = knownQuantity(query.quantity)
      const { fromMs, toMs } = rangeOf(query, clock.now())
      const holdMs = parseDurationMs(query.hold)
      if (holdMs === undefined) throw new Fault('bad-input', '`hold` is a time like 90s, 15m, 2h.')
      const places = (await sensorsOf(site, query.zone)).filter(({ id }) => (query.sensor ?? id) === id)
      const items: ExcursionRow[] = []
      for (const { id: sensor, zone, limits } of places) {
        const { low = query.low, high = query.high } = {
          ...(query.low === undefined && query.high === undefined ? limits[quantity] : {}),
        }
        const found = await series.excursion({ site, sensor, quantity, fromMs, toMs, low, high, holdMs }, patienceMs)
        if (found !== undefined) items.push({ sensor, zone, low: low ?? null, high: high ?? null, ...found })
      }
      return { items }
    },
  )
}
