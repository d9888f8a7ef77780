import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineBytes } from '../../../cloud/series/line-bytes.ts'
import { writeLine } from '../../../cloud/series/line-protocol.ts'
import { fieldOfScaled } from '../../../cloud/series/scale.ts'
import { flawOf } from '../../../cloud/series/schema.ts'
import type { Point } from '../../../cloud/series/series-store.ts'
import { parseBody } from '../../support/line-parser.ts'

const point: Point = {
  measurement: 'condition',
  site: 'hamburg',
  gateway: 'cold-1',
  source: 'th-07',
  at: 1_763_893_688_123,
  nanos: 0,
  fields: { temperature: 4.2, humidity: 61 },
}
const prefix = 'condition,gateway=cold-1,site=hamburg,source=th-07'

const used = new LineBytes(1)
/** Into a buffer that has held other lines, and behind one of them. */
function encodeLine(given: Point): string {
  used.reset(64)
  writeLine(used, point)
  const begin = used.length
  writeLine(used, given)
  return Buffer.from(used.view().subarray(begin)).toString().replace(/\n$/, '')
}

describe('a point as a line', () => {
  for (const [name, change, line] of [
    ['plain', {}, `${prefix} temperature_e3=4200i,humidity_e4=610000i 1763893688123000000`],
    ['nanos', { nanos: 4711 }, `${prefix} temperature_e3=4200i,humidity_e4=610000i 1763893688123004711`],
    ['the very first instant', { at: 0, nanos: 7 }, `${prefix} temperature_e3=4200i,humidity_e4=610000i 7`],
    [
      'finer than its integer, too large for one, and a quantity of its own',
      { fields: { temperature: 1 / 3, humidity: 1e15, vibration: 0.25 } },
      `${prefix} temperature=0.3333333333333333,humidity=1000000000000000,vibration=0.25 1763893688123000000`,
    ],
    [
      'a roll-up',
      {
        measurement: 'condition_1m',
        fields: { temperature_count: 60, temperature_min: -0.5, temperature_sum: 12.34, temperature_kinetic: 61.5 },
      },
      'condition_1m,gateway=cold-1,site=hamburg,source=th-07 temperature_count_e0=60i,temperature_min_e3=-500i,temperature_sum_e3=12340i,temperature_kinetic=61.5 1763893688123000000',
    ],
    [
      'large and small',
      { fields: { a: 1e21, b: -5e-324, c: -0 } },
      `${prefix} a=1e+21,b=-5e-324,c=0 1763893688123000000`,
    ],
    ['quotes', { fields: { a: 'say "hi"' } }, `${prefix} a="say \\"hi\\"" 1763893688123000000`],
    ['trailing backslash', { fields: { a: 'back\\' } }, `${prefix} a="back\\\\" 1763893688123000000`],
    ['newline in text', { fields: { a: 'x\ny=1' } }, `${prefix} a="x\ny=1" 1763893688123000000`],
    ['empty text', { fields: { a: '' } }, `${prefix} a="" 1763893688123000000`],
    ['仓', { fields: { a: '仓脉 🏭' } }, `${prefix} a="仓脉 🏭" 1763893688123000000`],
    ['field key', { fields: { 'a b,c=d': 1 } }, `${prefix} a\\ b\\,c\\=d=1 1763893688123000000`],
    [
      'tag',
      { source: 'a b,c=d"e' },
      'condition,gateway=cold-1,site=hamburg,source=a\\ b\\,c\\=d"e temperature_e3=4200i,humidity_e4=610000i 1763893688123000000',
    ],
  ] as const) {
    test(name, () => expect(encodeLine({ ...point, ...change } as Point)).toBe(line))
  }

  for (const [name, change] of [
    ['NaN', { fields: { a: Number.NaN } }],
    ['infinity', { fields: { a: 1, b: Number.NEGATIVE_INFINITY } }],
    ['no fields', { fields: {} }],
    ['empty tag', { site: '' }],
    ['a tag that forges a line', { source: 'x\ncondition a=1' }],
    ['a tag that swallows its separator', { source: 'x\\' }],
    ['a tag with a backslash before a comma', { source: 'x\\,y' }],
    ['a field key that ends in a backslash', { fields: { 'x\\': 1 } }],
  ] as const) {
    test(`cannot say ${name}`, () => {
      expect(() => encodeLine({ ...point, ...change })).toThrow(/cannot say/)
      expect(flawOf({ ...point, ...change })).toBeDefined()
    })
  }
})

