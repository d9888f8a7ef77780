import { iso, type SlotEvidence } from '../../shared/api.ts'
import type { Why } from '../../shared/why.ts'
import { slotExpiryMs, unhealthySince, wasHeard } from '../location/reader-health.ts'
import { isHeardAt } from '../location/recent.ts'
import { voicesHeard } from '../location/track.ts'
import type { TrackedItem } from './item.ts'
import { rivalPlace, trackNow, viewItem } from './item-view.ts'
import { inEnglish } from './reason.ts'
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
  const rule = ruleOf(slot)
  const changes = wouldChange(slot)
  return {
    slot: id,
    zone: slot.zone,
    state: slotStateOf(slot),
    asOf: slot.asOf === 0 ? null : iso(slot.asOf),
    confidence: slotConfidence(slot, state.now),
    rule: inEnglish([rule]),
    ruleCoded: [rule],
    wouldChange: changes.map((change) => inEnglish([change])),
    wouldChangeCoded: changes,
    readers: slot.readers.map(readerSaid),
    items: slot.items,
    here: here.slice(0, hereShown).flatMap((item) => {
      const seen = viewItem(state, item)
      if (seen === undefined) return []
      const { epc, sku, confidence, why, whyCoded, readPoint, lastSeenAt } = seen
      const usualDbm = usualDbmAt(state, item, slot.place)
      return [{ epc, sku, since: iso(item.since), confidence, why, whyCoded, readPoint, lastSeenAt, usualDbm }]
    }),
    maybe: maybe.map((item) => ({
      epc: item.epc,
      sku: skuIn(state, item),
      slot: item.place?.slot ?? null,
      zone: item.place?.zone ?? null,
    })),
    untagged: untagged.map(({ sku, quantity, at, by }) => ({ sku, quantity, countedAt: iso(at), by })),
  }
}

/** The rule of `slotStateOf` that decided. */
function ruleOf(slot: TrackedSlot): Why {
  const { items: tags, untagged, readers } = slot
  const frozen = isFrozen(slot)
  if (slotStateOf(slot) === 'unknown') {
    const isExpired = readers.length > 0 && readers.every(({ expired }) => expired)
    return isExpired ? { code: 'slot-expired', afterMs: slotExpiryMs } : { code: 'slot-never-heard' }
  }
  if (tags > 0 || untagged > 0) return { code: 'slot-holds', tags, untagged, frozen }
  const isWatched = readers.some(({ health }) => wasHeard(health))
  return { code: isWatched ? 'slot-watched-empty' : 'slot-counted-empty', frozen }
}

function wouldChange(slot: TrackedSlot): Why[] {
  const count: Why = { code: 'count-at-once' }
  if (slotStateOf(slot) === 'unknown') return [count, { code: 'read-of-its-antenna' }]
  return [
    count,
    { code: 'heard-better-here' },
    ...(slot.items > 0 ? [{ code: 'heard-better-elsewhere' } as const] : []),
    ...(slot.untagged > 0 ? [{ code: 'untagged-until-counted' } as const] : []),
    ...(slot.readers.length > 0 ? [{ code: 'readers-without-sign', afterMs: slotExpiryMs } as const] : []),
  ]
}

/** How strong the tag is usually heard in the slot, in tenths of a dBm. */
function usualDbmAt(state: InventoryState, item: TrackedItem, place: number): number | null {
  const voice = voicesHeard(trackNow(state, item)).find((one) => one.place === place)
  return voice === undefined ? null : Math.round(voice.usualDbm * 10) / 10
}

function readerSaid({ gateway, device, health, link }: TrackedReader): SlotEvidence['readers'][number] {
  if (!wasHeard(health)) return { gateway, reader: device, state: 'never', since: null }
  const silentSince = unhealthySince(health, link)
  const since = iso(silentSince ?? Math.max(health.at, health.signAt))
  return { gateway, reader: device, state: silentSince === undefined ? 'heard' : 'silent', since }
}
