import { type Item, iso } from '../../shared/api.ts'
import { confidence } from '../location/confidence.ts'
import { decidedBy } from '../location/standing.ts'
import type { TrackedItem } from './item.ts'
import { saidOf } from './reason.ts'
import { skuIn } from './sku.ts'
import { isFrozen } from './slot-view.ts'
import type { InventoryState } from './state.ts'

/** An item as the API tells it; undefined for one that was imported and never seen. */
export function viewItem(state: InventoryState, item: TrackedItem): Item | undefined {
  const { place } = item
  if (place === null) return undefined
  return {
    epc: item.epc,
    sku: skuIn(state, item),
    site: place.site,
    zone: place.zone,
    slot: place.slot,
    state: place.departed ? 'departed' : place.zone === null ? 'unknown' : 'present',
    since: iso(item.since),
    lastSeenAt: iso(item.lastSeenAt),
    readPoint: item.readPoint,
    confidence: itemConfidence(state, item),
    why: why(state, item),
  }
}

export function itemConfidence(state: InventoryState, item: TrackedItem): number {
  if (item.place === null || (item.place.zone === null && !item.place.departed)) return 0
  const { basis, count, at, sureness } = decidedBy(item)
  const slot = state.slotByPlace[item.place.id]
  return confidence({ basis, count, sureness, ageMs: state.now - at, frozen: slot !== undefined && isFrozen(slot) })
}

function why(state: InventoryState, item: TrackedItem): string {
  const { place, readPoint } = item
  if (place === null) return 'Never seen.'
  const { basis, count, at, sureness } = decidedBy(item)
  if ((basis === 'slot' || basis === 'scan') && place.slot === null) {
    return `Its slot is not on the map any more; ${readPoint} saw it last.`
  }
  const sentence = saidOf({ at, basis, place, readPoint, count, sureness })
  const slot = state.slotByPlace[place.id]
  return slot !== undefined && isFrozen(slot)
    ? `${sentence} No reader that covers the slot is heard now: this may be out of date.`
    : sentence
}
