import { type ItemEvidence, iso } from '../../shared/api.ts'
import type { Evidence } from '../location/evidence.ts'
import { findingOf, inOrder, isWord, sinceLastWord } from '../location/finding.ts'
import { defaultProfile as profile } from '../location/profile.ts'
import type { EvidenceRows } from './evidence-rows.ts'
import { ruleOf, wouldChange } from './finding-said.ts'
import type { TrackedItem } from './item.ts'
import type { Names } from './item-row.ts'
import { trackNow, unitAt } from './item-view.ts'
import { asEvidence } from './refold.ts'
import type { SiteState } from './site-state.ts'
import type { InventoryState } from './state.ts'

/** What is shown of it, at most: what an hour or a day ago was heard has long decayed. */
const weighedMs = 24 * 3_600_000
const weighedMost = 20_000
const shownMost = 50

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
  const finding = findingOf(trackNow(state, item), booked, state.ground, placeOf, state.judgedTo, profile)
  const { place, rival, since, heardAt, departure, voices } = finding
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
    rule: ruleOf(finding, profile, placeOf),
    wouldChange: [...wouldChange(finding, profile, state.ground, state.now)],
    heardAt: voices.map((voice) => {
      const at = state.places.byId(voice.place)
      return {
        zone: at?.zone ?? null,
        slot: at?.slot ?? null,
        usualDbm: Math.round(voice.usualDbm * 10) / 10,
        lead: Math.round((100 * voice.lead) / profile.lead) / 100,
      }
    }),
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
