import { z } from 'zod'
import { ExcursionRow, ItemExcursion, iso, SlotExcursionRow } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import type { Quantity } from '../../../shared/quantity.ts'
import type { SensorPlace } from '../../../shared/site-map.ts'
import { sensorAt } from '../../series/covering.ts'
import { pooledExcursion } from '../../series/excursion.ts'
import { parseDurationMs } from '../duration.ts'
import type { Api, HttpParts } from '../parts.ts'
import { itemCode } from './items.ts'
import { knownQuantity, rangeOf, rangeQuery } from './series.ts'
import { sensorsOf } from './series-summaries.ts'

/** Slots that one answer tells of, and places that a path may have. */
const mostSlots = 2000
const mostStays = 500
const patienceMs = 20_000

const Judging = z.strictObject({
  quantity: z.string().min(1).max(32).default('temperature'),
  ...rangeQuery,
  low: z.coerce.number().optional().describe('default: the limits of the map'),
  high: z.coerce.number().optional(),
  hold: z.string().max(16).default('15m').describe('a value holds until the next one, but no longer'),
})

const tags = ['series']
const hold = 'A value holds until the next one, but no longer than `hold`: what is not known counts neither way.'
const byMinutes = 'Beyond seven days the means of minutes are judged.'

/** How long and how far it was too warm or too cold: for sensors, for slots, and for items on their way. */
export function excursionRoutes(app: Api, { series, inventory, clock }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/series/excursions',
    {
      schema: {
        summary: 'How long and how far sensors were outside of their limits, and the mean kinetic temperature',
        description: `${hold} ${byMinutes}`,
        tags,
        params: z.strictObject({ site: Identifier }),
        querystring: Judging.extend({ zone: Identifier.optional(), sensor: Identifier.optional() }),
        response: { 200: z.object({ items: z.array(ExcursionRow) }) },
      },
    },
    async ({ params: { site }, query }) => {
      const judge = judgeOf(site, query)
      const places = (await sensorsOf(inventory, site, query.zone)).filter(({ id }) => (query.sensor ?? id) === id)
      const items: ExcursionRow[] = []
      for (const place of places) {
        const { limits, found } = await judge(place)
        if (found !== undefined) items.push({ sensor: place.id, zone: place.zone, ...limits, ...found })
      }
      return { items }
    },
  )

  app.get(
    '/api/v1/sites/:site/series/excursions/slots',
    {
      schema: {
        summary: 'The same for slots, by the sensor of their zone that is nearest to each',
        description: `${hold} ${byMinutes} Slots of zones without a sensor, and those nothing is known of, are left out.`,
        tags,
        params: z.strictObject({ site: Identifier }),
        querystring: Judging.extend({ zone: Identifier.optional(), slot: Identifier.optional() }),
        response: { 200: z.object({ items: z.array(SlotExcursionRow) }) },
      },
    },
    async ({ params: { site }, query }) => {
      const judge = judgeOf(site, query)
      const map = await inventory.map(site)
      const slots = (map?.slots ?? []).filter(
        ({ id, zone }) => (query.zone ?? zone) === zone && (query.slot ?? id) === id,
      )
      if (slots.length > mostSlots) throw new Fault('bad-input', `More than ${mostSlots} slots: ask zone by zone.`)
      const told = new Map<string, Awaited<ReturnType<typeof judge>>>()
      const items: SlotExcursionRow[] = []
      for (const { id: slot, zone } of slots) {
        const place = map && sensorAt(map, { zone, slot })
        if (place === undefined) continue
        const { limits, found } = told.get(place.id) ?? (await judge(place))
        told.set(place.id, { limits, found })
        if (found !== undefined) items.push({ slot, sensor: place.id, zone, ...limits, ...found })
      }
      return { items }
    },
  )

  app.get(
    '/api/v1/sites/:site/series/excursions/items/:epc',
    {
      schema: {
        summary: 'What an item went through on its way: where it was on this site, and what the sensors there said',
        description:
          `${hold} Each stay is judged by the sensor of its zone that is nearest to the slot, or to the middle of the zone, ` +
          'on the map as it is now, and by the limits of that sensor. Late news change the past, as they do in its history.',
        tags,
        params: z.strictObject({ site: Identifier, epc: itemCode }),
        querystring: Judging,
        response: { 200: ItemExcursion },
      },
    },
    async ({ params: { site, epc: code }, query }) => {
      const judge = judgeOf(site, query)
      const item = await inventory.item(code)
      const seen = item === undefined ? [] : await inventory.stays(item.epc, { site, ...rangeOf(query, clock.now()) })
      if (item === undefined || (seen.length === 0 && item.site !== site))
        throw new Fault('not-found', `Nobody has seen ${code} here.`)
      if (seen.length > mostStays)
        throw new Fault('bad-input', `More than ${mostStays} stays: ask for a shorter range.`)
      const map = await inventory.map(site)
      const stays: ItemExcursion['stays'] = []
      for (const { zone, slot, fromMs, toMs } of seen) {
        const place = map === undefined || zone === null ? undefined : sensorAt(map, { zone, slot })
        const { limits, found } = place === undefined ? unknown : await judge(place, { fromMs, toMs })
        const at = { zone, slot, from: iso(fromMs), to: iso(toMs) }
        stays.push({ ...at, sensor: place?.id ?? null, ...limits, excursion: found ?? null })
      }
      const total = pooledExcursion(stays.flatMap(({ excursion }) => excursion ?? []))
      return { epc: item.epc, stays, total: total ?? null }
    },
  )

  /** Judges sensors one after the other, over the range of the question or a part of it. */
  function judgeOf(site: string, query: z.output<typeof Judging>) {
    const quantity = knownQuantity(query.quantity)
    const range = rangeOf(query, clock.now())
    const holdMs = parseDurationMs(query.hold)
    if (holdMs === undefined) throw new Fault('bad-input', '`hold` is a time like 90s, 15m, 2h.')
    return async (place: SensorPlace, part = range) => {
      const { low, high } = limitsOf(place, quantity, query)
      const asked = { site, sensor: place.id, quantity, ...part, low, high, holdMs }
      const found = await series.excursion(asked, patienceMs)
      return { limits: { low: low ?? null, high: high ?? null }, found }
    }
  }
}

const unknown = { limits: { low: null, high: null }, found: undefined }

/** Those of the question; those of the map where it names none at all. */
function limitsOf(
  { limits }: SensorPlace,
  quantity: Quantity,
  asked: { readonly low?: number | undefined; readonly high?: number | undefined },
): { readonly low?: number | undefined; readonly high?: number | undefined } {
  return asked.low === undefined && asked.high === undefined ? (limits[quantity] ?? {}) : asked
}
