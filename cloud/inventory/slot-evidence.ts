import { iso, type SlotEvidence } from '../../shared/api.ts'
import type { Why } from '../../shared/why.ts'
import type { Evidence } from '../location/evidence.ts'
import { isWord } from '../location/finding.ts'
import { slotExpiryMs, unhealthySince, wasHeard } from '../location/reader-health.ts'
import { isHeardAt } from '../location/recent.ts'
import type { EvidenceRows } from './evidence-rows.ts'
import type { TrackedItem } from './item.ts'
import type { Names } from './item-row.ts'
import { rivalPlace, viewItem } from './item-view.ts'
import { inEnglish } from './reason.ts'
import { asEvidence } from './refold.ts'
import type { TrackedReader, TrackedSlot } from './site-state.ts'
import { skuIn } from './sku.ts'
import { isFrozen, slotConfidence, slotStateOf } from './slot-view.ts'
import type { InventoryState } from './state.ts'

const hereShown = 100
const maybeShown = 20
/** What was heard of them is looked up in the file. */
const heardShown = 12
const heardWithinMs = 3_600_000

interface Kept {
  readonly evidence: EvidenceRows
  readonly names: Names
}

/** Why a slot is held to be as it is, by the rules that stock goes by; undefined: it is not on the map. */
export function evidenceOfSlot(state: InventoryState, kept: Kept, site: string, id: string): SlotEvidence | undefined {
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
  const heard = heardIn(state, kept, slot.place, here.slice(0, heardShown))
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
      const { epc, sku, confidence, why, whyCoded, lastSeenAt } = seen
      const since = iso(item.since)
      return [{ epc, sku, since, confidence, why, whyCoded, lastSeenAt, heard: heard.get(item.id) ?? null }]
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

type Heard = SlotEvidence['here'][number]['heard']

/** The newest read of each in the slot, where that is no older than an hour. */
function heardIn(
  state: InventoryState,
  { evidence, names }: Kept,
  place: number,
  items: readonly TrackedItem[],
): ReadonlyMap<number, Heard> {
  const from = new Map(
    items.flatMap(({ id, decidedAt }) => (decidedAt > state.now - heardWithinMs ? [[id, decidedAt] as const] : [])),
  )
  const found = new Map<number, Heard>()
  for (const [id, pieces] of evidence.ofSome(from)) {
    const newest = pieces
      .flatMap((piece) => asEvidence(state, names, piece))
      .filter((one) => one.place.id === place && !isWord(one))
      .reduce<Evidence | undefined>((best, one) => (best === undefined || one.at > best.at ? one : best), undefined)
    if (newest === undefined) continue
    const { at, readPoint, count, peakRssiDbm = null } = newest
    found.set(id, { at: iso(at), readPoint, count, peakRssiDbm })
  }
  return found
}

function readerSaid({ gateway, device, health, link }: TrackedReader): SlotEvidence['readers'][number] {
  if (!wasHeard(health)) return { gateway, reader: device, state: 'never', since: null }
  const silentSince = unhealthySince(health, link)
  const since = iso(silentSince ?? Math.max(health.at, health.signAt))
  return { gateway, reader: device, state: silentSince === undefined ? 'heard' : 'silent', since }
}
