import { type Departure, departureOf, type Unhealthy } from './absence.ts'
import { type Evidence, headStartMs } from './evidence.ts'
import type { Place } from './place.ts'
import type { Profile } from './profile.ts'
import {
  type Geography,
  gapHeard,
  hear,
  heardAt,
  isSettled,
  place,
  placeHeard,
  readsHeard,
  rivalOf,
  sinceHeard,
  trackCells,
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
  /** Its own mean time between reads, ms; 0 = not known. */
  readonly gapMs: number
  /** While it is not settled. */
  readonly reads: number
  readonly voices: readonly Voice[]
  /** The last word of somebody who knows, if the place still stands on it. */
  readonly word: Evidence | undefined
  /** When it was held to be gone, and after which read. */
  readonly departure: Departure | undefined
}

/** What the map and the readers say of places. */
export interface Ground {
  placeOf(id: number): Place | undefined
  /** When nothing that covers the place could be believed, in the order of their beginnings. */
  unhealthy(place: Place): readonly Unhealthy[]
}

/**
 * Weighs all evidence of one tag, in the order of `inOrder`, as of `now`. The answer depends on the evidence alone and
 * not on when it came.
 */
export function findingOf(evidence: readonly Evidence[], ground: Ground, now: number, profile: Profile): Finding {
  const track = { cells: new Float64Array(trackCells), start: 0 }
  const geography: Geography = {
    zoneOf: (id) => ground.placeOf(id)?.zoneKey ?? '',
    isSlot: (id) => ground.placeOf(id)?.slot != null,
  }
  let word: Evidence | undefined
  for (const one of evidence) {
    const { at, basis } = one
    if (isWord(one)) {
      place(track, at, one.place.departed ? 0 : one.place.id, at + headStartMs(basis))
      word = one
    } else if (basis !== 'unplaced') {
      const before = placeHeard(track)
      const reading = { at, place: one.place.id, reads: one.count, rssiDbm: one.peakRssiDbm }
      if (hear(track, reading, geography, profile) !== before) word = undefined
    }
  }
  const placed = ground.placeOf(placeHeard(track)) ?? null
  const voices = voicesHeard(track)
  const rival = rivalOf(track, profile)
  const departure =
    placed === null || voices.length === 0 // a word stands without any read
      ? undefined
      : departureOf(heardAt(track), gapHeard(track), ground.unhealthy(placed), now, profile)
  const finding = {
    rival: rival === placeHeard(track) ? null : (ground.placeOf(rival) ?? null),
    since: placed === null ? (word?.at ?? 0) : sinceHeard(track),
    heardAt: voices.length === 0 ? 0 : heardAt(track),
    gapMs: gapHeard(track),
    reads: readsHeard(track),
    voices,
    word,
    departure,
  }
  if (placed === null) {
    const glimpsed = voices[0]
    if (glimpsed !== undefined) return { ...finding, state: 'glimpsed', place: ground.placeOf(glimpsed.place) ?? null }
    return { ...finding, state: word === undefined ? 'unknown' : 'departed', place: null }
  }
  const state =
    departure !== undefined
      ? 'gone'
      : finding.rival !== null
        ? 'uncertain'
        : !isSettled(track)
          ? 'guessed'
          : word !== undefined
            ? 'said'
            : 'present'
  return { ...finding, state, place: placed }
}

/** A person who scanned, or a gate that decided: it counts for more than what antennas said until then. */
export function isWord({ basis }: Evidence): boolean {
  return basis === 'scan' || basis === 'pick' || basis === 'passage'
}

/** By event time, and then by what it says, so that one set of evidence has one order; a word comes after reads. */
export function inOrder(a: Evidence, b: Evidence): number {
  return (
    a.at - b.at ||
    Number(isWord(a)) - Number(isWord(b)) ||
    compare(a.place.key, b.place.key) ||
    compare(a.readPoint, b.readPoint) ||
    compare(a.basis, b.basis) ||
    a.count - b.count ||
    (a.peakRssiDbm ?? 0) - (b.peakRssiDbm ?? 0) ||
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
