import { type ItemEvidence, iso } from '../../shared/api.ts'
import type { Evidence } from '../location/evidence.ts'
import { findingOf, inOrder, isWord, sinceLastWord } from '../location/finding.ts'
import { levelsOf, type NearSlot, nearestSlots } from '../location/nearest.ts'
import type { Place } from '../location/place.ts'
import type { EvidenceRows } from './evidence-rows.ts'
import { ruleOf, wouldChange } from './finding-said.ts'
import type { TrackedItem } from './item.ts'
import type { Names } from './item-row.ts'
import { profileOf, trackNow, unitAt } from './item-view.ts'
import { inEnglish } from './reason.ts'
import { asEvidence } from './refold.ts'
import type { SiteState } from './site-state.ts'
import type { InventoryState } from './state.ts'

/** What is shown of it, at most: what an hour or a day ago was heard has long decayed. */
const weighedMs = 24 * 3_600_000
const weighedMost = 20_000
const shownMost = 50
/** So long before its last read a tag is compared with reference tags: longer than shadows last. */
const comparedMs = 600_000
/** Reference tags of one zone, at most: an answer is due in a second. */
const comparedMost = 100

/**
 * Where an item of this site is, by which rule, what would change that, and the kept evidence of its last day that it
 * stands on. It is what stock says: both come from the track of the item.
 */
export function evidenceOfItem(
  state: InventoryState,
  kept: EvidenceRows,
  names: Names,
  site: SiteState,
  item: TrackedItem,
): ItemEvidence {
  const all = kept
    .of(item.id, item.lastSeenAt - weighedMs, item.lastSeenAt, weighedMost)
    .flatMap((one) => asEvidence(state, names, one))
    .filter(({ place }) => place.site === site.site)
    .sort(inOrder)
  const weighed = sinceLastWord(all.slice(-weighedMost))
  const booked = {
    place: item.place,
    since: item.place === null && item.lostAt === 0 ? 0 : item.since,
    seenPlace: item.seenPlace,
    word: wordOf(item, weighed[0], unitAt(state, item, item.decidedAt)),
    departure: item.lostAt === 0 ? undefined : { lastReadAt: item.lastSeenAt, decidedAt: item.lostAt },
  }
  const placeOf = (id: number) => state.places.byId(id)
  const finding = findingOf(
    trackNow(state, item),
    booked,
    state.ground,
    placeOf,
    state.judgedTo,
    state.profiles.of(item),
  )
  const profile = profileOf(state, item)
  const { place, rival, since, heardAt, departure, voices } = finding
  const rule = ruleOf(finding, profile, placeOf)
  const changes = wouldChange(finding, profile, state.ground, state.now)
  return {
    epc: item.epc,
    site: site.site,
    state: finding.state,
    zone: place?.zone ?? null,
    slot: place?.slot ?? null,
    rival: rival === null ? null : { zone: rival.zone, slot: rival.slot },
    since: since === 0 ? null : iso(since),
    lastReadAt: heardAt === 0 ? null : iso(heardAt),
    goneSince: departure === undefined ? null : iso(departure.decidedAt),
    rule: inEnglish(rule),
    ruleCoded: rule,
    wouldChange: changes.map((change) => inEnglish([change])),
    wouldChangeCoded: changes,
    heardAt: voices.map((voice) => {
      const at = state.places.byId(voice.place)
      return {
        zone: at?.zone ?? null,
        slot: at?.slot ?? null,
        usualDbm: Math.round(voice.usualDbm * 10) / 10,
        lead: Math.round((100 * voice.lead) / profile.lead) / 100,
      }
    }),
    nearSlots: nearSlotsOf(state, kept, names, site, place, weighed).map(({ slot, share }) => ({
      slot,
      share: Math.round(share * 100) / 100,
    })),
    weighed: weighed.length,
    from: weighed[0] === undefined ? null : iso(weighed[0].at),
    reads: weighed
      .slice(-shownMost)
      .reverse()
      .map((one) => ({
        at: iso(one.at),
        readPoint: one.readPoint,
        basis: one.basis,
        zone: one.place.zone,
        slot: one.place.slot,
        count: one.count,
        peakRssiDbm: one.peakRssiDbm ?? null,
      })),
  }
}

/** Where only the zone is known, the reference tags of its slots tell which it may be. They tell; stock does not count by it. */
function nearSlotsOf(
  state: InventoryState,
  kept: EvidenceRows,
  names: Names,
  site: SiteState,
  place: Place | null,
  weighed: readonly Evidence[],
): readonly NearSlot[] {
  const to = weighed.at(-1)?.at
  if (place === null || place.zone === null || place.slot !== null || to === undefined) return []
  const levelsIn = (evidence: readonly Evidence[]) => levelsOf(evidence.filter(({ at }) => at > to - comparedMs))
  const references = (site.index?.map.slots ?? [])
    .filter(({ zone }) => zone === place.zone)
    .flatMap(({ id, referenceTags = [] }) => referenceTags.map((epc) => ({ slot: id, tag: state.byEpc.get(epc) })))
    .slice(0, comparedMost)
    .flatMap(({ slot, tag }) => {
      if (tag === undefined) return []
      const heard = kept.of(tag.id, to - comparedMs, to, weighedMost).flatMap((one) => asEvidence(state, names, one))
      const onSite = heard.filter((one) => one.place.site === site.site)
      return [{ slot, levels: levelsIn(onSite.sort(inOrder)) }]
    })
  return nearestSlots(levelsIn(weighed), references)
}

/** The last word on it, if its place still stands on that. */
function wordOf(
  { basis, place, decidedAt, readPoint, count, sureness }: TrackedItem,
  said: Evidence | undefined,
  carriedBy: string | undefined,
): Evidence | undefined {
  if (place === null || !isWord({ basis })) return undefined
  if (said !== undefined && said.basis === basis && said.at === decidedAt) return said
  return { at: decidedAt, basis, place, readPoint, count, sureness, carriedBy }
}
