import { absenceMs, type Departure, departureOf, type Unhealthy } from './absence.ts'
import { firstGapMs, type Profile, type Profiles, profileAt } from './profile.ts'
import {
  type Geography,
  gapHeard,
  heardAt,
  isHeardThere,
  placeHeard,
  readsThere,
  sinceHeard,
  type Track,
} from './track.ts'

/** What the map and the health of readers say of places, by id. */
export interface Ground extends Geography {
  /** Antennas look at what lies there. A gate does not: silence before it says nothing. */
  isWatched(place: number): boolean
  /** When nothing that covers the place could be believed, in the order of their beginnings. */
  unhealthy(place: number): readonly Unhealthy[]
}

/**
 * Whether the tag was silent for too long, by `now`. Only one that antennas heard where it is can fall silent: what a
 * person or a gate said stands without any read.
 */
export function lostBy(track: Track, now: number, ground: Ground, profiles: Profiles): Departure | undefined {
  const place = placeHeard(track)
  const heard = heardAt(track)
  if (place === 0) return undefined
  const profile = profileAt(profiles, place)
  // What is awaited is no less, and asked for only where it matters: this is asked of every item, again and again.
  if (now - heard < absenceMs(gapHeard(track), profile)) return undefined
  if (!ground.isWatched(place) || !isHeardThere(track, ground)) return undefined
  return departureOf(heard, gapAwaitedMs(track, profile), ground.unhealthy(place), now, profile)
}

/** After so many reads where it lies a tag has shown its rhythm. A reader that looks closely at what is new reads it fewer times. */
const rhythmReads = 25

/**
 * The gap between two reads that its silence is measured by, ms; 0 = not known. A reader looks at what is new again and
 * again, and then comes by in rounds of minutes: the mean of the last gaps would know the first of that alone, and the
 * next round would come too late. So until its reads there are many, the mean of its whole stay counts if it
 * is longer, and at the beginning of the stay no less than is awaited of a tag whose gap is not known.
 */
export function gapAwaitedMs(track: Track, profile: Profile): number {
  const gapMs = gapHeard(track)
  const reads = readsThere(track)
  if (reads === 0 || reads >= rhythmReads) return gapMs
  const stayMs = heardAt(track) - sinceHeard(track)
  return Math.max(gapMs, stayMs < profile.appearWithinMs ? firstGapMs(profile) : stayMs / reads)
}
