import { type BoardAsOf, iso } from '../../shared/api.ts'
import type { Place } from '../location/place.ts'
import type { Ledger } from './ledger.ts'
import type { InventoryState } from './state.ts'

/** An answer takes some 5 µs for each item that has moved since; this many take half a second of the projection's time. */
export const mostMoved = 100_000

/**
 * What the slots of a site held at an earlier instant, by the ledger as it is known today: what came late is in it where it
 * belongs. An item that did not move since is where it is now; of the others the newest row up to then tells. On today's
 * map: what stood in a slot that is gone is counted to no slot.
 */
export function asOf(
  state: InventoryState,
  ledger: Ledger,
  site: string,
  at: number,
  most = mostMoved,
): BoardAsOf | 'no-map' | 'before-ledger' | 'too-many-moves' {
  const map = state.sites.get(site)?.index?.map
  if (map === undefined) return 'no-map'
  const since = ledger.firstAt()
  if (since === undefined || at < since) return 'before-ledger'
  const moved = ledger.movedAfter(at, most + 1)
  if (moved.length > most) return 'too-many-moves'

  const bySlot = new Map<number, number>()
  let itemsOnSite = 0
  const count = (place: Place | null | undefined, by: 1 | -1) => {
    if (place === null || place === undefined || place.site !== site || place.departed) return
    itemsOnSite += by
    bySlot.set(place.id, (bySlot.get(place.id) ?? 0) + by)
  }
  for (const { place } of state.items) count(place, 1)
  for (const { item, placeThen } of moved) {
    count(state.items[item - 1]?.place, -1)
    if (placeThen !== null) count(state.places.byId(placeThen), 1)
  }
  return {
    site,
    at: iso(at),
    ledgerSince: iso(since),
    mapVersion: map.version,
    items: map.slots.map(({ zone, id }) => bySlot.get(state.places.of(site, zone, id).id) ?? 0),
    itemsOnSite,
  }
}
