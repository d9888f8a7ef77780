import { isSurelyElsewhere } from '../location/elsewhere.ts'
import { isWord } from '../location/finding.ts'
import type { TrackedItem } from './item.ts'
import { profileOf, rivalPlace, trackNow, unitAt } from './item-view.ts'
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
 */
export function isSurelyOutOf(state: InventoryState, item: TrackedItem | undefined, slots: readonly string[]): boolean {
  if (item?.place?.slot == null) return false
  const { place, basis, decidedAt } = item
  if (basis === 'carried') {
    const unit = state.byEpc.get(unitAt(state, item, decidedAt) ?? '')
    if (unit?.place === place) return isSurelyOutOf(state, unit, slots)
  }
  if (isWord(item)) return true
  const onSite = state.sites.get(place.site)?.slots
  const places = new Set(slots.flatMap((slot) => onSite?.get(slot)?.place ?? []))
  return isSurelyElsewhere(trackNow(state, item), places, profileOf(state, item))
}
