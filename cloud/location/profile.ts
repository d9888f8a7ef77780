import type { ProfileSettings } from '../../shared/location-profile.ts'

/** How much it takes to believe the antennas; `ProfileSettings` says what each number means. */
export type Profile = { readonly [K in keyof ProfileSettings]-?: NonNullable<ProfileSettings[K]> }

/**
 * Holds for racks, gates and staging alike, because everything is measured in the tag's own reads: a tag that is read
 * ten times a second is believed in a second, one that is read every minute in a few minutes.
 */
export const defaultProfile: Profile = {
  appearReads: 2,
  appearWithinMs: 600_000,
  settleReads: 6,
  settleLead: 30,
  memoryReads: 10,
  memoryLeastMs: 2_000,
  memoryMostMs: 600_000,
  usualShare: 0.05,
  marginDb: 0,
  lead: 38,
  dwellMs: 1_000,
  clipDb: 8,
  silentDb: 4,
  absentGaps: 20,
  absentLeastMs: 60_000,
  unsureShare: 0.6,
}

/**
 * Where the mean gap between the reads of a tag begins, ms. One gap is no mean: a reader that starts, or that is told to look
 * at everything, reads each tag twice in seconds and then in rounds of minutes, and nothing has gone meanwhile.
 */
export function firstGapMs({ appearWithinMs }: Profile): number {
  return appearWithinMs / 10
}

/** The profiles of an item, one for each place. Asked with every read, so what was found is kept as a number for each place. */
export interface Profiles {
  /** Holds everywhere; undefined: it depends on the place. To look that up costs as much as a cache line from memory. */
  readonly only: Profile | undefined
  /** By id of the place: number of its profile in `found`, from 1; 0 and beyond the end: not asked for yet. */
  kinds: Uint16Array
  readonly found: Profile[]
  readonly decide: (place: number) => Profile
}

/** `decide` returns one and the same object for one and the same profile. */
export function openProfiles(decide: (place: number) => Profile): Profiles {
  return { only: undefined, kinds: new Uint16Array(64), found: [], decide }
}

export function profileAt(profiles: Profiles, place: number): Profile {
  return profiles.only ?? profiles.found[(profiles.kinds[place] ?? 0) - 1] ?? findProfile(profiles, place)
}

function findProfile(profiles: Profiles, place: number): Profile {
  const profile = profiles.decide(place)
  if (place >= profiles.kinds.length) {
    const more = new Uint16Array(2 * place)
    more.set(profiles.kinds)
    profiles.kinds = more
  }
  const known = profiles.found.indexOf(profile)
  profiles.kinds[place] = known === -1 ? profiles.found.push(profile) : known + 1
  return profile
}

/** One for all places. */
export function everywhere(profile: Profile): Profiles {
  return { ...openProfiles(() => profile), only: profile }
}
