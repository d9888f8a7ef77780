import type { DeviceClock } from '../../decoders/reading.ts'

/**
 * A reader's clock beside our monotonic clock, which nobody can set: how far ours is ahead of it. The greeting is
 * stamped and sent at once, so it measures it. Reports and other events may have waited (in the reader, or on the way):
 * nothing comes before it was, so they prove at once that the reader's clock was set forward. That it was set back shows
 * only when, for a whole minute of reports that did not wait, not one was as fresh as they were before.
 */
export interface ReaderClock {
  readonly counts: DeviceClock['counts']
  /** Our monotonic time minus its stamp, ms; undefined until it has told the time. */
  readonly aheadMs: number | undefined
  /** Reports are as fresh as the greeting was: what the reader had kept for us is behind us. */
  readonly isLive: boolean
  /** The freshest report since then. */
  readonly since: { readonly startedMs: number; readonly aheadMs: number } | undefined
}

export const unknownClock: ReaderClock = { counts: 'utc', aheadMs: undefined, isLive: false, since: undefined }

const toleranceMs = 500
const watchedMs = 60_000
/** Below this there is no telling which of two clocks is right; as between gateway and server. */
const believedMs = 2_000

/** The greeting said what time it is for the reader. */
export function noteGreeting(counts: DeviceClock['counts'], stampMs: number, monotonicMs: number): ReaderClock {
  return { counts, aheadMs: monotonicMs - stampMs, isLive: false, since: undefined }
}

/** The newest stamp in a report or event that has just come, and was not kept waiting by us. */
export function noteStamp(clock: ReaderClock, stampMs: number, monotonicMs: number): ReaderClock {
  if (clock.aheadMs === undefined) return clock
  const aheadMs = monotonicMs - stampMs
  if (aheadMs < clock.aheadMs - toleranceMs) return { ...clock, aheadMs, isLive: true, since: undefined }
  const isLive = clock.isLive || aheadMs < clock.aheadMs + toleranceMs
  if (!isLive) return clock
  const since = {
    startedMs: clock.since?.startedMs ?? monotonicMs,
    aheadMs: Math.min(clock.since?.aheadMs ?? aheadMs, aheadMs),
  }
  if (monotonicMs - since.startedMs < watchedMs) return { ...clock, isLive, since }
  const wasSetBack = since.aheadMs > clock.aheadMs + toleranceMs
  return { ...clock, isLive, since: undefined, aheadMs: wasSetBack ? since.aheadMs : clock.aheadMs }
}

/** Reports wait from now on, through no fault of the reader: what was watched says nothing. */
export function noteHeldBack(clock: ReaderClock): ReaderClock {
  return { ...clock, since: undefined }
}

/**
 * What to add to the reader's stamps to be on our time. `wallMs`: our time at monotonic 0. What was told before stays
 * while it is right to half a second, so that not every flutter is news.
 */
export function offsetOf(clock: ReaderClock, wallMs: number, toldMs: number): number {
  if (clock.aheadMs === undefined) return 0
  const measuredMs = Math.round(wallMs + clock.aheadMs)
  if (toldMs !== 0 && Math.abs(measuredMs - toldMs) <= toleranceMs) return toldMs
  return clock.counts === 'utc' && Math.abs(measuredMs) <= believedMs ? 0 : measuredMs
}
