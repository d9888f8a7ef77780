import { firstGapMs, type Profile } from './profile.ts'

/** A stretch of time in which nothing that covers the place could be believed. Unix ms, `to` may be infinite. */
export interface Unhealthy {
  readonly from: number
  readonly to: number
}

/** A tag that is held to be gone: when it was read last, and when that was long enough ago. */
export interface Departure {
  readonly lastReadAt: number
  readonly decidedAt: number
}

/**
 * So long a tag may be silent before it is held to be gone, ms: a number of its own mean gaps, for reads are a sample
 * (SMURF, VLDB 2006), and a tag that is read in half of the rounds is not gone after three missed ones. At 20 gaps a
 * tag that lies there is called gone once in e²⁰ gaps. One whose gap is not known yet (0) is awaited by the first one.
 */
export function absenceMs(gapMs: number, profile: Profile): number {
  return Math.max(profile.absentLeastMs, Math.ceil(profile.absentGaps * (gapMs || firstGapMs(profile))))
}

/**
 * Whether a tag that was read last at `heardAt` is gone by `now`. A dead reader is not an empty shelf: while nothing
 * that covers the place is healthy nothing departs, and afterwards the tag has its whole time again to be read.
 * `unhealthy` in the order of their beginnings. Depends on instants alone, so that whoever asks later gets one answer.
 */
export function departureOf(
  heardAt: number,
  gapMs: number,
  unhealthy: readonly Unhealthy[],
  now: number,
  profile: Profile,
): Departure | undefined {
  const waitMs = absenceMs(gapMs, profile)
  let from = heardAt
  for (const stretch of unhealthy) {
    if (stretch.to <= from) continue
    if (stretch.from >= from + waitMs) break
    from = stretch.to
  }
  const decidedAt = from + waitMs
  return decidedAt <= now ? { lastReadAt: heardAt, decidedAt } : undefined
}
