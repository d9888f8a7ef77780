import { describe, expect, test } from 'vitest'
import { deviation } from '../../../cloud/alerts/conditions/deviation.ts'
import { exposure } from '../../../cloud/alerts/conditions/exposure.ts'
import { kinetic } from '../../../cloud/alerts/conditions/kinetic.ts'
import { rate } from '../../../cloud/alerts/conditions/rate.ts'
import { Rule } from '../../../shared/rule.ts'
import { band } from '../../../shared/rules/band.ts'
import type { ValueRule } from '../../../shared/rules/of-values.ts'
import { threshold } from '../../../shared/rules/threshold.ts'
import type { Level } from '../../../shared/rules/watch.ts'

const minute = 60_000
const common = { id: 'r', site: 'rtm', name: 'Rule', severity: 2, quantity: 'temperature' }

/** The rule as people write it, with its defaults. */
function rule<Type extends ValueRule['type']>(written: { readonly type: Type; readonly [key: string]: unknown }) {
  return Rule.parse({ ...common, ...written }) as Extract<ValueRule, { type: Type }>
}
const short = { beyond: '!', between: '-', within: '.' } as const
const said = (levels: readonly Level[]) => levels.map((level) => short[level]).join('')

/** Values every minute against a condition that remembers. */
function overTime(
  condition: (memory: number[], at: number, value: number) => Level,
  values: readonly number[],
  stepMs = minute,
): string {
  const memory: number[] = []
  return said(values.map((value, index) => condition(memory, index * stepMs, value)))
}

describe('threshold', () => {
  const above = rule({ type: 'threshold', direction: 'above', limit: 8, clearAt: 7 })
  const below = rule({ type: 'threshold', direction: 'below', limit: 2, clearAt: 3 })
  for (const [name, one, values, expected] of [
    ['above: beyond the limit, within at the clear level', above, [8, 8.1, 7.1, 7], '-!-.'],
    ['below, the other way round', below, [2, 1.9, 2.9, 3], '-!-.'],
    ['a clear level beyond the limit is the limit', { ...above, clearAt: 20 }, [8, 8.1], '.!'],
  ] as const) {
    test(name, () => expect(said(values.map((value) => threshold(one, value)))).toBe(expected))
  }
})

describe('band', () => {
  const cold = rule({ type: 'band', low: 2, high: 8, deadBand: 0.5 })
  test('outside on either side; inside again only by the dead band', () => {
    expect(said([5, 8, 8.1, 7.6, 7.5, 2, 1.9, 2.4, 2.5].map((value) => band(cold, value)))).toBe('.-!-.-!-.')
  })
})

describe('rate of change', () => {
  const within = { change: 3, withinMs: 10 * minute, deadBand: 1 }
  for (const [name, direction, values, expected] of [
    ['a door left open', 'rising', [2, 3, 4, 5, 5.5], '...-!'],
    ['slowly is no alarm', 'rising', Array.from({ length: 40 }, (_, n) => n * 0.15), '.'.repeat(40)],
    ['falling is another direction', 'rising', [8, 2], '..'],
    ['falling', 'falling', [8, 4.9], '.!'],
    ['either', 'either', [5, 8.1, 4], '.!!'],
    ['it is over when the jump is old', 'rising', [2, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6], '.!!!!!!!!!!.'],
  ] as const) {
    test(name, () => {
      const one = rule({ type: 'rate', direction, ...within })
      expect(overTime((memory, at, value) => rate(one, memory, at, value), values)).toBe(expected)
    })
  }

  test('what it remembers is bounded, however many values come', () => {
    const one = rule({ type: 'rate', ...within })
    const memory: number[] = []
    for (let at = 0; at < 3_600_000; at += 100) rate(one, memory, at, 5)
    expect(memory.length).toBeLessThanOrEqual(34)
  })
})

