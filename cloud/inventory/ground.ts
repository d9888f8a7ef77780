import type { Unhealthy } from '../location/absence.ts'
import type { Ground } from '../location/lose.ts'
import type { Place, Places } from '../location/place.ts'
import type { SiteState, TrackedReader } from './site-state.ts'
import { troubleOf } from './trouble.ts'

/** Which readers look at a place, and when they could not be believed. */
export interface Cover {
  readonly readers: ReadonlySet<TrackedReader>
  unhealthy: readonly Unhealthy[]
  /** `SiteState.healthRevision` of `unhealthy`. */
  revision: number
}

/** What the maps of all sites and the health of their readers say of places. */
export function groundOf(places: Places, sites: ReadonlyMap<string, SiteState>): Ground {
  const cover = (id: number): Cover | undefined => {
    const place = places.byId(id)
    const site = place === undefined ? undefined : sites.get(place.site)
    return place === undefined || site === undefined ? undefined : coverOf(site, place)
  }
  return {
    zoneOf: (id) => places.byId(id)?.zoneKey ?? '',
    isSlot: (id) => places.byId(id)?.slot != null,
    keyOf: (id) => places.byId(id)?.key ?? '',
    isWatched: (id) => (cover(id)?.readers.size ?? 0) > 0,
    unhealthy: (id) => cover(id)?.unhealthy ?? [],
  }
}

/** The readers whose antennas look at the slot, or at any part of the zone; those at gates see only what passes. */
export function coverOf(site: SiteState, place: Place): Cover {
  const known = site.covers.get(place.id)
  if (known?.revision === site.healthRevision) return known
  const readers = known?.readers ?? new Set(readersOf(site, place))
  const cover = { readers, unhealthy: troubleOf(site, readers), revision: site.healthRevision }
  site.covers.set(place.id, cover)
  return cover
}

function* readersOf(site: SiteState, { zone, slot }: Place): Iterable<TrackedReader> {
  for (const point of site.index?.map.readPoints ?? []) {
    if (point.kind === 'gate' || point.zone !== zone) continue
    if (slot !== null && point.slots.length > 0 && !point.slots.includes(slot)) continue
    const tracked = site.points.get(point.gateway)?.get(point.id)
    if (tracked !== undefined) yield tracked.reader
  }
}
