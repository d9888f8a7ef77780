/**
 * Which sequence numbers of one (gateway, epoch) are closed: everything up to `committed`, and `ranges` above it.
 * The cloud's cursor, the body of an ack, and what the edge has learnt from acks are all this one shape, so dedup
 * stays exact however batches overlap or overtake.
 */
export interface Intervals {
  /** Everything from 1 up to and including this is closed; 0 = nothing yet. */
  readonly committed: number
  /** Closed ranges above `committed`, ascending, disjoint, not touching each other nor `committed`. Inclusive. */
  readonly ranges: readonly (readonly [from: number, to: number])[]
}

export const nothingClosed: Intervals = { committed: 0, ranges: [] }

/** Adds `from`–`to` (inclusive). Closing what is closed changes nothing. */
export function close(intervals: Intervals, from: number, to: number): Intervals {
  if (to < from || to <= intervals.committed) return intervals
  let committed = intervals.committed
  let low = from
  let high = to
  const ranges: (readonly [number, number])[] = []
  let placed = false
  for (const range of intervals.ranges) {
    if (range[1] < low - 1) ranges.push(range)
    else if (range[0] > high + 1) {
      if (!placed) ranges.push([low, high])
      placed = true
      ranges.push(range)
    } else {
      low = Math.min(low, range[0])
      high = Math.max(high, range[1])
    }
  }
  if (!placed) ranges.push([low, high])
  const first = ranges[0]
  if (first !== undefined && first[0] <= committed + 1) {
    committed = Math.max(committed, first[1])
    ranges.shift()
  }
  return { committed, ranges }
}

/** The parts of `from`–`to` (inclusive) that are not closed, ascending. */
export function missing(intervals: Intervals, from: number, to: number): readonly (readonly [number, number])[] {
  const holes: (readonly [number, number])[] = []
  let next = Math.max(from, intervals.committed + 1)
  for (const [low, high] of intervals.ranges) {
    if (next > to) break
    if (high < next) continue
    if (low > next) holes.push([next, Math.min(low - 1, to)])
    next = Math.max(next, high + 1)
  }
  if (next <= to) holes.push([next, to])
  return holes
}

/** How many of `from`–`to` (inclusive) are not closed. */
export function countMissing(intervals: Intervals, from: number, to: number): number {
  return missing(intervals, from, to).reduce((sum, [low, high]) => sum + high - low + 1, 0)
}

export function isClosed(intervals: Intervals, sequence: number): boolean {
  return sequence <= intervals.committed || intervals.ranges.some(([low, high]) => sequence >= low && sequence <= high)
}
