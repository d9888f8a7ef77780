import { describe, expect, test } from 'vitest'
import { leapMs, notAhead, stepOf } from '../../../cloud/journal/time-step.ts'

const t0 = Date.UTC(2026, 10, 23, 8)

describe('how the clock came here', () => {
  for (const [name, before, now, expected] of [
    ['the first tick', 0, t0, 'on'],
    ['a second later', t0, t0 + 1000, 'on'],
    ['the same instant', t0, t0, 'on'],
    ['a slow minute', t0, t0 + leapMs, 'on'],
    ['a night off', t0, t0 + 8 * 3_600_000, 'leap'],
    ['a millisecond back', t0, t0 - 1, 'back'],
    ['a year back', t0, t0 - 365 * 86_400_000, 'back'],
  ] as const) {
    test(name, () => expect(stepOf(before, now)).toBe(expected))
  }
})

test('stamps ahead of the clock count as of now, those behind it stay', () => {
  expect([t0 - 1, t0, t0 + 1, t0 + 500].map((stamp) => notAhead(stamp, t0))).toEqual([t0 - 1, t0, t0, t0])
  expect(notAhead(t0 + 500, t0, 100)).toBe(t0 + 100)
})
