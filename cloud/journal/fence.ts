import { close, type Intervals, missing } from '../../shared/intervals.ts'
import { batchLimits } from '../../shared/wire.ts'

/** A stretch of a batch that is new, sequence numbers inclusive. */
export interface NewPart {
  readonly from: number
  readonly to: number
  /** Numbers above it were closed before it. */
  readonly late: boolean
}

export interface Fenced {
  /** Ascending; empty when all of the batch was closed already. */
  readonly parts: readonly NewPart[]
  readonly closed: Intervals
}

/**
 * What of the batch `from`–`to` (inclusive) may enter the journal, and what is closed afterwards. `undefined`: it
 * would tear open more holes than an ack can tell of, so the sender must fill the oldest first. The batch that begins
 * right above the watermark never does that, so a sender can always go on.
 */
export function fence(intervals: Intervals, from: number, to: number): Fenced | undefined {
  const parts = missing(intervals, from, to).map(([low, high]) => ({
    from: low,
    to: high,
    late: intervals.ranges.some(([above]) => above > high),
  }))
  if (parts.length === 0) return { parts, closed: intervals }
  const closed = close(intervals, from, to)
  return closed.ranges.length > batchLimits.ranges ? undefined : { parts, closed }
}
