import fc from 'fast-check'
import { expect, test } from 'vitest'
import { close, countMissing, type Intervals, isClosed, missing, nothingClosed } from '../../shared/intervals.ts'

const most = 60
const range = fc
  .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 0, max: 12 }))
  .map(([from, more]) => [from, from + more] as const)
const ranges = fc.array(range, { maxLength: 30 })

/** Closes ranges in the intervals and in a plain set. */
function both(list: readonly (readonly [number, number])[]): { intervals: Intervals; set: Set<number> } {
  const set = new Set<number>()
  let intervals = nothingClosed
  for (const [from, to] of list) {
    intervals = close(intervals, from, to)
    for (let sequence = from; sequence <= to; sequence += 1) set.add(sequence)
  }
  return { intervals, set }
}

test('close and isClosed are a set of numbers', () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const { intervals, set } = both(list)
      for (let sequence = 1; sequence <= most + 20; sequence += 1) {
        expect(isClosed(intervals, sequence)).toBe(set.has(sequence))
      }
    }),
  )
})

test('the form is the only one: ascending, disjoint, nothing that touches', () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const { intervals } = both(list)
      let previous = intervals.committed
      for (const [from, to] of intervals.ranges) {
        expect(from).toBeGreaterThan(previous + 1)
        expect(to).toBeGreaterThanOrEqual(from)
        previous = to
      }
      expect(both([...list].reverse()).intervals).toEqual(intervals)
    }),
  )
})

test('missing is the complement, in as few ranges as can be', () => {
  fc.assert(
    fc.property(ranges, range, (list, [from, to]) => {
      const { intervals, set } = both(list)
      const expected: number[] = []
      for (let sequence = from; sequence <= to; sequence += 1) if (!set.has(sequence)) expected.push(sequence)
      const holes = missing(intervals, from, to)
      const found = holes.flatMap(([low, high]) => Array.from({ length: high - low + 1 }, (_, index) => low + index))
      expect(found).toEqual(expected)
      for (const [index, [low]] of holes.entries())
        if (index > 0) expect(low).toBeGreaterThan((holes[index - 1]?.[1] ?? 0) + 1)
    }),
  )
})

for (const [name, from, to, expected] of [
  ['an empty range changes nothing', 5, 4, nothingClosed],
  ['from the start', 1, 3, { committed: 3, ranges: [] }],
  ['a hole before it', 3, 4, { committed: 0, ranges: [[3, 4]] }],
] as const) {
  test(name, () => expect(close(nothingClosed, from, to)).toEqual(expected))
}

test('the count of what is missing is the length of its parts', () => {
  fc.assert(
    fc.property(ranges, range, (list, [from, to]) => {
      const { intervals, set } = both(list)
      const open = Array.from({ length: to - from + 1 }, (_, index) => from + index).filter((one) => !set.has(one))
      expect(countMissing(intervals, from, to)).toBe(open.length)
    }),
  )
})
