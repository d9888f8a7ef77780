import type { Clock } from '../../shared/clock.ts'

/** The clock that records are stamped by. */
export interface StampingClock extends Clock {
  /** The boot that stamps of now are marked with; undefined while they can be believed. Ask after `now()`. */
  readonly unsyncedIn?: string | undefined
  /** How often the line of time was changed: stamps before and after a change cannot be compared. */
  readonly steps?: number
}

/** What a record says about a stamp of ours. */
export interface Mark {
  readonly unsynced?: true
  readonly boot?: string
}

export function markOf(unsyncedIn: string | undefined): Mark {
  return unsyncedIn === undefined ? {} : { unsynced: true, boot: unsyncedIn }
}

/** The time of a record that we make now. */
export function stampOf(clock: StampingClock): { readonly at: number } & Mark {
  const at = clock.now() // looks first: the mark is of this very stamp
  return { at, ...markOf(clock.unsyncedIn) }
}
