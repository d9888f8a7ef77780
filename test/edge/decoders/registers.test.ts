import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planReads } from '../../../edge/decoders/modbus/plan-reads.ts'
import { RegisterMap, registersOf } from '../../../edge/decoders/modbus/register-map.ts'
import { registersDecoder } from '../../../edge/decoders/modbus/registers.ts'
import { modbusModels } from '../../../edge/sources/modbus/models.ts'
import { quantities } from '../../../shared/quantity.ts'
import { bytesOf } from '../../support/framing.ts'

const context = { device: 'cold-1', at: 1000 }
const read = (map: RegisterMap, hex: string) => registersDecoder(map)(bytesOf(hex), context)
const one = (register: object) => RegisterMap.parse([{ address: 0, quantity: 'temperature', ...register }])

// Worked answers of the manual, and the sentinels that these devices show in the field.
test.each([
  ['30.5 °C and 54.6 %', '0131 0222', 30.5, 54.6],
  ['−20.5 °C', 'FF33 0222', -20.5, 54.6],
  ['nothing at all', '0000 0000', 0, 0],
  ['a broken probe is no humidity of 6,553.5 %', '0131 FFFF', 30.5, -0.1],
])('XY-MD02: %s', (_name, registers, temperature, humidity) => {
  expect(read(modbusModels['xy-md02'], registers)).toEqual({
    ok: true,
    value: [{ type: 'sensor', at: 1000, sensor: 'cold-1', values: { temperature, humidity } }],
  })
})

test('XY-MD02: an answer that is cut', () => {
  expect(read(modbusModels['xy-md02'], '0131')).toEqual({ ok: false, reason: 'length' })
})

test.each([
  ['int16', { type: 'int16' }, 'FF33', -205],
  ['uint16', { type: 'uint16' }, 'FF33', 65_331],
  ['int32', { type: 'int32' }, 'FFFF FF33', -205],
  ['uint32', { type: 'uint32' }, '0001 0000', 65_536],
  ['int32, low word first', { type: 'int32', wordOrder: 'low-first' }, 'FF33 FFFF', -205],
  ['float32', { type: 'float32' }, '41A4 0000', 20.5],
  ['float32, low word first', { type: 'float32', wordOrder: 'low-first' }, '0000 41A4', 20.5],
  ['scale without the errors of binary fractions', { scale: 0.1 }, '0131', 30.5],
  ['Fahrenheit', { scale: 5 / 90, offset: -160 / 9 }, '02A8', 20],
])('%s', (_name, register, hex, temperature) => {
  expect(read(one(register), hex)).toMatchObject({ value: [{ values: { temperature } }] })
})

test.each([
  ['a sentinel', { unavailable: [0x7fff] }, '7FFF'],
  ['one of several', { type: 'uint16', unavailable: [0x8000, 0xffff] }, 'FFFF'],
  ['no number', { type: 'float32' }, '7FC0 0000'],
  ['infinity', { type: 'float32' }, '7F80 0000'],
])('%s is no value', (_name, register, hex) => {
  expect(read(one(register), hex)).toMatchObject({
    value: [{ values: { temperature: null }, reasons: { temperature: 'not-available' } }],
  })
})

describe('what is asked for', () => {
  const plan = (...registers: readonly (readonly [table: string, address: number, type?: string])[]) =>
    planReads(
      RegisterMap.parse(
        registers.map(([table, address, type = 'int16'], i) => ({
          table,
          address,
          type,
          quantity: Object.keys(quantities)[i],
        })),
      ),
    )

  test.each([
    ['neighbours together', plan(['input', 1], ['input', 2]), [{ table: 'input', address: 1, count: 2 }]],
    ['in any order', plan(['input', 2], ['input', 0, 'float32']), [{ table: 'input', address: 0, count: 3 }]],
    [
      'never a register between them',
      plan(['input', 1], ['input', 3]),
      [
        { table: 'input', address: 1, count: 1 },
        { table: 'input', address: 3, count: 1 },
      ],
    ],
    [
      'each table by itself',
      plan(['input', 1], ['holding', 2]),
      [
        { table: 'holding', address: 2, count: 1 },
        { table: 'input', address: 1, count: 1 },
      ],
    ],
  ])('%s', (_name, reads, expected) => expect(reads).toEqual(expected))
})