describe('deviation between sensors', () => {
  const one = rule({ type: 'deviation', zone: 'COLD', limit: 2, deadBand: 0.5, freshMs: 10 * minute })
  const at = 100 * minute
  for (const [name, others, value, expected] of [
    [
      'agrees',
      [
        [at, 4],
        [at, 5],
        [at, 6],
      ],
      6.5,
      '.',
    ],
    [
      'nearer than the limit, not by the dead band',
      [
        [at, 4],
        [at, 5],
        [at, 6],
      ],
      6.6,
      '-',
    ],
    [
      'the median, so that one broken neighbour proves nothing',
      [
        [at, 4],
        [at, 5],
        [at, 85],
      ],
      5,
      '.',
    ],
    [
      'of two the nearer one: a broken one proves nothing',
      [
        [at, 4],
        [at, 60],
      ],
      5,
      '.',
    ],
    ['too low is as wrong', [[at, 5]], 2.9, '!'],
    ['older values do not count', [[at - 11 * minute, 5]], 50, '.'],
    ['alone there is nothing to compare', [[]], 50, '.'],
  ] as const) {
    test(name, () => expect(short[deviation(one, others, at, value)]).toBe(expected))
  }
})

describe('degree-minutes', () => {
  const one = rule({ type: 'exposure', direction: 'above', limit: 8, degreeMinutes: 10 })
  for (const [name, values, expected] of [
    ['two degrees for more than five minutes', [10, 10, 10, 10, 10, 10, 10], '------!'],
    ['ten degrees: after more than a minute', [18, 18, 18], '--!'],
    ['back within the limit it begins anew', [10, 10, 10, 10, 8, 10, 10, 10], '----.---'],
    ['never beyond', [8, 8, 8], '...'],
  ] as const) {
    test(name, () => expect(overTime((memory, at, value) => exposure(one, memory, at, value), values)).toBe(expected))
  }

  test('a value holds for ten minutes: of the time after that nothing is known', () => {
    const values = overTime((memory, at, value) => exposure(one, memory, at, value), [8.5, 8.5, 8.5, 8.5], 60 * minute)
    expect(values).toBe('---!')
  })

  test('below', () => {
    const cold = rule({ type: 'exposure', direction: 'below', limit: 2, degreeMinutes: 3 })
    expect(overTime((memory, at, value) => exposure(cold, memory, at, value), [0, 0, 0, 2])).toBe('--!.')
  })
})

describe('mean kinetic temperature', () => {
  const one = rule({ type: 'kinetic', limit: 8, overMs: 24 * 60 * minute, deadBand: 0.5 })
  const hours = (count: number, celsius: number) => Array.from({ length: count * 6 }, () => celsius)
  const last = (values: readonly number[]) =>
    overTime((memory, at, value) => kinetic(one, memory, at, value), values, 10 * minute).at(-1)
  for (const [name, values, expected] of [
    ['a day at 5 °C', hours(24, 5), '.'],
    ['less than half of the day known', hours(11, 20), '-'],
    ['a day at 9 °C', hours(24, 9), '!'],
    ['warm hours weigh more than in the plain mean (7 °C)', [...hours(18, 4), ...hours(6, 16)], '!'],
    ['what is older than a day is forgotten', [...hours(24, 20), ...hours(25, 5)], '.'],
  ] as const) {
    test(name, () => expect(last(values)).toBe(expected))
  }
})

describe('rules that make no sense', () => {
  for (const [name, written] of [
    ['severity 1 without a word on what to do', { type: 'gap', severity: 1 }],
    ['a band without room', { type: 'band', low: 2, high: 2 }],
    ['a dead band that leaves none', { type: 'band', low: 2, high: 4, deadBand: 1 }],
    ['a sensor compared with nobody', { type: 'deviation', limit: 1, sensors: ['one'] }],
    ['a mean kinetic humidity', { type: 'kinetic', limit: 8, quantity: 'humidity' }],
  ] as const) {
    test(name, () => expect(Rule.safeParse({ ...common, ...written }).success).toBe(false))
  }
})
