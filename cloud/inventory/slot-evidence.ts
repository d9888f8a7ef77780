import { iso, type SlotEvidence } from '../../shared/api.ts'
import { slotExpiryMs, unhealthySince, wasHeard } from '../location/reader-health.ts'
import { isHeardAt } from '../location/recent.ts'
import type { TrackedItem } from './item.ts'
import { itemConfidence, rivalPlace, viewItem } from './item-view.ts'
import type { TrackedReader, TrackedSlot } from './site-state.ts'
import { skuIn } from './sku.ts'
import { isFrozen, slotConfidence, slotStateOf } from './slot-view.ts'
import type { InventoryState } from './state.ts'

const hereShown = 100
const maybeShown = 20

/** Why a slot is held to be as it is, by the rules that stock goes by; undefined: it is not on the map. */
export function evidenceOfSlot(state: InventoryState, site: string, id: string): SlotEvidence | undefined {
  const slot = state.sites.get(site)?.slots.get(id)
  if (slot === undefined) return undefined
  const here: TrackedItem[] = []
  const maybe: TrackedItem[] = []
  for (const item of state.items) {
    if (item.place === null || item.place.site !== site || item.place.departed) continue
    if (item.place.id === slot.place) here.push(item)
    else if (
      maybe.length < maybeShown &&
      isHeardAt(state.tracks.of(item.id), slot.place) &&
      rivalPlace(state, item)?.id === slot.place
    )
      maybe.push(item)
  }
  here.sort((a, b) => b.since - a.since || (a.epc < b.epc ? -1 : 1))
  const untagged = state.untagged.in(site, id)
  return {
    slot: id,
    zone: slot.zone,
    state: slotStateOf(slot),
    asOf: slot.asOf === 0 ? null : iso(slot.asOf),
    confidence: slotConfidence(slot, state.now),
    rule: ruleOf(slot),
    wouldChange: wouldChange(slot),
    readers: slot.readers.map(readerSaid),
    items: slot.items,
    here: here.slice(0, hereShown).map((item) => ({
      epc: item.epc,
      sku: skuIn(state, item),
      since: iso(item.since),
      confidence: itemConfidence(state, item),
      why: viewItem(state, item)?.why ?? '',
    })),
    maybe: maybe.map((item) => ({
      epc: item.epc,
      sku: skuIn(state, item),
      slot: item.place?.slot ?? null,
      zone: item.place?.zone ?? null,
    })),
    untagged: untagged.map(({ sku, quantity, at, by }) => ({ sku, quantity, countedAt: iso(at), by })),
  }
}

/** One sentence: the rule of `slotStateOf` that decided. */
function ruleOf(slot: TrackedSlot): string {
  const { items, untagged, readers } = slot
  const state = slotStateOf(slot)
  const minutes = slotExpiryMs / 60_000
  if (state === 'unknown' && readers.length > 0 && readers.every(({ expired }) => expired))
    return `Nothing that covers it was heard for ${minutes} minutes: what it holds now nobody knows.`
  if (state === 'unknown') return 'No reader that covers it has been heard yet, and nobody has counted it.'
  const held = [
    ...(items === 0 ? [] : [`${items} ${items === 1 ? 'tag is' : 'tags are'} held to be there`]),
    ...(untagged === 0 ? [] : [`${untagged} without a tag were counted there`]),
  ]
  const what =
    held.length > 0
      ? held.join(', and ')
      : readers.some(({ health }) => wasHeard(health))
        ? 'No tag is held to be there, and a reader looks at it'
        : 'Somebody counted it, and nothing is held to be there'
  return isFrozen(slot) ? `${what}; no reader that covers it is heard now, so nothing departs.` : `${what}.`
}

function wouldChange(slot: TrackedSlot): string[] {
  const count = 'A count of the slot, at once.'
  if (slotStateOf(slot) === 'unknown') return [count, 'A read by an antenna that covers it.']
  const changes = [count, 'A tag that its antennas hear clearly better than where it was.']
  if (slot.items > 0)
    changes.push('Its tags are heard clearly better elsewhere, or silent for longer than they are used to be.')
  if (slot.untagged > 0) changes.push('Goods without tags: nothing but the next count.')
  if (slot.readers.length > 0) changes.push(`${slotExpiryMs / 60_000} minutes without a sign of its readers: unknown.`)
  return changes
}

function readerSaid({ gateway, device, health, link }: TrackedReader): SlotEvidence['readers'][number] {
  if (!wasHeard(health)) return { gateway, reader: device, state: 'never', since: null }
  const silentSince = unhealthySince(health, link)
  const since = iso(silentSince ?? Math.max(health.at, health.signAt))
  return { gateway, reader: device, state: silentSince === undefined ? 'heard' : 'silent', since }
}
