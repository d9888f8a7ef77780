import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readRulesFile, writeRulesFile } from '../../bin/rules/file.ts'
import { Rule } from '../../shared/rule.ts'
import { differenceOf } from '../../shared/rules/difference.ts'

const silent = (id: string, change: object = {}) =>
  Rule.parse({
    id,
    site: 'harbour',
    name: 'Quiet',
    severity: 3,
    type: 'silent',
    of: 'reader',
    afterMs: 60_000,
    ...change,
  })
const cold = (id: string, change: object = {}) =>
  Rule.parse({
    id,
    site: 'harbour',
    name: 'Too warm',
    severity: 2,
    type: 'threshold',
    quantity: 'temperature',
    direction: 'above',
    limit: 8,
    clearAt: 7,
    ...change,
  })
const week = { days: [1, 2], from: '08:00', to: '18:00' }

describe('what a file changes', () => {
  const nothing = { added: [], changed: [], same: [], unnamed: [], taken: [] }
  test.each([
    ['nothing wanted, nothing there', [], [], {}],
    ['a rule that is not there yet', [silent('a')], [], { added: ['a'] }],
    ['the same rule', [silent('a')], [silent('a')], { same: ['a'] }],
    ['the same, its default written out', [silent('a', { enabled: true })], [silent('a')], { same: ['a'] }],
    [
      'the same, its keys in another order',
      [silent('a', { schedule: week })],
      [silent('a', { schedule: { to: '18:00', from: '08:00', days: [1, 2] } })],
      { same: ['a'] },
    ],
    ['another value', [cold('a', { limit: 6 })], [cold('a')], { changed: ['a: limit'] }],
    [
      'within a part',
      [silent('a', { schedule: { ...week, days: [1] } })],
      [silent('a', { schedule: week })],
      { changed: ['a: schedule'] },
    ],
    ['a field that is given', [cold('a', { zone: 'chill' })], [cold('a')], { changed: ['a: zone'] }],
    ['a field that is taken away', [cold('a')], [cold('a', { zone: 'chill' })], { changed: ['a: zone'] }],
    ['a rule that the file does not name', [silent('b')], [silent('a'), silent('b')], { same: ['b'], unnamed: ['a'] }],
    ['a rule of another site, not named', [], [silent('a', { site: 'hill' })], {}],
    ['an id that another site has', [silent('a')], [silent('a', { site: 'hill' })], { taken: ['a of hill'] }],
    ['in order of ids', [silent('c'), silent('B'), silent('a')], [], { added: ['B', 'a', 'c'] }],
  ])('%s', (_name, wanted, inForce, expected) => {
    const { added, changed, same, unnamed, taken } = differenceOf('harbour', wanted, inForce)
    expect({
      added: added.map(({ id }) => id),
      changed: changed.map(({ rule, fields }) => `${rule.id}: ${fields.join(', ')}`),
      same: same.map(({ id }) => id),
      unnamed: unnamed.map(({ id }) => id),
      taken: taken.map(({ id, site }) => `${id} of ${site}`),
    }).toEqual({ ...nothing, ...expected })
  })
})

describe('the file', () => {
  test('says what is not default, in the order of the schema', () => {
    const written = parse(
      writeRulesFile('harbour', [cold('b', { zone: 'chill', onDelayMs: 0 }), silent('a', { enabled: false })]),
    )
    expect(written).toEqual({
      version: 1,
      site: 'harbour',
      rules: [
        {
          id: 'a',
          site: 'harbour',
          name: 'Quiet',
          severity: 3,
          enabled: false,
          type: 'silent',
          of: 'reader',
          afterMs: 60_000,
        },
        {
          id: 'b',
          site: 'harbour',
          name: 'Too warm',
          severity: 2,
          quantity: 'temperature',
          zone: 'chill',
          type: 'threshold',
          direction: 'above',
          limit: 8,
          clearAt: 7,
        },
      ],
    })
    expect(Object.keys(written.rules[1])).toEqual(
      Object.keys(Rule.options[0].shape).filter((key) => key in written.rules[1]),
    )
  })

  test('of the same rules is the same, in whatever order they come, and reads back as they were', () => {
    const text = fc.string({ minLength: 1, maxLength: 128, unit: 'grapheme' })
    const some = fc.uniqueArray(
      fc.record({
        id: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,9}$/),
        name: text,
        whatToDo: text,
        isCold: fc.boolean(),
      }),
      { selector: ({ id }) => id, maxLength: 8 },
    )
    fc.assert(
      fc.property(some, (drawn) => {
        const rules = drawn.map(({ isCold, id, ...words }) => (isCold ? cold(id, words) : silent(id, words)))
        const file = writeRulesFile('harbour', rules)
        expect(writeRulesFile('harbour', rules.toReversed())).toBe(file)
        const read = readRulesFile('rules.yaml', file)
        if (!read.ok) throw new Error(read.complaints.join('\n'))
        const { added, changed, same, unnamed } = differenceOf('harbour', read.value.rules, rules)
        expect([added, changed, unnamed]).toEqual([[], [], []])
        expect(same).toHaveLength(rules.length)
      }),
    )
  })

  const head = 'version: 1\nsite: harbour\nrules:\n'
  const quiet = '  - {id: a, site: harbour, name: Quiet, severity: 3, type: silent, of: reader, afterMs: 60000}\n'
  test.each([
    ['a word that no rule has', quiet.replace('of:', 'off: 1, of:'), 'off: 1', 'rules[0].off', 'unknown key'],
    ['a type that does not exist', quiet.replace('silent', 'loud'), 'loud', 'rules[0].type', 'Invalid discriminator'],
    ['a value out of range', quiet.replace('60000', '5'), '5}', 'rules[0].afterMs', '>=1000'],
    [
      'severity 1 without an instruction',
      quiet.replace('3', '1'),
      undefined,
      'rules[0].whatToDo',
      'must say what to do',
    ],
    ['a rule of another site', quiet.replace('harbour', 'hill'), 'hill', 'rules[0].site', '"harbour"'],
    ['a rule twice', quiet + quiet, 'a,', 'rules[1].id', 'twice'],
  ])('%s is told with its place and reason', (_name, rules, word, path, reason) => {
    const read = readRulesFile('rules.yaml', head + rules)
    if (read.ok) throw new Error('it was taken')
    expect(read.complaints).toHaveLength(1)
    const lines = rules.trimEnd().split('\n')
    const place = word === undefined ? '' : `:${3 + lines.length}:${(lines.at(-1)?.indexOf(word) ?? -1) + 1}`
    expect(read.complaints[0]).toContain(`rules.yaml${place}  error  ${path}`)
    expect(read.complaints[0]).toContain(reason)
  })

  test('every bad rule is told, not only the first', () => {
    const read = readRulesFile('rules.yaml', head + quiet.replace('60000', '5') + quiet.replace('reader', 'cat'))
    expect(read.ok ? [] : read.complaints.map((one) => one.split('\n')[0])).toEqual([
      expect.stringContaining('rules.yaml:4:'),
      expect.stringContaining('rules.yaml:5:'),
    ])
  })
})
