import { type ItemEvidence, iso } from '../../shared/api.ts'
import type { Unhealthy } from '../location/absence.ts'
import { bases, type Evidence } from '../location/evidence.ts'
import { type Finding, findingOf, type Ground, inOrder, sinceLastWord } from '../location/finding.ts'
import type { Place } from '../location/place.ts'
import { defaultProfile } from '../location/profile.ts'
import { unhealthySince } from '../location/reader-health.ts'
import type { KeptEvidence } from './evidence-bytes.ts'
import type { EvidenceRows } from './evidence-rows.ts'
import { ruleOf, wouldChange } from './finding-said.ts'
import type { TrackedItem } from './item.ts'
import type { Names } from './item-row.ts'
import { stillOnMap } from './publish.ts'
import type { SiteState, TrackedReader } from './site-state.ts'
import type { InventoryState } from './state.ts'

/** What is weighed, at most: what an hour or a day ago was heard has long decayed. */
const weighedMs = 24 * 3_600_000
const weighedMost = 20_000
const shownMost = 50

/**
 * Where the kept evidence of the last day puts an item of this site, by which rule, and what would change that. The
 * evidence is weighed in the order of event time, so an answer does not depend on the order in which it came.
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
    .flatMap((one) => told(state, site, names, one) ?? [])
    .sort(inOrder)
  const weighed = sinceLastWord(all.slice(-weighedMost))
  const ground: Ground = {
    placeOf: (id) => state.places.byId(id),
    unhealthy: (place) => unhealthyOf(readersOf(site, weighed, place)),
  }
  const profile = defaultProfile
  const finding = findingOf(weighed, ground, state.now, profile)
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
    rule: ruleOf(finding, profile, ground),
    wouldChange: [...wouldChange(finding, profile, ground, state.now)],
    agrees: agrees(finding, item),
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

/** Evidence as it was, of this site, about places that are on the map. */
function told(state: InventoryState, site: SiteState, names: Names, kept: KeptEvidence): Evidence | undefined {
  const place = state.places.byId(kept.place)
  const basis = bases[kept.basis]
  if (place === undefined || place.site !== site.site || basis === undefined) return undefined
  return {
    at: kept.at,
    basis,
    place: stillOnMap(state, site, place),
    readPoint: names.nameOf(kept.readPoint),
    count: kept.count,
    sureness: kept.sureness / 1000,
    peakRssiDbm: kept.level === undefined ? undefined : kept.level / 100,
  }
}

/** Whether stock, which goes by the newest evidence, has it at the same place. */
function agrees({ state, place }: Finding, item: TrackedItem): boolean {
  if (state === 'departed') return item.place?.departed === true
  return (state === 'present' || state === 'guessed' || state === 'said') && item.place === place
}

/** The readers that heard it in the zone of the place: they are who would hear it now. */
function readersOf(site: SiteState, weighed: readonly Evidence[], { zoneKey }: Place): readonly TrackedReader[] {
  const heardBy = new Set(weighed.filter(({ place }) => place.zoneKey === zoneKey).map(({ readPoint }) => readPoint))
  const readers = new Set<TrackedReader>()
  for (const points of site.points.values()) {
    for (const [id, { reader }] of points) if (heardBy.has(id)) readers.add(reader)
  }
  return [...readers]
}

/**
 * When the silence of a tag proves nothing: while any of these cannot be believed. Only the last word on the health of
 * a reader is known, so a stretch ends when the last of them came back; a tag may be given more time than it needs,
 * never less.
 */
function unhealthyOf(readers: readonly TrackedReader[]): readonly Unhealthy[] {
  let backAt = 0
  let failedAt = Number.POSITIVE_INFINITY
  for (const { health, link } of readers) {
    const since = unhealthySince(health, link)
    if (since === undefined) backAt = Math.max(backAt, health.at, link.at)
    else failedAt = Math.min(failedAt, since)
  }
  const stretches = [{ from: 0, to: backAt }]
  if (failedAt < Number.POSITIVE_INFINITY) stretches.push({ from: failedAt, to: Number.POSITIVE_INFINITY })
  return stretches
}
