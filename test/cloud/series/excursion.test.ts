import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openExcursion, pooledExcursion } from '../../../cloud/series/excursion.ts'
import { silences } from '../../../cloud/series/gaps.ts'
import { kineticOf, meanKineticCelsius } from '../../../cloud/series/summary.ts'

const minute = 60_000

function judged(values: readonly (readonly [minute: number, celsius: number])[], toMinute: number, fromMinute = 0) {
  const range = { fromMs: fromMinute * minute, toMs: toMinute * minute, holdMs: 15 * minute }
  const found = openExcursion({ low: 2, high: 8 }, true, range)
  for (const [at, value] of values) found.add(at * minute, value)
  return found.take()
}

test.each([
  [
    'within its limits',
    [
      [0, 5],
      [10, 8],
      [20, 2],
    ],
    30,
    { knownMs: 30, aboveMs: 0, belowMs: 0, above: 0, below: 0 },
  ],
  [
    'an hour two degrees too warm',
    Array.from({ length: 60 }, (_, i) => [i, 10] as const),
    60,
    { knownMs: 60, aboveMs: 60, belowMs: 0, above: 120, below: 0 },
  ],
  [
    'too cold for ten minutes',
    [
      [0, 5],
      [10, 1.5],
      [20, 5],
    ],
    25,
    { knownMs: 25, aboveMs: 0, belowMs: 10, above: 0, below: 5 },
  ],
  [
    'silence is not known to be good or bad',
    [
      [0, 9],
      [120, 5],
    ],
    130,
    { knownMs: 25, aboveMs: 15, belowMs: 0, above: 15, below: 0 },
  ],
  [
    'one value holds to the end of the range at most',
    [[0, 9]],
    5,
    { knownMs: 5, aboveMs: 5, belowMs: 0, above: 5, below: 0 },
  ],
] as const)('%s', (_name, values, toMinute, { knownMs, aboveMs, belowMs, above, below }) => {
  const found = judged(values, toMinute)
  expect(found).toMatchObject({ knownMs: knownMs * minute, aboveMs: aboveMs * minute, belowMs: belowMs * minute })
  expect(found?.degreeMinutesAbove).toBeCloseTo(above, 9)
  expect(found?.degreeMinutesBelow).toBeCloseTo(below, 9)
})

test.each([
  ['nothing', [], 0],
  ['only long before', [[0, 9]], 30],
] as const)('told %s: nothing known', (_name, values, fromMinute) => {
  expect(judged(values, 60, fromMinute)).toBeUndefined()
})

test('what was said before the range counts for as long as it holds in it', () => {
  const found = judged(
    [
      [0, 30],
      [5, 9],
      [18, 5],
    ],
    20,
    10,
  )
  expect(found).toMatchObject({ knownMs: 10 * minute, aboveMs: 8 * minute, degreeMinutesAbove: 8, min: 5, max: 9 })
})

test('two ranges end to end, pooled, come to what the whole does', () => {
  const said = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 120 }), fc.integer({ min: -10, max: 30 })), {
    selector: ([at]) => at,
    maxLength: 40,
  })
  fc.assert(
    fc.property(said, fc.integer({ min: 1, max: 119 }), (values, cut) => {
      const inOrder = values.toSorted(([a], [b]) => a - b)
      const parts = [judged(inOrder, cut), judged(inOrder, 120, cut)].filter((part) => part !== undefined)
      const [pooled, whole] = [pooledExcursion(parts), judged(inOrder, 120)]
      expect(pooled === undefined).toBe(whole === undefined)
      for (const [name, value] of Object.entries(whole ?? {}))
        expect(pooled?.[name as keyof typeof pooled], name).toBeCloseTo(Number(value), 6)
    }),
  )
})

test('who knows no mean kinetic temperature of a part knows none of the whole', () => {
  const part = openExcursion({ high: 60 }, false, { fromMs: 0, toMs: minute, holdMs: minute })
  part.add(0, 70)
  const humidity = part.take()
  expect(humidity).toMatchObject({ meanKineticCelsius: null, degreeMinutesAbove: 10 })
  expect(pooledExcursion(humidity === undefined ? [] : [humidity, humidity])).toMatchObject({
    meanKineticCelsius: null,
    degreeMinutesAbove: 20,
    max: 70,
  })
  expect(pooledExcursion([])).toBeUndefined()
})

test('mean kinetic temperature: steady is itself, and warmth counts more than cold', () => {
  for (const celsius of [-20, 0, 5, 25, 40]) expect(meanKineticCelsius(kineticOf(celsius))).toBeCloseTo(celsius, 9)
  // 12 h at 20 °C and 12 h at 30 °C: worked by hand from −ΔH/R / ln((e^(−ΔH/RT₁) + e^(−ΔH/RT₂)) / 2) with ΔH/R = 10,000 K.
  const [cool, warm] = [Math.exp(-10_000 / 293.15), Math.exp(-10_000 / 303.15)]
  const expected = -10_000 / Math.log((cool + warm) / 2) - 273.15
  expect(meanKineticCelsius((kineticOf(20) + kineticOf(30)) / 2)).toBeCloseTo(expected, 9)
  expect(expected).toBeGreaterThan(26)
  expect(expected).toBeLessThan(27)
})

test.each([
  ['a regular sensor', [0, 10, 20, 30], 40, null, []],
  ['a silence in the middle', [0, 10, 20, 60, 70], 80, null, [[30, 60]]],
  ['one missing value is no gap', [0, 10, 30, 40], 50, null, []],
  [
    'silent at the beginning and at the end',
    [30, 40, 50],
    100,
    null,
    [
      [0, 30],
      [60, 100],
    ],
  ],
  ['nothing at all', [], 100, 10, [[0, 100]]],
  ['buckets that are narrower than the interval', [0, 60, 120, 180], 240, 10, []],
  [
    'one bucket in a long range',
    [50],
    100,
    10,
    [
      [0, 50],
      [60, 100],
    ],
  ],
] as const)('gaps: %s', (_name, at, toMs, everyMs, expected) => {
  expect(silences(at, { fromMs: 0, toMs, everyMs }).map((gap) => [gap.fromMs, gap.toMs])).toEqual(expected)
})
