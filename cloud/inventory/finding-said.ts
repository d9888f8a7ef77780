import type { At, Why } from '../../shared/why.ts'
import { absenceMs } from '../location/absence.ts'
import type { Finding } from '../location/finding.ts'
import type { Ground } from '../location/lose.ts'
import type { Place } from '../location/place.ts'
import type { Profile } from '../location/profile.ts'
import { whyOf } from './reason.ts'

/** The rule by which this is where it is. */
export function ruleOf(finding: Finding, profile: Profile, placeOf: (id: number) => Place | undefined): Why[] {
  const { state, place, rival, reads, word, departure, voices, gapMs } = finding
  const at = atOf(place)
  if (state === 'unknown') return [{ code: 'nothing-heard' }]
  if (state === 'glimpsed') {
    return [{ code: 'glimpsed', times: reads, at, needs: profile.appearReads, withinMs: profile.appearWithinMs }]
  }
  if (state === 'departed' || state === 'said') {
    return word === undefined ? [] : [whyOf(word), { code: 'not-overruled' }]
  }
  if (state === 'gone' && departure !== undefined) {
    const silentMs = departure.decidedAt - departure.lastReadAt
    return [{ code: 'fell-silent', at, usualMs: gapMs === 0 ? null : gapMs, silentMs }]
  }
  if (state === 'guessed') return [{ code: 'first-reads', at, reads, sureAfter: profile.settleReads }]
  if (state === 'uncertain') {
    const lead = voices.find((voice) => placeOf(voice.place) === rival)?.lead ?? 0
    return [{ code: 'between', at, rival: atOf(rival), share: lead === 0 ? null : shareOf(lead, profile) }]
  }
  const against = Math.max(0, ...voices.map(({ lead }) => lead))
  return [{ code: 'reads-speak', at, against: shareOf(against, profile) }]
}

/** What would make the answer another one. */
export function wouldChange(finding: Finding, profile: Profile, { unhealthy }: Ground, now: number): Why[] {
  const { state, place, rival, reads, heardAt, gapMs } = finding
  const at = atOf(place)
  const withinMs = profile.appearWithinMs
  if (state === 'glimpsed') {
    const isForgotten = now - heardAt > withinMs
    return [
      {
        code: 'reads-make-present',
        reads: isForgotten ? profile.appearReads : profile.appearReads - reads,
        withinMs,
      },
    ]
  }
  if (state === 'unknown' || state === 'departed' || state === 'gone' || place === null) {
    return [{ code: 'reads-make-present', reads: profile.appearReads, withinMs }]
  }
  const elsewhere = rival === null ? null : atOf(rival)
  const changes: Why[] = [{ code: 'reads-elsewhere', at, elsewhere, excessDb: profile.lead }, { code: 'word-at-once' }]
  if (heardAt === 0) return changes
  const isFrozen = unhealthy(place.id).some(({ from, to }) => from <= now && now < to)
  changes.push(
    isFrozen ? { code: 'silence-says-nothing', at } : { code: 'silence-ends-it', silentMs: absenceMs(gapMs, profile) },
  )
  return changes
}

function atOf(place: Place | null): At {
  return { zone: place?.zone ?? null, slot: place?.slot ?? null }
}

/** In hundredths, as it is said. */
function shareOf(lead: number, profile: Profile): number {
  return Math.round((100 * lead) / profile.lead) / 100
}
