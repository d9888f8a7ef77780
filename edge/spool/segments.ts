import { countMissing, type Intervals } from '../../shared/intervals.ts'

/** What the spool decides from its segments: values in, values out. */
interface Extent {
  /** Sequence of the first record, and of the one after the last durable one. */
  readonly base: number
  readonly end: number
  readonly fileBytes: number
  readonly durableBytes: number
}

/** The segment that holds the durable record of this sequence. `segments` ascend without holes. */
export function segmentWith<Segment extends Extent>(
  segments: readonly Segment[],
  sequence: number,
): Segment | undefined {
  let low = 0
  let high = segments.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((segments[middle]?.base ?? 0) <= sequence) low = middle
    else high = middle - 1
  }
  const segment = segments[low]
  return segment !== undefined && sequence < segment.end && sequence >= segment.base ? segment : undefined
}

/** Index of the newest segment on disk. It stays, acknowledged or not: it knows which number comes next. */
export function lastDurable(segments: readonly Extent[]): number {
  return segments.findLastIndex((segment) => segment.durableBytes > 0)
}

/** How many segments at the head are closed whole, and beyond the tail that is kept for a restored server. */
export function trimmable(segments: readonly Extent[], closed: Intervals, keepAckedBytes: number): number {
  let closedBytes = 0
  let closedSegments = 0
  for (const segment of segments.slice(0, lastDurable(segments))) {
    if (segment.end - 1 > closed.committed) break
    closedBytes += segment.fileBytes
    closedSegments += 1
  }
  let count = 0
  while (count < closedSegments && closedBytes > keepAckedBytes) {
    closedBytes -= segments[count]?.fileBytes ?? 0
    count += 1
  }
  return count
}

/** Bytes of the files that hold records which are not closed, by the share of their numbers that is not. */
export function waitingBytesOf(segments: readonly Extent[], closed: Intervals): number {
  let bytes = 0
  for (const { base, end, fileBytes } of segments) {
    if (end > base) bytes += (fileBytes * countMissing(closed, base, end - 1)) / (end - base)
  }
  return Math.round(bytes)
}
