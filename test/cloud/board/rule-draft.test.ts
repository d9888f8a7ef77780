import { describe, expect, test } from 'vitest'
import { durationMs, durationText } from '../../../cloud/board/core/duration-text.ts'
import { checkedRule, draftOfRule, newDraft, withKind } from '../../../cloud/board/core/rule-draft.ts'
import { canBeTried, fieldsOf, ruleKinds } from '../../../cloud/board/core/rule-fields.ts'
import { ruleFromYaml, rulesFileText, rulesFromText, yamlOf } from '../../../cloud/board/core/rule-yaml.ts'
import { rulesEn } from '../../../cloud/board/core/words/rules-en.ts'
import { Rule } from '../../../shared/rule.ts'

const common = { id: 'r1', site: 'harbour', name: 'Cold room', severity: 1, whatToDo: 'Check door 4' }
const everything = {
  ...common,
  enabled: false,
  latching: true,
  maxShelveMs: 3_600_000,
  reAlarmMs: 90_000,
  escalateAfterMs: [300_000, 5_400_000],
  schedule: { days: [1, 7], from: '22:00', to: '24:00' },
}
const ofValues = { ...everything, quantity: 'temperature', zone: 'A', sensors: ['t1', 't2'], offDelayMs: 1500 }
const rules = [
  { ...ofValues, type: 'threshold', direction: 'above', limit: 8, clearAt: 7.5, onDelayMs: 600_000 },
  { ...ofValues, type: 'band', low: 2, high: 8, deadBand: 0.5 },
  { ...ofValues, type: 'rate', change: 3, withinMs: 60_000, direction: 'falling' },
  { ...ofValues, type: 'deviation', limit: 2, freshMs: 1000 },
  { ...ofValues, type: 'exposure', direction: 'below', limit: -18, degreeMinutes: 120 },
  { ...ofValues, type: 'kinetic', limit: 25, overMs: 30 * 86_400_000 },
  {
    ...everything,
    type: 'goods-exposure',
    direction: 'above',
    limit: 8,
    degreeMinutes: 120,
    goods: { skus: ['MED-*'] },
  },
  { ...everything, type: 'goods-exposure', direction: 'below', limit: -18, longerThanMs: 1_800_000, overMs: 3_600_000 },
  { ...everything, type: 'goods-kinetic', limit: 25, overMs: 7 * 86_400_000, deadBand: 0.5 },
  { ...everything, type: 'silent', of: 'reader', afterMs: 30_000 },
  { ...everything, type: 'gap', atLeast: 10 },
  { ...everything, type: 'clock' },
].map((rule) => Rule.parse(rule))

describe('a rule goes through the form', () => {
  for (const rule of rules)
    test(`${rule.type}: and comes out as it went in`, () => {
      expect(checkedRule(draftOfRule(rule), 'harbour')).toEqual({ ok: true, rule })
    })
  test('every kind of the schema has a form; a kind of which nothing is known has none', () => {
    expect(ruleKinds).toEqual(expect.arrayContaining(rules.map(({ type }) => type)))
    for (const kind of ruleKinds) expect(fieldsOf(kind)?.map(({ key }) => key)).toContain('severity')
    expect(fieldsOf('of-next-year')).toBeNull()
  })
  test('every kind, field and choice of the schema has a name', () => {
    const nameless = ruleKinds.flatMap((kind) => [
      ...(kind in rulesEn.kindNames ? [] : [kind]),
      ...(fieldsOf(kind) ?? []).flatMap(({ key, choices }) => [
        ...(key in rulesEn.fieldNames ? [] : [`${kind}.${key}`]),
        ...choices.filter((choice) => key !== 'severity' && !(choice in rulesEn.choiceNames)),
      ]),
    ])
    expect(nameless).toEqual([])
  })
  test('only rules on values and on what goods went through can be tried', () => {
    const kinds = ['threshold', 'kinetic', 'goods-exposure', 'goods-kinetic', 'silent', 'stock', 'of-next-year']
    expect(kinds.filter(canBeTried)).toEqual(['threshold', 'kinetic', 'goods-exposure', 'goods-kinetic'])
  })
  test('a rule that was begun keeps what was typed when its kind changes, but no choice that the other does not have', () => {
    const begun = newDraft('rate', 'r1')
    const typed = { ...begun, values: { ...begun.values, name: 'Door', direction: 'falling', onDelayMs: '5 min' } }
    expect(withKind(typed, 'threshold').values).toMatchObject({ name: 'Door', direction: 'above', onDelayMs: '5 min' })
    expect(withKind(withKind(typed, 'silent'), 'rate').values).toMatchObject({ name: 'Door', onDelayMs: '5 min' })
  })
})

