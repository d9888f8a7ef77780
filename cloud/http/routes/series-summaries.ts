import { z } from 'zod'
import { iso, ZoneSeries } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import type { SensorPlace } from '../../../shared/site-map.ts'
import { pooledBuckets } from '../../series/buckets.ts'
import type { Api, HttpParts } from '../parts.ts'
import { bucketWidth, knownQuantity, rangeOf, rangeQuery } from './series.ts'

/** One question reads this many sensors at most, one after the other. */
const mostSensors = 200
const mostBuckets = 2000
const patienceMs = 20_000

/** The sensors of a map, or of one of its zones; more than one question can read are refused. */
export async function sensorsOf(
  inventory: HttpParts['inventory'],
  site: string,
  zone: string | undefined,
): Promise<readonly SensorPlace[]> {
  const sensors = ((await inventory.map(site))?.sensors ?? []).filter((place) => (zone ?? place.zone) === place.zone)
  if (sensors.length <= mostSensors) return sensors
  throw new Fault('bad-input', `More than ${mostSensors} sensors: ask zone by zone.`)
}

/** What the sensors of a site have said, zone by zone. */
export function seriesSummaryRoutes(app: Api, { series, inventory, clock }: HttpParts): void {
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
      for (const [zone, places] of Map.groupBy(await sensorsOf(inventory, site, query.zone), (place) => place.zone)) {
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
}
