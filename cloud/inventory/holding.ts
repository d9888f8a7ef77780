import { type Company, companyOf } from '../location/company.ts'
import { heardPlaces, isSurelyElsewhere } from '../location/elsewhere.ts'
import { isWord } from '../location/finding.ts'
import { unhealthySince, wasHeard } from '../location/reader-health.ts'
import { isHeardAt } from '../location/recent.ts'
import { type Track, voicesHeard } from '../location/track.ts'
import type { TrackedItem } from './item.ts'
import { profileOf, rivalPlace, trackNow, unitAt } from './item-view.ts'
import type { TrackedReader, TrackedSlot } from './site-state.ts'
import { skuIn } from './sku.ts'
import type { InventoryState } from './state.ts'

/** An item that is on a site, for other rooms: what is concluded, not how. Instants are Unix ms. */
export interface Holding {
  readonly epc: string
  readonly sku: string | null
  /** null: on the site, and nobody knows where. */
  readonly zone: string | null
  readonly slot: string | null
  readonly since: number
  readonly lastSeenAt: number
}

/** Everything on a site, in the order in which tags were first heard of. */
export function* holdingsOf(state: InventoryState, site: string): Generator<Holding> {
  for (const item of state.items) {
    const { epc, place, since, lastSeenAt } = item
    if (place === null || place.site !== site || place.departed) continue
    yield { epc, sku: skuIn(state, item), zone: place.zone, slot: place.slot, since, lastSeenAt }
  }
}

/** What may be wrong with where an item is held to be. */
export interface Standing {
  readonly epc: string
  readonly site: string
  readonly sku: string | null
  readonly slot: string | null
  /** It may as well lie elsewhere, or nobody knows where. */
  readonly isUncertain: boolean
}

/**
 * Everything on any site, in the order in which tags were first heard of. Takes a microsecond or two an item, and may be
 * read in parts: what changes in between is told as it is when its turn comes.
 */
export function* standingsOf(state: InventoryState): Generator<Standing> {
  for (const item of state.items) {
    const { place } = item
    if (place === null || place.departed) continue
    const isUncertain = place.zone === null || rivalPlace(state, item) !== null
    yield { epc: item.epc, site: place.site, sku: skuIn(state, item), slot: place.slot, isUncertain }
  }
}

/**
 * Whether an item surely lies in the slot where it is held to be, and in none of these slots of its site: what whoever
 * calls somebody to a slot has to know. So is what a person or a gate said; what is on a logistic unit is where that is.
 * Not while nothing that covers one of these slots has been healthy since: it may lie there unheard. `mates`: EPCs of its
 * kind that are held to be in these slots or where it is.
 */
export function isSurelyOutOf(
  state: InventoryState,
  item: TrackedItem | undefined,
  slots: readonly string[],
  mates: Iterable<string> = [],
): boolean {
  if (item?.place?.slot == null) return false
  const { place, basis, decidedAt } = item
  if (basis === 'carried') {
    const unit = state.byEpc.get(unitAt(state, item, decidedAt) ?? '')
    if (unit?.place === place) return isSurelyOutOf(state, unit, slots)
  }
  if (isWord(item)) return true
  const onSite = state.sites.get(place.site)?.slots
  const homes = slots.flatMap((slot) => onSite?.get(slot) ?? [])
  if (homes.some((slot) => isDeafSince(slot, item.since))) return false
  const places = new Set(homes.map((slot) => slot.place))
  const track = trackNow(state, item)
  return isSurelyElsewhere(track, places, profileOf(state, item), companyIn(state, item, track, places, mates))
}

/** A slot whose reader dies loses its tags to the neighbours within seconds; that it died is found later, ms. */
const foundDeadWithinMs = 120_000

function isDeafSince({ readers }: TrackedSlot, since: number): boolean {
  const isUnhealthy = ({ health, link }: TrackedReader) =>
    (unhealthySince(health, link) ?? Number.POSITIVE_INFINITY) <= since + foundDeadWithinMs
  return readers.some(({ health }) => wasHeard(health)) && readers.every(isUnhealthy)
}

function companyIn(
  state: InventoryState,
  item: TrackedItem,
  track: Track,
  homes: ReadonlySet<number>,
  mates: Iterable<string>,
): Company {
  const whereabout = (one: TrackedItem) => {
    return { place: one.place?.id ?? 0, since: one.since, heardAt: one.lastSeenAt, item: one }
  }
  const others = function* () {
    for (const epc of mates) {
      const mate = state.byEpc.get(epc)
      if (mate !== undefined && mate !== item) yield whereabout(mate)
    }
  }
  return companyOf(whereabout(item), homes, heardPlaces(track, homes), others(), ({ item: mate }, place) => {
    if (!isHeardAt(state.tracks.of(mate.id), place)) return 0
    return voicesHeard(trackNow(state, mate)).find((voice) => voice.place === place)?.lead ?? 0
  })
}
