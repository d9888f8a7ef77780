import { type Item, iso } from '../../shared/api.ts'
import type { Why } from '../../shared/why.ts'
import { confidence } from '../location/confidence.ts'
import type { Place } from '../location/place.ts'
import { type Profile, profileAt } from '../location/profile.ts'
import { view } from '../location/recent.ts'
import { rivalOf, type Track, trackCells } from '../location/track.ts'
import type { TrackedItem } from './item.ts'
import { inEnglish, whyOf } from './reason.ts'
import { skuIn } from './sku.ts'
import { isFrozen } from './slot-view.ts'
import type { InventoryState } from './state.ts'

/** While it may as well be somewhere else, a place is worth half. */
const uncertainShare = 0.5
/** In the place of a read point, of what was only said to be on a logistic unit. */
const neverSeen = 'aggregation'

/** An item as the API tells it; undefined for one that was imported and never seen. */
export function viewItem(state: InventoryState, item: TrackedItem): Item | undefined {
  const place = placeSaid(item)
  if (place === null) return undefined
  const rival = rivalPlace(state, item)
  const why = whyThere(state, item, rival)
  return {
    epc: item.epc,
    sku: skuIn(state, item),
    site: place.site,
    zone: place.zone,
    slot: place.slot,
    state: stateOf(item, rival),
    rival: rival === null ? null : { zone: rival.zone, slot: rival.slot },
    since: iso(item.place === null && item.lostAt < item.lastSeenAt ? item.lastSeenAt : item.since),
    lastSeenAt: iso(item.lastSeenAt === 0 ? item.decidedAt : item.lastSeenAt),
    readPoint: item.readPoint === '' ? neverSeen : item.readPoint,
    confidence: itemConfidence(state, item),
    why: inEnglish(why),
    whyCoded: why,
  }
}

/** Where it is; of what is in no stock, where it was seen last. */
export function placeSaid({ place, seenPlace }: TrackedItem): Place | null {
  return place ?? seenPlace
}

/** The other place where it may be as well; null: it is sure. */
export function rivalPlace(state: InventoryState, item: TrackedItem): Place | null {
  if (item.place === null || item.place.departed) return null
  const rival = rivalOf(trackNow(state, item), profileOf(state, item))
  return rival === item.place.id ? null : (state.places.byId(rival) ?? null)
}

/** EPC of the logistic unit that it was on. */
export function unitAt(state: InventoryState, item: TrackedItem, at: number): string | undefined {
  return state.packs.packingsOf(item).find(({ from, to }) => from <= at && at < to)?.parent
}

/** By what it takes to believe antennas of it, where it is said to be. */
export function profileOf(state: InventoryState, item: TrackedItem): Profile {
  return profileAt(state.profiles.of(item), placeSaid(item)?.id ?? 0)
}

/** The track with all that was read. A copy. */
export function trackNow(state: InventoryState, item: TrackedItem): Track {
  const now = { cells: new Float64Array(trackCells), start: 0 }
  view(state.tracks.of(item.id), now, state.ground, state.profiles.of(item))
  return now
}

export function itemConfidence(state: InventoryState, item: TrackedItem): number {
  const { place, basis, count, sureness, decidedAt } = item
  if (place === null || (place.zone === null && !place.departed)) return 0
  const slot = state.slotByPlace[place.id]
  const frozen = slot !== undefined && isFrozen(slot)
  const sure = confidence({ basis, count, sureness, ageMs: state.now - decidedAt, frozen })
  return rivalPlace(state, item) === null ? sure : Math.round(sure * uncertainShare * 100) / 100
}

function stateOf({ place, lostAt, seenPlace, lastSeenAt }: TrackedItem, rival: Place | null): Item['state'] {
  if (place !== null) {
    if (place.departed) return 'departed'
    return place.zone === null ? 'unknown' : rival === null ? 'present' : 'uncertain'
  }
  if (lostAt >= lastSeenAt && lostAt > 0) return 'gone'
  return seenPlace?.zone == null ? 'unknown' : 'glimpsed'
}

function whyThere(state: InventoryState, item: TrackedItem, rival: Place | null): Why[] {
  const why = standsOn(state, item, rival)
  // It waits to be folded anew.
  return item.staleFrom === 0 ? why : [...why, { code: 'late-reads-wait' }]
}

function standsOn(state: InventoryState, item: TrackedItem, rival: Place | null): Why[] {
  const { place, seenPlace, readPoint: by, basis, count, sureness, decidedAt } = item
  if (place === null) {
    if (item.lostAt >= item.lastSeenAt && item.lostAt > 0) return [{ code: 'gone-silent', by }]
    return [{ code: 'seen-too-little', by, needs: profileOf(state, item).appearReads }]
  }
  if ((basis === 'slot' || basis === 'scan') && place.slot === null) return [{ code: 'slot-left-the-map', by }]
  const carriedBy = unitAt(state, item, decidedAt)
  // What saw it last may have seen it elsewhere: only one name is kept.
  const readPoint = seenPlace === place && item.lastSeenAt === decidedAt ? by : ''
  const why = whyOf({ at: decidedAt, basis, place, readPoint, count, sureness, carriedBy })
  if (rival !== null) return [why, { code: 'perhaps-elsewhere', zone: rival.zone, slot: rival.slot }]
  const slot = state.slotByPlace[place.id]
  return slot !== undefined && isFrozen(slot) ? [why, { code: 'readers-silent' }] : [why]
}
