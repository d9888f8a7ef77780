import { z } from 'zod'
import type { Conclusions } from '../../../inventory/conclusions.ts'
import type { Place } from '../../../location/place.ts'
import type { KnownItem } from '../scope.ts'

const minuteMs = 60_000

/** From when an item was somewhere, by event time. JSON-safe. */
export const StoredStop = z.object({
  /** Unix ms, down to the whole minute: so what came on one pallet has one path, and is judged once. */
  at: z.number(),
  /** away: on another site, or it left; lost: nobody knows where. */
  where: z.enum(['here', 'lost', 'away']),
  /** The sensor that speaks for the place; null: none does, so the temperature there is unknown. */
  sensor: z.string().nullable(),
  /** Slot, or the zone where no slot is known; null: somewhere on the site. */
  place: z.string().nullable(),
  zone: z.string().nullable(),
})
export type StoredStop = z.infer<typeof StoredStop>

/** The way of one item on a site, as far back as a rule looks. JSON-safe. */
export const StoredPath = z.object({
  sku: z.string().nullable(),
  lot: z.string().nullable(),
  /** Oldest first. */
  stops: z.array(StoredStop),
  /** The alert that counts it, by its subject, and since when; Unix ms. */
  counted: z.object({ subject: z.string(), since: z.number() }).optional(),
})
export type StoredPath = z.infer<typeof StoredPath>

/** Which sensor speaks for what, on the map in force. */
export const SensorsOfPlaces = z.object({
  slots: z.record(z.string(), z.string()),
  zones: z.record(z.string(), z.string()),
})
export type SensorsOfPlaces = z.infer<typeof SensorsOfPlaces>

/** An item that moves more often within what a rule looks at is followed over its newest stops alone. */
const mostStops = 500

/** The way of an item on a site since `from`, Unix ms, by what the ledger said at an offset of the journal. */
export function pathOf(
  conclusions: Conclusions,
  site: string,
  { epc, sku, fact }: KnownItem,
  sensors: SensorsOfPlaces,
  { from, offset }: { readonly from: number; readonly offset: number },
): StoredPath {
  const stops: StoredStop[] = []
  const item = conclusions.itemOf(epc)
  if (item !== undefined) {
    for (const { at, place } of conclusions.trail(item, offset)) {
      stops.push(stopOf(site, place, at, sensors))
      if (at <= from || stops.length === mostStops) break
    }
  }
  return { sku, lot: fact?.lot ?? null, stops: stops.reverse() }
}

/** The way of an item from `from` on, Unix ms: where it was by then, and every stop since. */
export function wayFrom(path: StoredPath, from: number): StoredPath {
  const before = path.stops.findLastIndex(({ at }) => at <= from)
  return before <= 0 ? path : { ...path, stops: path.stops.slice(before) }
}

/** Equal for ways that are judged alike from `from` on, Unix ms: places are told from one another, and not named. */
export function wayKey({ stops, counted }: StoredPath, from: number): string {
  let key = `${counted?.since}`
  for (const [index, { at, where, sensor, place }] of stops.entries()) {
    const same = stops.findIndex((stop) => stop.place === place)
    // Identifiers hold no blanks.
    key += ` ${Math.max(at, from)} ${where} ${sensor} ${place === null ? '' : same === index ? 'new' : same}`
  }
  return key
}

function stopOf(site: string, place: Place | null, since: number, sensors: SensorsOfPlaces): StoredStop {
  const at = Math.floor(since / minuteMs) * minuteMs
  if (place === null) return { at, where: 'lost', sensor: null, place: null, zone: null }
  const { zone, slot } = place
  if (place.departed || place.site !== site) return { at, where: 'away', sensor: null, place: null, zone: null }
  const sensor = slot === null ? own(sensors.zones, zone) : (own(sensors.slots, slot) ?? own(sensors.zones, zone))
  return { at, where: 'here', sensor: sensor ?? null, place: slot ?? zone, zone }
}

/** Ids are free text: one may be called `constructor`. */
function own(table: Readonly<Record<string, string>>, key: string | null): string | undefined {
  return key !== null && Object.hasOwn(table, key) ? table[key] : undefined
}
