import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openEncoder } from '../../../edge/spool/encode.ts'

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: -10_000_000, max: 10_000_000 }).map((thousandths) => thousandths / 1000),
  fc.constantFrom(
    0,
    -0,
    0.001,
    -0.5,
    1e21,
    2 ** 31 / 1000,
    -(2 ** 31) / 1000,
    999_999_999,
    1e9,
    1e9 + 1,
    1_700_000_000_123,
  ),
)
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[0-9A-Za-z_.-]{1,24}$/))
const quantity = fc.oneof(
  fc.constantFrom('temperature', 'humidity', 'co2'),
  fc.string(),
  fc.constantFrom('1', '__proto__'),
)
const flat = fc.dictionary(quantity, fc.oneof(number, fc.constant(null), text), { noNullPrototype: true })
const more = fc.record(
  { unsynced: fc.constant(true), boot: text, nested: fc.json().map((json) => JSON.parse(json)) },
  { requiredKeys: [] },
)

const observation = fc
  .tuple(
    fc.record({
      kind: fc.constant('observation'),
      at: number,
      firstAt: number,
      readPoint: text,
      epc: text,
      count: number,
    }),
    fc.record({ peakRssiDbm: number, antenna: number, tid: text }, { requiredKeys: [] }),
    more,
  )
  .map(([a, b, c]) => ({ ...a, ...b, ...c }))
const measurement = fc
  .tuple(
    fc.record({ kind: fc.constant('measurement'), at: number, sensor: text, values: flat }),
    fc.record({ reasons: flat }, { requiredKeys: [] }),
    more,
  )
  .map(([a, b, c]) => ({ ...a, ...b, ...c }))
const other = fc.tuple(fc.record({ kind: text, at: number }), more).map(([a, b]) => ({ ...a, ...b }))

test('what is read back is what JSON makes of the record, whatever is in it, and stays as it was', () => {
  const { encode } = openEncoder()
  fc.assert(
    fc.property(fc.array(fc.oneof(observation, measurement, other), { minLength: 1, maxLength: 20 }), (records) => {
      const encoded = records.map((record) => encode(record))
      for (const [index, record] of records.entries())
        expect(JSON.parse(Buffer.from(encoded[index] as Uint8Array).toString())).toEqual(
          JSON.parse(JSON.stringify(record)),
        )
    }),
    { numRuns: 1000 },
  )
})

test.each([
  ['a plain read', { kind: 'observation', at: 1, firstAt: 0, readPoint: 'dock-1', epc: 'AA', count: 3 }],
  [
    'two decimals',
    { kind: 'measurement', at: 1_763_893_688_123, sensor: 'th-07', values: { temperature: -4.25, humidity: 61 } },
  ],
  [
    'nothing measured',
    { kind: 'measurement', at: 1, sensor: 's', values: { temperature: null }, reasons: { temperature: 'x' } },
  ],
  ['no values', { kind: 'measurement', at: 1, sensor: 's', values: {} }],
])('%s is the very text of JSON.stringify', (_what, record) => {
  expect(Buffer.from(openEncoder().encode(record)).toString()).toBe(JSON.stringify(record))
})

test('once told that nobody needs it any more, it writes over what it wrote, and only then', () => {
  const encoder = openEncoder()
  const record = (n: number) => ({ kind: 'measurement', at: n, sensor: 's', values: { temperature: n } })
  const [first, second] = [encoder.encode(record(1)), encoder.encode(record(2))]
  expect(Buffer.from(first).toString()).toBe(JSON.stringify(record(1)))
  encoder.reuse()
  const third = encoder.encode(record(3))
  expect(Buffer.from(first).toString()).toBe(JSON.stringify(record(3)))
  expect([third, second].map((bytes) => Buffer.from(bytes).toString())).toEqual(
    [record(3), record(2)].map((one) => JSON.stringify(one)),
  )
})

test('a record as large as records may be, many times over', () => {
  const { encode } = openEncoder()
  const record = { kind: 'observation', at: 1, firstAt: 1, readPoint: 'x'.repeat(32_000), epc: 'AA', count: 1 }
  const all = Array.from({ length: 40 }, () => encode(record))
  for (const bytes of all) expect(Buffer.from(bytes).toString()).toBe(JSON.stringify(record))
})
