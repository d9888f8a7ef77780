import { absenceMs, type Departure, departureOf, type Unhealthy } from './absence.ts'
import { type Profiles, profileAt } from './profile.ts'
import { type Geography, gapHeard, heardAt, isHeardThere, placeHeard, type Track } from './track.ts'

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
  const gapMs = gapHeard(track)
  if (place === 0) return undefined
  const profile = profileAt(profiles, place)
  if (now - heard < absenceMs(gapMs, profile)) return undefined
  if (!ground.isWatched(place) || !isHeardThere(track, ground)) return undefined
  return departureOf(heard, gapMs, ground.unhealthy(place), now, profile)
}
