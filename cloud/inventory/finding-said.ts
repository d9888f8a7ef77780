import { absenceMs } from '../location/absence.ts'
import type { Finding } from '../location/finding.ts'
import type { Ground } from '../location/lose.ts'
import type { Place } from '../location/place.ts'
import type { Profile } from '../location/profile.ts'
import { saidOf } from './reason.ts'

/** One sentence: the rule by which this is where it is. */
export function ruleOf(finding: Finding, profile: Profile, placeOf: (id: number) => Place | undefined): string {
  const { state, place, rival, reads, word, departure, voices, gapMs } = finding
  const here = placeName(place)
  if (state === 'unknown') return 'Nothing that was heard of it in its last day speaks for a place.'
  if (state === 'glimpsed') {
    const wait = `it takes ${profile.appearReads} reads within ${said(profile.appearWithinMs)}`
    return `Read ${times(reads)} at ${here}, and not believed yet: ${wait}.`
  }
  if (state === 'departed' || state === 'said')
    return word === undefined ? '' : `${saidOf(word)} No read has overruled that.`
  if (state === 'gone' && departure !== undefined) {
    const usual = gapMs === 0 ? `It was read at ${here}` : `It used to be read every ${said(gapMs)} at ${here}`
    return `${usual}, and was silent for ${said(departure.decidedAt - departure.lastReadAt)} while a reader could hear it.`
  }
  if (state === 'guessed') {
    return `Heard most at ${here} in its first reads (${reads}); sure after ${profile.settleReads}, or as soon as it leads clearly.`
  }
  if (state === 'uncertain') {
    const lead = voices.find((voice) => placeOf(voice.place) === rival)?.lead ?? 0
    const share = lead === 0 ? 'was heard as well' : `has ${shareOf(lead, profile)} % of what it takes to win`
    return `It was at ${here}; ${placeName(rival)} ${share}.`
  }
  const against = Math.max(0, ...voices.map(({ lead }) => lead))
  return against === 0
    ? `Its reads speak for ${here}, and for no other place.`
    : `Its reads speak for ${here}; what speaks most against it has ${shareOf(against, profile)} % of what it takes to win.`
}

/** Sentences: what would make the answer another one. */
export function wouldChange(finding: Finding, profile: Profile, { unhealthy }: Ground, now: number): readonly string[] {
  const { state, place, rival, reads, heardAt, gapMs } = finding
  const here = placeName(place)
  const appear = (missing: number) =>
    `${missing === 1 ? 'One more read' : `${missing} reads`} within ${said(profile.appearWithinMs)}`
  if (state === 'glimpsed') {
    const isForgotten = now - heardAt > profile.appearWithinMs
    return [`${appear(isForgotten ? profile.appearReads : profile.appearReads - reads)} would make it present.`]
  }
  if (state === 'unknown' || state === 'departed' || state === 'gone' || place === null) {
    return [`${appear(profile.appearReads)} would make it present.`]
  }
  const elsewhere = rival === null ? 'another place' : placeName(rival)
  const changes = [
    `Reads at ${elsewhere} above the middle of both usual levels, or weaker ones at ${here}, until the excess is ` +
      `${profile.lead} dB × reads: it would be at ${elsewhere}.`,
    'A scan, a count or a passage through a gate, at once.',
  ]
  if (heardAt === 0) return changes
  const silence = said(absenceMs(gapMs, profile))
  const isFrozen = unhealthy(place.id).some(({ from, to }) => from <= now && now < to)
  changes.push(
    isFrozen
      ? `No reader that covers ${here} can be believed: silence changes nothing until one is back.`
      : `${silence} without a read: it would be gone.`,
  )
  return changes
}

function placeName(place: Place | null): string {
  if (place === null) return '?'
  return place.slot === null ? `zone ${place.zone ?? '?'}` : `slot ${place.slot}`
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function shareOf(lead: number, profile: Profile): number {
  return Math.round((100 * lead) / profile.lead)
}

/** 0.4 s, 12 s, 5 min, 3 h. */
function said(ms: number): string {
  if (ms < 1000) return `${Math.round(ms / 100) / 10} s`
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}
