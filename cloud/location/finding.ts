import type { Departure } from './absence.ts'
import { type Evidence, headStartMs } from './evidence.ts'
import { type Ground, gapAwaitedMs, lostBy } from './lose.ts'
import type { Place } from './place.ts'
import { type Profiles, profileAt } from './profile.ts'
import type { Word } from './recent.ts'
import {
  heardAt,
  isSettled,
  placeHeard,
  type Reading,
  readsHeard,
  rivalOf,
  type Track,
  type Voice,
  voicesHeard,
} from './track.ts'

/**
 * unknown: nothing speaks for any place. glimpsed: too few reads to believe that it is there. guessed: it is there, and
 * its place is the strongest of its first reads. present: sure. uncertain: one of two places. said: a person or a gate
 * said so, and no antenna has said otherwise. gone: silent for longer than it is used to be. departed: it went out.
 */
export type FindingState = 'unknown' | 'glimpsed' | 'guessed' | 'present' | 'uncertain' | 'said' | 'gone' | 'departed'

/** Where all that is known of a tag puts it, by the rules of docs/decisions/0007. */
export interface Finding {
  readonly state: FindingState
  /** Where it is; of a glimpsed one where it was glimpsed; of one that is gone where it was. null: nowhere. */
  readonly place: Place | null
  /** The other of the two. */
  readonly rival: Place | null
  /** Event time of what put it there, Unix ms; 0 = nothing did. */
  readonly since: number
  /** Of the newest read that counted, Unix ms; 0 = none. */
  readonly heardAt: number
  /** The time between reads that its silence is measured by, ms; 0 = not known. */
  readonly gapMs: number
  /** While it is not settled. */
  readonly reads: number
  readonly voices: readonly Voice[]
  /** The last word of somebody who knows, if the place still stands on it. */
  readonly word: Evidence | undefined
  /** When it was held to be gone, and after which read. */
  readonly departure: Departure | undefined
}

/** What stock holds of the tag, beside its track. */
export interface Booked {
  /** null: not there. */
  readonly place: Place | null
  readonly since: number
  /** Where it was seen last. */
  readonly seenPlace: Place | null
  readonly word: Evidence | undefined
  /** When silence was last long enough, and after which read. */
  readonly departure: Departure | undefined
}

/** What the track of a tag says of it as of `now`, in the words of people. */
export function findingOf(
  track: Track,
  booked: Booked,
  ground: Ground,
  placeOf: (id: number) => Place | undefined,
  now: number,
  profiles: Profiles,
): Finding {
  const voices = voicesHeard(track)
  const at = placeHeard(track)
  const rival = rivalOf(track, profileAt(profiles, at))
  const common = {
    rival: rival === at ? null : (placeOf(rival) ?? null),
    since: booked.since,
    heardAt: voices.length === 0 ? 0 : heardAt(track),
    gapMs: at === 0 ? 0 : gapAwaitedMs(track, profileAt(profiles, at)),
    reads: readsHeard(track),
    voices,
    word: booked.word,
  }
  const { place } = booked
  if (place?.departed === true) return { ...common, state: 'departed', place: null, departure: undefined }
  const departure = place === null ? booked.departure : lostBy(track, now, ground, profiles)
  if (place === null) {
    const glimpsed = voices[0] === undefined ? undefined : placeOf(voices[0].place)
    if (glimpsed !== undefined) return { ...common, state: 'glimpsed', place: glimpsed, departure: undefined }
    if (departure === undefined) return { ...common, state: 'unknown', place: null, departure }
    return { ...common, state: 'gone', place: booked.seenPlace, departure, heardAt: departure.lastReadAt }
  }
  const state =
    departure !== undefined
      ? 'gone'
      : common.rival !== null
        ? 'uncertain'
        : !isSettled(track)
          ? 'guessed'
          : booked.word !== undefined
            ? 'said'
            : 'present'
  return { ...common, state, place, departure }
}

/**
 * A person who scanned, a gate that decided, or the logistic unit that it is packed on: it counts for more than what
 * antennas said until then.
 */
export function isWord({ basis }: Pick<Evidence, 'basis'>): boolean {
  return basis === 'scan' || basis === 'pick' || basis === 'passage' || basis === 'carried'
}

/** What a track takes of it. A read at an antenna that is on no map says nothing of places. */
export function signOf({ at, basis, place, count, peakRssiDbm }: Evidence): Reading | Word | undefined {
  if (basis === 'unplaced') return undefined
  if (isWord({ basis })) {
    return { at, place: place.departed ? 0 : place.id, deafUntil: at + headStartMs(basis) }
  }
  return { at, place: place.id, reads: count, rssiDbm: peakRssiDbm }
}

/**
 * By event time, and then by what it says, so that one set of evidence has one order; a word comes after reads. The
 * newest readings of a track are kept in the same order (`recent.ts`).
 */
export function inOrder(a: Evidence, b: Evidence): number {
  return (
    a.at - b.at ||
    Number(isWord(a)) - Number(isWord(b)) ||
    compare(a.place.key, b.place.key) ||
    (isWord(a) ? headStartMs(a.basis) - headStartMs(b.basis) : a.count - b.count) ||
    (a.peakRssiDbm ?? 0) - (b.peakRssiDbm ?? 0) ||
    compare(a.readPoint, b.readPoint) ||
    compare(a.basis, b.basis) ||
    a.count - b.count ||
    a.sureness - b.sureness
  )
}

/** What still matters of evidence in order: what was said since the last word, and that. */
export function sinceLastWord(evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.slice(Math.max(0, evidence.findLastIndex(isWord)))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
