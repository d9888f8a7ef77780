import { describe, expect, test } from 'vitest'
import { lastDurable, segmentWith, trimmable, waitingBytesOf } from '../../../edge/spool/segments.ts'

/** Three files of 100 bytes on disk with records 1–10, 11–20 and 21–25, and one of which nothing is durable yet. */
const segments = [
  { base: 1, end: 11, fileBytes: 100, durableBytes: 90 },
  { base: 11, end: 21, fileBytes: 100, durableBytes: 90 },
  { base: 21, end: 26, fileBytes: 100, durableBytes: 50 },
  { base: 26, end: 26, fileBytes: 0, durableBytes: 0 },
]
const closedUpTo = (committed: number, ranges: readonly (readonly [number, number])[] = []) => ({ committed, ranges })

describe('segments of a spool', () => {
  test.each([
    [1, 1],
    [10, 1],
    [11, 11],
    [25, 21],
    [0, undefined],
    [26, undefined], // framed, not durable
    [99, undefined],
  ])('record %i is in the segment that begins with %s', (sequence, base) => {
    expect(segmentWith(segments, sequence)?.base).toBe(base)
  })

  test('the newest on disk is the last one that is durable', () => {
    expect(lastDurable(segments)).toBe(2)
    expect(lastDurable([])).toBe(-1)
  })

  test.each([
    ['nothing is closed', 0, 0, 0],
    ['its last record is open', 9, 0, 0],
    ['the first is closed whole', 10, 0, 1],
    ['it is kept for a restored server', 10, 100, 0],
    ['two are closed and one is kept', 20, 100, 1],
    ['all is closed: the newest on disk stays', 25, 0, 2],
  ])('%s', (_name, committed, keepAckedBytes, count) => {
    expect(trimmable(segments, closedUpTo(committed), keepAckedBytes)).toBe(count)
  })

  test('what waits is the share of each file that is not closed', () => {
    expect(waitingBytesOf(segments, closedUpTo(0))).toBe(300)
    expect(waitingBytesOf(segments, closedUpTo(15))).toBe(150)
    expect(waitingBytesOf(segments, closedUpTo(15, [[21, 25]]))).toBe(50)
    expect(waitingBytesOf(segments, closedUpTo(25))).toBe(0)
  })
})
