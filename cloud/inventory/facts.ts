import type { Fact } from '../push/fact.ts'
import type { SiteState, TrackedSlot } from './site-state.ts'
import { slotStateOf } from './slot-view.ts'
import type { Changes, InventoryState } from './state.ts'

/** A slot that only was seen again is told once in this time, ms of event time. */
const retellMs = 1000

/** What changed, for the boards. */
export function factsOf(state: InventoryState, changes: Changes): readonly Fact[] {
  const facts: Fact[] = []
  for (const { index } of changes.maps) if (index !== undefined) facts.push({ type: 'map', map: index.map })
  for (const slot of changes.slots) {
    const site = state.places.byId(slot.place)?.site ?? ''
    if (state.slotByPlace[slot.place] === slot && isNews(slot)) facts.push(slotFact(site, slot))
  }
  for (const site of changes.counters)
    facts.push({ type: 'counters', site: site.site, counters: countersOf(site, state.now) })
  return facts
}

/** The whole present state. */
export function standingFacts(state: InventoryState): readonly Fact[] {
  const facts: Fact[] = []
  for (const site of state.sites.values()) {
    if (site.index === undefined) continue
    facts.push({ type: 'map', map: site.index.map })
    for (const slot of site.slots.values()) facts.push(slotFact(site.site, slot))
    facts.push({ type: 'counters', site: site.site, counters: countersOf(site, state.now) })
  }
  return facts
}

/** Today is the calendar day of the newest tick in the site's time zone. */
function countersOf(site: SiteState, now: number): Extract<Fact, { type: 'counters' }>['counters'] {
  const today = site.days.get(site.dayOf(now === 0 ? site.newestAt : now))
  return {
    itemsOnSite: site.itemsOnSite,
    arrivedToday: today?.arrived ?? 0,
    departedToday: today?.departed ?? 0,
    movedToday: today?.moved ?? 0,
    tagReadsPerSecond: Math.round(site.readsPerSecond * 10) / 10,
  }
}

function isNews(slot: TrackedSlot): boolean {
  const { told } = slot
  if (told === undefined || told.items !== slot.items || told.state !== slotStateOf(slot)) return true
  return slot.asOf - told.asOf >= retellMs
}

function slotFact(site: string, slot: TrackedSlot): Fact {
  const { items, asOf } = slot
  const state = slotStateOf(slot)
  slot.told = { state, items, asOf }
  return { type: 'slot', site, slot: slot.slot, state, items, asOf }
}
