import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBlock, encodeBlock } from '../../../cloud/series/block.ts'
import { ByteReader, ByteWriter } from '../../../cloud/series/bytes.ts'
import { addRow, inOrder, noRows, type Rows, setField, type Value } from '../../../cloud/series/rows.ts'

/** Rows as a list of what each row says, whatever the columns' order and length. */
function told(rows: Rows): readonly (readonly [number, number, Readonly<Record<number, Value>>])[] {
  return rows.at.map((at, row) => {
    const fields: Record<number, Value> = {}
    for (const [name, column] of rows.columns) if (column[row] !== undefined) fields[name] = column[row]
    return [at, rows.nanos[row] ?? 0, fields] as const
  })
}

function rowsOf(list: readonly (readonly [number, number, Readonly<Record<number, Value>>])[]): Rows {
  const rows = noRows()
  for (const [at, nanos, fields] of list) {
    addRow(rows, at, nanos)
    for (const [name, value] of Object.entries(fields)) setField(rows, Number(name), value)
  }
  return rows
}

describe('bytes', () => {
  test.each([
    0,
    1,
    127,
    128,
    2 ** 28 - 1,
    2 ** 28,
    2 ** 30,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 35 + 5,
    2 ** 32,
    2 ** 32 + 1,
    2 ** 45 + 3,
    2 ** 51,
  ])('%d and its negative', (value) => {
    const bytes = new ByteWriter(1)
    bytes.unsigned(value)
    bytes.signed(value)
    bytes.signed(-value)
    const read = new ByteReader(bytes.take())
    expect([read.unsigned(), read.signed(), read.signed() + 0]).toEqual([value, value, -value + 0])
    expect(read.isAtEnd).toBe(true)
  })

  test.each(['', 'A', 'AA', 'aa', '3034257BF7194E4000001A85', 'GG', '仓脉 🏭', '\u0000', 'x'.repeat(1024)])(
    'text %j',
    (text) => {
      const bytes = new ByteWriter(1)
      bytes.text(text)
      bytes.u8(7)
      const read = new ByteReader(bytes.take())
      expect([read.text(), read.u8()]).toEqual([text, 7])
    },
  )

  test('an EPC takes half as many bytes as it has digits, and one', () => {
    const bytes = new ByteWriter()
    bytes.text('3034257BF7194E4000001A85')
    expect(bytes.length).toBe(13)
  })
})

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
  fc.integer({ min: -100_000, max: 100_000 }).map((thousandths) => thousandths / 1000),
  fc.constantFrom(1e-7, 0.1 + 0.2, 9_007_199_254_740_991, -1.5e300, 2 ** 50 / 1000, 2 ** 51),
)
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.stringMatching(/^[0-9A-F]{2,24}$/))
const row = fc.tuple(
  fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_500 })),
  fc.integer({ min: 0, max: 3 }),
  fc.record({ 1: value, 2: value, 3: text }, { requiredKeys: [] }),
)

describe('a block', () => {
  test('gives back exactly what was put in', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (list) => {
        const rows = inOrder(rowsOf(list))
        expect(told(decodeBlock(encodeBlock(rows)))).toEqual(told(rows))
      }),
      { numRuns: 500 },
    )
  })

  test('asked for one field gives that one, and all times', () => {
    const rows = rowsOf([
      [1000, 0, { 1: 4.2, 2: 60, 3: 'AA' }],
      [2000, 0, { 2: 61 }],
    ])
    expect(told(decodeBlock(encodeBlock(rows), new Set([2])))).toEqual([
      [1000, 0, { 2: 60 }],
      [2000, 0, { 2: 61 }],
    ])
  })

  test('of a sensor that speaks every second with two decimals takes less than three bytes a value', () => {
    const rows = noRows()
    for (let second = 0; second < 1000; second += 1) {
      addRow(rows, 1_700_000_000_000 + second * 1000, 0)
      setField(rows, 1, Math.round(400 + Math.sin(second / 50) * 40) / 100)
      setField(rows, 2, Math.round(600 + Math.cos(second / 90) * 30) / 10)
    }
    expect(encodeBlock(rows).length / 2000).toBeLessThan(3)
  })
})

describe('rows in order', () => {
  test('are by time; of one instant the later fields replace, the others stay', () => {
    const rows = rowsOf([
      [5, 0, { 1: 1, 2: 2 }],
      [3, 0, { 1: 9 }],
      [5, 0, { 1: 7 }],
      [5, 1, { 1: 8 }],
    ])
    expect(told(inOrder(rows))).toEqual([
      [3, 0, { 1: 9 }],
      [5, 0, { 1: 7, 2: 2 }],
      [5, 1, { 1: 8 }],
    ])
  })

  test('of two sources on one shelf stay two', () => {
    const rows = rowsOf([
      [5, 0, { 0: 11, 1: 1 }],
      [5, 0, { 0: 12, 1: 2 }],
      [5, 0, { 0: 11, 1: 3 }],
    ])
    expect(told(inOrder(rows))).toEqual([
      [5, 0, { 0: 11, 1: 3 }],
      [5, 0, { 0: 12, 1: 2 }],
    ])
  })
})
