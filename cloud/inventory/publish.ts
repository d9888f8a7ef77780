import { type SiteMap, supersedes } from '../../shared/site-map.ts'
import type { Place } from '../location/place.ts'
import { remapRecent } from '../location/recent.ts'
import type { IndexedReadPoint } from '../location/site-index.ts'
import { indexSite } from '../location/site-index.ts'
import { rebook } from './book.ts'
import { linkOf, readerOf } from './readers.ts'
import { inEnglish } from './reason.ts'
import { dayOfZone } from './site-day.ts'
import type { SiteState, TrackedPoint, TrackedReader, TrackedSlot } from './site-state.ts'
import { type Changes, type InventoryState, noteItem, type Origin, siteOf } from './state.ts'
import type { UntaggedCount } from './untagged.ts'
import { markStale } from './weigh.ts'

/** A new version of a map replaces the one before whole. A version that is not newer than the one in force is ignored. */
export function publish(state: InventoryState, map: SiteMap, origin: Origin, at: number, changes: Changes): void {
  const site = siteOf(state, map.site)
  if (!supersedes(map, site.index?.map.version)) return
  adopt(state, site, map, at)
  resettle(state, site, origin, at, changes)
  changes.sites.add(site)
  changes.maps.add(site)
  changes.counters.add(site)
  for (const slot of site.slots.values()) changes.slots.add(slot)
}

/** Takes over a map without asking where the items are; also used when the memory is filled from the file. */
export function adopt(state: InventoryState, site: SiteState, map: SiteMap, at: number): void {
  const index = indexSite(map, state.places)
  site.index = index
  state.profiles.renew()
  site.dayOf = dayOfZone(map.timeZone)
  site.points = new Map()
  site.covers.clear()
  for (const [gateway, points] of index.readPoints) {
    const link = linkOf(site, gateway)
    if (link.state === 'never' && link.at === 0) link.at = at
    const tracked = new Map<string, TrackedPoint>()
    for (const point of points.values()) {
      tracked.set(point.id, { point, reader: readerOf(site, gateway, point.device) })
    }
    site.points.set(gateway, tracked)
  }
  const covering = new Map<string, TrackedReader[]>()
  for (const { gateway, device, slots } of index.readers) {
    const reader = readerOf(site, gateway, device)
    for (const slot of slots) covering.set(slot, [...(covering.get(slot) ?? []), reader])
  }
  const before = site.slots
  for (const slot of before.values()) state.slotByPlace[slot.place] = undefined
  site.slots = new Map()
  for (const { id, zone } of map.slots) {
    const known = before.get(id)
    const slot: TrackedSlot = {
      slot: id,
      zone,
      place: state.places.of(site.site, zone, id).id,
      readers: covering.get(id) ?? [],
      items: known?.zone === zone ? known.items : 0,
      untagged: sumOf(state.untagged.in(site.site, id)),
      asOf: known?.asOf ?? 0,
      told: undefined,
    }
    site.slots.set(id, slot)
    state.slotByPlace[slot.place] = slot
  }
}

function sumOf(counts: readonly UntaggedCount[]): number {
  return counts.reduce((sum, { quantity }) => sum + quantity, 0)
}

/** Items whose place is on the map no more are given the next larger place that is; said in the ledger. */
function resettle(state: InventoryState, site: SiteState, origin: Origin, at: number, changes: Changes): void {
  const mapped = (id: number): number => {
    const place = state.places.byId(id)
    return place?.site === site.site ? stillOnMap(state, site, place).id : id
  }
  for (const item of state.items) {
    const before = item.place
    if (before?.site !== site.site && item.seenPlace?.site !== site.site) continue
    if (item.seenPlace?.site === site.site && item.seenPlace.zone === null && !item.seenPlace.departed) {
      // Seen at an antenna before any map named it: the map that does says where that was.
      if (mappedPoint(state, site.site, item.readPoint) !== undefined) markStale(state, item, 0, changes)
    }
    remapRecent(state.tracks.of(item.id), mapped)
    const after = before === null ? null : (state.places.byId(mapped(before.id)) ?? null)
    noteItem(changes, item)
    if (before === after) continue
    item.place = after
    rebook(state, before, after, changes)
    changes.ledger.push({
      item: item.id,
      at,
      recordedAt: origin.recordedAt,
      offset: origin.offset,
      kind: 'corrected',
      from: before,
      to: after,
      readPoint: null,
      lastReadAt: null,
      parent: null,
      late: false,
      revokes: null,
      why: inEnglish([{ code: 'left-the-map', zone: before?.zone ?? null, slot: before?.slot ?? null }]),
    })
  }
}

/** The read point of this name, if exactly one gateway of the site has one. */
export function mappedPoint(state: InventoryState, site: string, readPoint: string): IndexedReadPoint | undefined {
  const found = [...(state.sites.get(site)?.points.values() ?? [])].flatMap((points) => points.get(readPoint) ?? [])
  return found.length === 1 ? found[0]?.point : undefined
}

/** The place, or the next larger one that is on the map. */
function stillOnMap(state: InventoryState, site: SiteState, place: Place): Place {
  if (place.departed || place.zone === null || site.index === undefined) return place
  const slot = place.slot === null ? undefined : site.index.slots.get(place.slot)
  if (slot !== undefined) return state.places.of(site.site, slot.zone, slot.id)
  return state.places.of(site.site, site.index.zones.has(place.zone) ? place.zone : null, null)
}

/** The same for a place of any site; null: it was none. */
export function placeOnMap(state: InventoryState, place: Place | undefined): Place | null {
  const site = place === undefined ? undefined : state.sites.get(place.site)
  return place === undefined || site === undefined ? (place ?? null) : stillOnMap(state, site, place)
}
