import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, failuresAfter, lanBackoff } from '../../edge/backoff.ts'

for (const [failures, longest] of [
  [1, 500],
  [2, 1000],
  [3, 2000],
  [4, 4000],
  [5, 8000],
  [6, 8000],
  [10_000, 8000],
] as const) {
  test(`failure ${failures} waits at most ${longest} ms, by chance alone`, () => {
    expect(backoffMs(lanBackoff, failures, () => 1 - Number.EPSILON)).toBeCloseTo(longest, 0)
    expect(backoffMs(lanBackoff, failures, () => 0)).toBe(0)
  })
}

for (const [name, failures, lastedMs, expected] of [
  ['never up', 4, 0, 5],
  ['up, and dropped at once', 4, 100, 5],
  ['not quite healthy', 4, 59_999, 5],
  ['healthy for a minute', 4, 60_000, 1],
] as const) {
  test(`${name}: ${failures} → ${expected}`, () => expect(failuresAfter(lanBackoff, failures, lastedMs)).toBe(expected))
}

test('never beyond the bound', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, chance) => {
        const ms = backoffMs(lanBackoff, failures, () => chance)
        expect(ms >= 0 && ms <= lanBackoff.longestMs).toBe(true)
      },
    ),
  )
})
