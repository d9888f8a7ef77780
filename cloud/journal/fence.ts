import { close, type Intervals, missing } from '../../shared/intervals.ts'
import type { Gap } from '../../shared/record.ts'
import { batchLimits } from '../../shared/wire.ts'

/** A stretch of a batch that is new, sequence numbers inclusive. */
export interface NewPart {
  readonly from: number
  readonly to: number
  /** Numbers above it were closed before it. */
  readonly late: boolean
}

/**
 * What a gap record with this sequence number closes beside itself: its range, where nothing else stands in between
 * (docs/spool-format.md). A gap tells of the past, so it closes nothing after itself.
 */
export function closedByGap(intervals: Intervals, gap: Gap, sequence: number): Intervals {
  const { fromSeq, toSeq, count } = gap
  if (fromSeq === undefined || toSeq === undefined || toSeq >= sequence || count !== toSeq - fromSeq + 1)
    return intervals
  return close(intervals, fromSeq, toSeq)
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
  const bound = Math.max(batchLimits.ranges, intervals.ranges.length)
  return closed.ranges.length > bound ? undefined : { parts, closed }
}
