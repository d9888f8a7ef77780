import { describe, expect, test } from 'vitest'
import { rehearse } from '../../../cloud/alerts/rehearse.ts'
import { Rule } from '../../../shared/rule.ts'
import type { ValueRule } from '../../../shared/rules/of-values.ts'

const minute = 60_000
const written = { id: 'r', site: 'rtm', name: 'Warm', severity: 2, quantity: 'temperature' }
const warm = { ...written, type: 'threshold', direction: 'above', limit: 8, clearAt: 7 }
const odd = { ...written, type: 'deviation', zone: 'COLD', limit: 2 }

/** Values by minute, as `sensor: value`, and what would have rung, as `sensor raised–cleared`. */
function rung(rule: object, minutes: readonly Readonly<Record<string, number>>[]): readonly string[] {
  const readings = minutes.flatMap((values, index) =>
    Object.entries(values).map(([sensor, value]) => ({ sensor, at: index * minute, value })),
  )
  const found = rehearse(Rule.parse(rule) as ValueRule, readings, minutes.length * minute)
  return found.map(
    ({ subject, raisedAt, clearedAt }) =>
      `${subject} ${raisedAt / minute}–${clearedAt === null ? '' : clearedAt / minute}`,
  )
}
const ofOne = (...values: readonly number[]) => values.map((s) => ({ s }))

describe('a rule on recorded values', () => {
  for (const [name, rule, minutes, expected] of [
    ['never', warm, ofOne(5, 8, 7.5), []],
    ['twice, and the dead band makes one of three', warm, ofOne(9, 7.5, 9, 6, 9, 6), ['s 0–3', 's 4–5']],
    ['still standing at the end', warm, ofOne(5, 9), ['s 1–']],
    ['shorter than the on-delay', { ...warm, onDelayMs: 2 * minute }, ofOne(5, 9, 6, 5), []],
    ['long enough, between two values', { ...warm, onDelayMs: 2 * minute }, ofOne(9, 9, 6), ['s 2–2']],
    ['long enough by the end', { ...warm, onDelayMs: minute }, ofOne(5, 9), ['s 2–']],
    ['the off-delay joins two', { ...warm, offDelayMs: 2 * minute }, ofOne(9, 5, 9, 5, 5, 5), ['s 0–5']],
    [
      'each sensor by itself',
      warm,
      [
        { a: 9, b: 5 },
        { a: 5, b: 9 },
      ],
      ['a 0–1', 'b 1–'],
    ],
    [
      'compared with its neighbours',
      odd,
      [
        { a: 5, b: 5, c: 5 },
        { a: 5, b: 5, c: 9 },
        { a: 5, b: 5, c: 5 },
      ],
      ['c 1–2'],
    ],
  ] as const) {
    test(name, () => expect(rung(rule, minutes)).toEqual(expected))
  }
})
