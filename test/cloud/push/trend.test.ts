import { expect, test } from 'vitest'
import { noTrend, sampled } from '../../../cloud/push/trend.ts'
import type { SensorNow } from '../../../shared/board.ts'

const minute = 60_000
const counters = (arrivedToday: number) => ({
  itemsOnSite: 0,
  arrivedToday,
  departedToday: 2,
  movedToday: 3,
  tagReadsPerSecond: 0,
  misplaced: null,
  uncertain: 4,
})
const warm: SensorNow = { sensor: 't1', at: 0, values: { temperature: 9 }, outside: ['temperature'] }
const well: SensorNow = { sensor: 't2', at: 0, values: { temperature: 4 }, outside: [] }

test('one sample a minute, however often it is asked', () => {
  const first = sampled(noTrend, 5 * minute + 1, counters(1), [warm, well])
  expect(first).toEqual({
    at: [5 * minute],
    arrivedToday: [1],
    departedToday: [2],
    movedToday: [3],
    sensorsOutside: [1],
    misplaced: [null],
    uncertain: [4],
  })
  expect(sampled(first, 5 * minute + 59_999, counters(7), [])).toBe(first)
  expect(sampled(first, 6 * minute, counters(7), []).arrivedToday).toEqual([1, 7])
})

test('a clock that was set back adds nothing until it has caught up', () => {
  const first = sampled(noTrend, 5 * minute, counters(1), [])
  expect(sampled(first, 2 * minute, counters(9), [])).toBe(first)
})

test('two hours are kept, whatever happens', () => {
  let trend = noTrend
  for (let n = 1; n <= 500; n++) trend = sampled(trend, n * minute, counters(n), [])
  expect(Object.values(trend).map((column) => column.length)).toEqual(Array.from({ length: 7 }, () => 120))
  expect(trend.arrivedToday.at(-1)).toBe(500)
})
