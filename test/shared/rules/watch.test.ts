import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ThresholdRule } from '../../../shared/rules/of-values.ts'
import { threshold } from '../../../shared/rules/threshold.ts'
import { unwatched, type Watch, watchLevel, watchTime } from '../../../shared/rules/watch.ts'

const warm: ThresholdRule = {
  id: 'warm',
  site: 'rtm',
  name: 'Cold room too warm',
  severity: 2,
  whatToDo: '',
  enabled: true,
  type: 'threshold',
  quantity: 'temperature',
  direction: 'above',
  limit: 8,
  clearAt: 7,
  onDelayMs: 60_000,
}
const cold: ThresholdRule = { ...warm, direction: 'below', limit: 2, clearAt: 3 }

function watchValue(watch: Watch, rule: ThresholdRule, at: number, value: number, trigger: string) {
  return watchLevel(watch, rule, at, value, threshold(rule, value), trigger)
}

/** Values at every 30 s → what turned when, as `raise@60`. */
function turns(rule: ThresholdRule, values: readonly number[]): readonly string[] {
  const watch = unwatched()
  return values.flatMap((value, index) => {
    const turn = watchValue(watch, rule, index * 30_000, value, String(index))
    return turn === undefined ? [] : [`${turn}@${index * 30}`]
  })
}

describe('threshold', () => {
  for (const [name, rule, values, expected] of [
    ['within', warm, [5, 6, 7, 8], []],
    ['beyond for less than the delay', warm, [9, 9, 6, 9, 9, 6], []],
    ['beyond for the delay', warm, [9, 9, 9, 9], ['raise@60']],
    ['between clear level and limit it goes on', warm, [9, 7.5, 7.5], ['raise@60']],
    ['it clears at the clear level, not at the limit', warm, [9, 9, 9, 7.5, 7], ['raise@60', 'clear@120']],
    ['below', cold, [1, 1, 1, 2.5, 3], ['raise@60', 'clear@120']],
    ['no delay', { ...warm, onDelayMs: 0 }, [9, 6, 9], ['raise@0', 'clear@30', 'raise@60']],
    ['a clear level beyond the limit is the limit', { ...warm, clearAt: 20 }, [9, 9, 9, 8], ['raise@60', 'clear@90']],
  ] as const) {
    test(name, () => expect(turns(rule, values)).toEqual(expected))
  }

  test('the delay runs out without a newer value', () => {
    const watch = unwatched()
    watchValue(watch, warm, 0, 9, 'first')
    expect(watchTime(watch, warm, 59_999)).toBeUndefined()
    expect(watchTime(watch, warm, 60_000)).toBe('raise')
    expect(watchTime(watch, warm, 61_000)).toBeUndefined()
  })

  test('noise of ±0.3 around the limit for a day is one raise and no clear', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { minLength: 2880, maxLength: 2880 }),
        (noise) => {
          const values = [9, 9, 9, ...noise.map((one) => 8 + one)]
          expect(turns(warm, values)).toEqual(['raise@60'])
          expect(turns(warm, [...values, 6])).toHaveLength(2)
        },
      ),
      { numRuns: 10 },
    )
  })
})