const text = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[A-Za-z仓][A-Za-z0-9 ,="脉-]{0,8}[a-z]$/) },
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('\\', '"', ',', ' ', '=', '\n', '\r', 'a', '仓'), maxLength: 8 }),
)
const anyPoint: fc.Arbitrary<Point> = fc.record({
  measurement: fc.constantFrom('condition', 'read', 'passage'),
  site: text,
  gateway: text,
  source: text,
  at: fc.integer({ min: 0, max: 9_223_372_036_853 }),
  nanos: fc.integer({ min: 0, max: 999_999 }),
  fields: fc.dictionary(text, fc.oneof(fc.double({ noNaN: true }), fc.integer(), text), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
})

test('whatever it writes, an independent parser reads back as one line with the same content', () => {
  let written = 0
  fc.assert(
    fc.property(anyPoint, (given) => {
      let line: string
      try {
        line = encodeLine(given)
      } catch {
        return
      }
      written += 1
      const numbers = Object.entries(given.fields).map(([name, value]) => [name, value === 0 ? 0 : value])
      expect(parseBody(line)).toEqual([
        {
          measurement: given.measurement,
          tags: { gateway: given.gateway, site: given.site, source: given.source },
          fields: Object.fromEntries(numbers),
          nanoseconds: BigInt(given.at) * 1_000_000n + BigInt(given.nanos),
        },
      ])
    }),
    { numRuns: 1000 },
  )
  expect(written).toBeGreaterThan(100)
})

test('a scaled integer gives back the very number', () => {
  const quantity = fc.constantFrom('temperature', 'humidity', 'batteryMillivolts', 'temperature_min', 'humidity_sum')
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -1e9, max: 1e9 }).map((thousandths) => thousandths / 1000),
  )
  let integers = 0
  fc.assert(
    fc.property(quantity, number, (field, value) => {
      const [parsed] = parseBody(encodeLine({ ...point, fields: { [field]: value } }))
      const [[name, found] = ['', 0]] = Object.entries(parsed?.fields ?? {})
      const scaled = fieldOfScaled(name)
      if (scaled !== undefined) integers += 1
      expect(typeof found).toBe(scaled === undefined ? 'number' : 'bigint')
      expect(scaled?.field ?? name).toBe(field)
      expect(Number(found) / (scaled?.factor ?? 1)).toBe(value === 0 ? 0 : value)
    }),
  )
  expect(integers).toBeGreaterThan(20)
})

test('names of integers are nobody else to use', () => {
  expect(flawOf({ ...point, fields: { temperature_e3: 4 } })).toMatch(/not a quantity/)
})

test('a point without a flaw can always be written', () => {
  const identifier = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,8}$/)
  const read = fc.record({
    measurement: fc.constant('read' as const),
    site: identifier,
    gateway: identifier,
    source: identifier,
    at: fc.integer({ min: 0, max: 9_223_372_036_853 }),
    nanos: fc.integer({ min: 0, max: 999_999 }),
    fields: fc.record({ epc: text, count: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  })
  fc.assert(
    fc.property(read, (given) => {
      fc.pre(flawOf(given) === undefined)
      expect(parseBody(encodeLine(given))[0]?.fields['epc']).toBe(given.fields.epc)
    }),
  )
})

test('instants are exact beyond 2^53', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_223_372_036_853 }), fc.integer({ min: 0, max: 999_999 }), (at, nanos) => {
      expect(parseBody(encodeLine({ ...point, at, nanos }))[0]?.nanoseconds).toBe(
        BigInt(at) * 1_000_000n + BigInt(nanos),
      )
    }),
  )
})

test('numbers are written as JavaScript writes them', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.integer({ min: 0, max: 52 }).map((bits) => 2 ** bits),
    fc.integer({ min: 0, max: 15 }).map((zeros) => 10 ** zeros - 1),
  )
  fc.assert(
    fc.property(number, (value) => {
      expect(encodeLine({ ...point, fields: { vibration: value } })).toBe(
        `${prefix} vibration=${value} 1763893688123000000`,
      )
    }),
  )
})
