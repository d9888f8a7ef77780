import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AntennaRate, nextSlice, noRate, type RateChange } from '../../../edge/supervision/antenna-rate.ts'

const times = (count: number, reads: number) => Array<number>(count).fill(reads)

/** Runs slices; answers what changed, and in which slice. */
function run(slices: readonly number[]) {
  let rate: AntennaRate = noRate
  const changes: [slice: number, to: RateChange['to']][] = []
  slices.forEach((reads, slice) => {
    const next = nextSlice(rate, reads)
    rate = next.rate
    if (next.change !== undefined) changes.push([slice, next.change.to])
  })
  return { rate, changes }
}

for (const [name, slices, expected] of [
  ['a shelf that goes on', times(200, 240), []],
  ['a cable that comes off', [...times(60, 240), ...times(3, 0)], [[62, 'collapsed']]],
  ['two minutes are not enough', [...times(60, 240), 0, 0, 240, 0, 0, 240], []],
  ['a fall to a quarter is work, not damage', [...times(60, 240), ...times(30, 60)], []],
  ['a fall to a sixth', [...times(60, 240), ...times(3, 40)], [[62, 'collapsed']]],
  [
    'and back',
    [...times(60, 240), ...times(10, 0), 130, 130],
    [
      [62, 'collapsed'],
      [71, 'recovered'],
    ],
  ],
  ['one good minute is no recovery', [...times(60, 240), ...times(10, 0), 240, 0, 240], [[62, 'collapsed']]],
  ['known for less than half an hour', [...times(20, 240), ...times(10, 0)], []],
  ['a gate: a passage now and then', Array.from({ length: 300 }, (_, i) => (i % 4 === 0 ? 500 : 0)), []],
  ['three tags that answer seldom', [...times(100, 9), ...times(30, 0)], []],
  [
    'goods that were taken away are usual after six hours',
    [...times(60, 240), ...times(400, 5)],
    [
      [62, 'collapsed'],
      [422, 'accepted'],
    ],
  ],
] as const) {
  test(name, () => expect(run(slices).changes).toEqual(expected))
}

test('the change tells the rate and what was usual', () => {
  const { rate } = run([...times(60, 240), 12, 12])
  expect(nextSlice(rate, 12).change).toEqual({ to: 'collapsed', reads: 12, usual: 240 })
})

test('a rate that never falls below a fifth of its least median is never called collapsed', () => {
  const steady = fc.array(fc.integer({ min: 100, max: 500 }), { maxLength: 300 })
  fc.assert(
    fc.property(steady, (slices) => {
      expect(run(slices).changes).toEqual([])
    }),
  )
})

test('collapsed and its end alternate, and memory is bounded', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 80 })), { maxLength: 20 }), (parts) => {
      const { rate, changes } = run(parts.flatMap(([reads, count]) => times(count, reads)))
      expect(rate.history.length).toBeLessThanOrEqual(60)
      changes.forEach(([, to], i) => {
        expect(to === 'collapsed').toBe(i % 2 === 0)
      })
    }),
  )
})
