import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joined, withNumbersOf, withoutClosed } from '../../../edge/spool/losses.ts'
import type { Gap } from '../../../shared/record.ts'

const gap = (fromSeq: number, toSeq: number, count = toSeq - fromSeq + 1): Gap => ({
  kind: 'gap',
  fromSeq,
  toSeq,
  fromAt: fromSeq,
  toAt: toSeq,
  count,
  reason: 'corrupt',
  class: 'unknown',
})

test('what the server has is cut out of a loss', () => {
  expect(
    withoutClosed([gap(1, 10), gap(20, 22)], {
      committed: 3,
      ranges: [
        [6, 7],
        [20, 30],
      ],
    }),
  ).toMatchObject([
    { fromSeq: 4, toSeq: 5, count: 2 },
    { fromSeq: 8, toSeq: 10, count: 3 },
  ])
})

test('only a gap whose count is its range stands for its numbers', () => {
  expect(withNumbersOf([gap(1, 3), gap(6, 9, 2)], { committed: 0, ranges: [] })).toEqual({ committed: 3, ranges: [] })
})

test('the closest neighbours are joined first, and the count kept', () => {
  expect(joined([gap(1, 2), gap(100, 100), gap(103, 104), gap(500, 500)], 3)).toMatchObject([
    gap(1, 2),
    { fromSeq: 100, toSeq: 104, fromAt: 100, toAt: 104, count: 3 },
    gap(500, 500),
  ])
})

test('however many are joined into however few, every lost number lies in one and the sum stays', () => {
  const gaps = fc
    .uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 60 })
    .map((starts) => starts.map((start) => gap(10 * start, 10 * start + (start % 9))))
  fc.assert(
    fc.property(gaps, fc.integer({ min: 0, max: 20 }), (before, most) => {
      const after = joined(before, most)
      expect(after.length).toBeLessThanOrEqual(Math.max(1, most))
      const sum = (list: readonly Gap[]) => list.reduce((total, { count }) => total + count, 0)
      expect(sum(after)).toBe(sum(before))
      for (const { fromSeq = 0, toSeq = 0 } of before) {
        expect(after.some((one) => (one.fromSeq ?? 0) <= fromSeq && toSeq <= (one.toSeq ?? 0))).toBe(true)
      }
    }),
  )
})
