import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkOnWire, isPlainStreamRecord } from '../../cloud/intake/checked-record.ts'
import { checkRecord } from '../../shared/record.ts'

/** The hand-written check against the declared truth: the zod schemas of shared/record.ts. */

const identifier = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/)
const epc = fc.stringMatching(/^(?:[0-9A-F]{2}){1,62}$/)
const instant = fc.integer({ min: 0, max: 9_223_372_036_854 })
const amount = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null))

const observation = fc.record(
  {
    kind: fc.constant('observation'),
    at: instant,
    firstAt: instant,
    readPoint: identifier,
    epc,
    count: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    peakRssiDbm: fc.double({ min: -150, max: 50, noNaN: true }),
    antenna: fc.integer({ min: 1, max: 255 }),
    tid: epc,
  },
  { requiredKeys: ['kind', 'at', 'firstAt', 'readPoint', 'epc', 'count'] },
)
const measurement = fc.record({
  kind: fc.constant('measurement'),
  at: instant,
  sensor: identifier,
  values: fc.dictionary(fc.stringMatching(/^[a-z][A-Za-z0-9]{0,31}$/), amount, { noNullPrototype: true }),
})

/** What a field can wrongly be, the near misses above all. */
const nearMisses: readonly unknown[] = [
  ...[0, -0, 1, -1, 1.5, 255, 256, -150, -150.1, 50, 50.1, 1e21, 9_223_372_036_854, 9_223_372_036_855],
  ...[
    Number.MAX_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER + 1,
    true,
    false,
    null,
    [],
    {},
    [1],
    '',
    'a',
    '-a',
    '_a',
    'é',
    'a b',
  ],
  ...[
    'a'.repeat(64),
    'a'.repeat(65),
    'AB',
    'ABC',
    'ab',
    'A:',
    'A@',
    'A/',
    'AG',
    '00'.repeat(62),
    '00'.repeat(63),
    'a\n',
  ],
  ...[
    'kind',
    'observation',
    'measurement',
    'passage',
    'true',
    '1',
    { a: 1 },
    { A: 1 },
    { a_b: 1 },
    { temperature: 'x' },
  ],
  ...[
    { '': 1 },
    { temperature: [] },
    { temperature: null },
    { ['a'.repeat(32)]: 1 },
    { ['a'.repeat(33)]: 1 },
    { '1a': 1 },
  ],
]
const wrong = fc.oneof(fc.constantFrom(...nearMisses), fc.jsonValue())
const fields = [
  ...['kind', 'at', 'firstAt', 'readPoint', 'epc', 'count', 'peakRssiDbm', 'antenna', 'tid', 'sensor', 'values'],
  ...['reasons', 'unsynced', 'boot', 'tomorrow', '__proto__', 'constructor', 'hasOwnProperty'],
]
const field = fc.constantFrom(...fields)
const mutation = fc.record({ field, value: wrong, remove: fc.boolean() })

/** As a JSON parser makes it: own properties only, `__proto__` among them. */
function mutated(record: object, mutations: readonly { field: string; value: unknown; remove: boolean }[]): unknown {
  const entries = new Map<string, unknown>(Object.entries(record))
  for (const { field: name, value, remove } of mutations) {
    if (remove) entries.delete(name)
    else entries.set(name, value)
  }
  return JSON.parse(
    `{${[...entries].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`,
  )
}

test('valid records of the stream never need the schemas, and the schemas agree', () => {
  fc.assert(
    fc.property(fc.oneof(observation, measurement), (record) => {
      const value = JSON.parse(JSON.stringify(record)) as object
      expect(checkRecord(value).ok).toBe(true)
      expect(isPlainStreamRecord(value)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

test('whatever is changed about them: the verdict is the verdict of the schemas', () => {
  let refusedOnes = 0
  let plainOnes = 0
  fc.assert(
    fc.property(
      fc.oneof(observation, measurement),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      (record, changes) => {
        const value = mutated(record, changes)
        const truth = checkRecord(value)
        if (!truth.ok) refusedOnes++
        if (isPlainStreamRecord(value as object)) plainOnes++
        expect(checkOnWire(value).ok).toBe(truth.ok)
      },
    ),
    { numRuns: 5000 },
  )
  expect(refusedOnes).toBeGreaterThan(500)
  expect(plainOnes).toBeGreaterThan(200)
})

test('each near miss in each field, one by one: the verdict is the verdict of the schemas', () => {
  const full = {
    ...{
      kind: 'observation',
      at: 1,
      firstAt: 1,
      readPoint: 'r',
      epc: 'AB',
      count: 1,
      peakRssiDbm: -1,
      antenna: 1,
      tid: 'AB',
    },
  }
  for (const record of [full, { kind: 'measurement', at: 1, sensor: 's', values: { temperature: 1 } }])
    for (const name of fields)
      for (const value of nearMisses) {
        const changed = mutated(record, [{ field: name, value, remove: false }])
        expect([name, value, checkOnWire(changed).ok]).toEqual([name, value, checkRecord(changed).ok])
      }
})

test('any JSON value at all: the verdict is the verdict of the schemas', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect(checkOnWire(value).ok).toBe(checkRecord(value).ok)
    }),
  )
})
