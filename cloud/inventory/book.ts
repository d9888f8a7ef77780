import type { Place } from '../location/place.ts'
import { countsOf } from './site-day.ts'
import { type Changes, type Conclusion, type InventoryState, siteOf } from './state.ts'

/** Moves one item in the books of slots and sites. */
export function rebook(state: InventoryState, before: Place | null, after: Place | null, changes: Changes): void {
  if (before === after) return
  if (before !== null) add(state, before, -1, changes)
  if (after !== null) add(state, after, 1, changes)
}

/** Counts a conclusion in its day, or takes it out again. */
export function countConclusion(
  state: InventoryState,
  { kind, from, to, at }: Conclusion,
  by: 1 | -1,
  changes: Changes,
): void {
  const counted = countedAs(kind, from, to)
  if (counted === undefined || to === null) return
  const site = siteOf(state, to.site)
  countsOf(site.days, site.dayOf(at))[counted] += by
  changes.counters.add(site)
  changes.sites.add(site)
  if (from === null || from.departed || from.site === to.site) return
  const left = siteOf(state, from.site)
  countsOf(left.days, left.dayOf(at)).departed += by
  changes.counters.add(left)
  changes.sites.add(left)
}

/** Evidence about what lies in the slot is as new as this. */
export function touchSlot(state: InventoryState, place: Place, at: number, changes: Changes): void {
  const slot = state.slotByPlace[place.id]
  if (slot === undefined || at <= slot.asOf) return
  slot.asOf = at
  changes.slots.add(slot)
}

/**
 * What was found or lost is no traffic: counting it would make the first inventory of a site look like its busiest day.
 */
function countedAs(kind: Conclusion['kind'], from: Place | null, to: Place | null) {
  if (kind === 'arrived' || kind === 'moved' || kind === 'departed') return kind
  if (kind !== 'scanned' || from === null || to === null || from === to) return undefined
  if (to.departed) return 'departed'
  return from.departed || from.site !== to.site ? 'arrived' : 'moved'
}

function add(state: InventoryState, place: Place, by: number, changes: Changes): void {
  if (place.departed) return
  const site = siteOf(state, place.site)
  site.itemsOnSite += by
  changes.counters.add(site)
  const slot = state.slotByPlace[place.id]
  if (slot === undefined) return
  slot.items += by
  changes.slots.add(slot)
}