const quantityNames = Object.keys(quantities)
const anyMap = fc
  .array(
    fc.record({
      table: fc.constantFrom('input', 'holding'),
      address: fc.integer({ min: 0, max: 300 }),
      type: fc.constantFrom('int16', 'uint16', 'int32', 'uint32', 'float32'),
      wordOrder: fc.constantFrom('high-first', 'low-first'),
    }),
    { minLength: 1, maxLength: quantityNames.length },
  )
  .map((registers) => RegisterMap.parse(registers.map((register, i) => ({ ...register, quantity: quantityNames[i] }))))

test('every register is asked for, no other, and no more than 125 at once; its value comes out of its own place', () => {
  fc.assert(
    fc.property(anyMap, fc.uint8Array({ minLength: 1300, maxLength: 1300 }), (map, memory) => {
      const reads = planReads(map)
      const places = (spans: readonly { table: string; address: number; count: number }[]) =>
        new Set(
          spans.flatMap(({ table, address, count }) =>
            Array.from({ length: count }, (_, i) => `${table} ${address + i}`),
          ),
        )
      const wanted = map.map((register) => ({ ...register, count: registersOf(register) }))
      expect(places(reads)).toEqual(places(wanted))
      expect(Math.max(...reads.map(({ count }) => count))).toBeLessThanOrEqual(125)

      // A slave whose tables are this memory, the holding registers behind the input registers.
      const start = (table: string, address: number) => 2 * (table === 'input' ? address : 310 + address)
      const answer = reads.flatMap(({ table, address, count }) => [
        ...memory.subarray(start(table, address), start(table, address) + 2 * count),
      ])
      const all = registersDecoder(map)(Uint8Array.from(answer), context)
      for (const register of map) {
        const at = start(register.table, register.address)
        const alone = registersDecoder([register])(memory.slice(at, at + 2 * registersOf(register)), context)
        const said = (result: typeof all) =>
          result.ok && result.value[0]?.type === 'sensor' ? result.value[0].values[register.quantity] : 'none'
        expect(said(all)).toEqual(said(alone))
      }
    }),
    { numRuns: 200 },
  )
})

test.each([
  ['a quantity that is unknown', [{ address: 0, quantity: 'mood' }]],
  [
    'a quantity twice',
    [
      { address: 0, quantity: 'humidity' },
      { address: 1, quantity: 'humidity' },
    ],
  ],
  ['a value beyond the last register', [{ address: 0xffff, type: 'float32', quantity: 'humidity' }]],
  ['nothing', []],
])('refused: %s', (_name, map) => expect(RegisterMap.safeParse(map).success).toBe(false))

test('any answer is values and nothings, or a reason; 20,000 of them', () => {
  const map = RegisterMap.parse([
    { address: 0, quantity: 'temperature', scale: 0.1, unavailable: [0x7fff] },
    { address: 1, type: 'uint16', quantity: 'humidity' },
    { address: 2, type: 'float32', quantity: 'pressure', scale: 1e300 },
    { address: 4, type: 'int32', wordOrder: 'low-first', quantity: 'illuminance' },
  ])
  const decode = registersDecoder(map)
  const answer = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.uint8Array({ minLength: 12, maxLength: 12 }),
    fc
      .array(fc.constantFrom(0x7f, 0xff, 0x80, 0), { minLength: 12, maxLength: 12 })
      .map((bytes) => Uint8Array.from(bytes)),
  )
  fc.assert(
    fc.property(answer, (bytes) => {
      const result = decode(bytes, context)
      expect(result.ok).toBe(bytes.length === 12)
      if (!result.ok || result.value[0]?.type !== 'sensor') return
      for (const value of Object.values(result.value[0].values))
        expect(value === null || Number.isFinite(value)).toBe(true)
    }),
    { numRuns: 20_000 },
  )
})