describe('what is wrong is told of its field', () => {
  const [threshold] = rules
  if (threshold === undefined) throw new Error('no rule')
  const flawsOf = (values: Record<string, string | boolean>) => {
    const draft = draftOfRule(threshold)
    const checked = checkedRule({ ...draft, values: { ...draft.values, ...values } }, 'harbour')
    return checked.ok ? [] : [...checked.flaws]
  }
  for (const [name, values, flaws] of [
    ['nothing', {}, []],
    ['a name', { name: ' ' }, [['name', { what: 'required' }]]],
    ['a limit', { limit: '' }, [['limit', { what: 'required' }]]],
    ['a number', { limit: '8 C' }, [['limit', { what: 'number' }]]],
    ['a span', { onDelayMs: '5 parsecs' }, [['onDelayMs', { what: 'duration' }]]],
    [
      'a span that is too short',
      { reAlarmMs: '5 s' },
      [['reAlarmMs', { what: 'least', bound: 60_000, isDuration: true }]],
    ],
    ['an end', { 'schedule.to': '' }, [['schedule', { what: 'required' }]]],
    ['a name in parts', { name: 'x'.repeat(129) }, [['name', { what: 'long', bound: 128 }]]],
    [
      'what to do, at severity 1',
      { whatToDo: '' },
      [['whatToDo', { what: 'other', message: 'a severity 1 rule must say what to do' }]],
    ],
    [
      'what to do, when more is wrong',
      { whatToDo: '', limit: '' },
      [
        ['whatToDo', { what: 'other', message: 'a severity 1 rule must say what to do' }],
        ['limit', { what: 'required' }],
      ],
    ],
    ['no id', { sensors: 'a b/c' }, [['sensors', { what: 'format' }]]],
  ] as const)
    test(name, () => expect(flawsOf(values)).toEqual(flaws))
})

describe('spans of time', () => {
  for (const [text, ms] of [
    ['90 s', 90_000],
    ['5min', 300_000],
    ['1.5 h', 5_400_000],
    ['2 天', 172_800_000],
    ['5', null],
    ['-5 s', null],
    ['5 min 3 s', null],
  ] as const)
    test(text, () => expect(durationMs(text)).toBe(ms))
  for (const ms of [0, 1, 1500, 60_000, 90_000, 3_600_000, 86_400_000, 7 * 86_400_000])
    test(`${ms} ms are written so that they are read again`, () => expect(durationMs(durationText(ms))).toBe(ms))
})

describe('rules as text', () => {
  test('a file of them is read as it was written', () => {
    expect(rulesFromText(rulesFileText('harbour', rules.slice(0, 1)))).toMatchObject({
      ok: true,
      value: { rules: [rules[0]] },
    })
  })
  test('a mistake is told with its line', () => {
    const text =
      'version: 1\nsite: harbour\nrules:\n  - id: r1\n    type: gap\n    site: harbour\n    severity: 9\n    name: x\n'
    expect(rulesFromText(text)).toMatchObject({ ok: false, flaws: [{ line: 7 }] })
    expect(rulesFromText('a: [')).toMatchObject({ ok: false, flaws: [{ line: 1 }] })
  })
  test('a kind that is not known here is left to the server; id and site are not for the text to change', () => {
    const about = { id: 'r1', site: 'harbour', kinds: ruleKinds }
    const text = yamlOf({ id: 'r2', site: 'elsewhere', type: 'of-next-year', depth: { of: [1, 2] } })
    expect(ruleFromYaml(text, about)).toEqual({
      ok: true,
      value: { id: 'r1', site: 'harbour', type: 'of-next-year', depth: { of: [1, 2] } },
    })
    expect(ruleFromYaml('type: gap\nname: x\n', about)).toMatchObject({ ok: false })
    expect(ruleFromYaml('just words', about)).toMatchObject({ ok: false })
  })
})
