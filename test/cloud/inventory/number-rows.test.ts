import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openNumberRows, unpackNumberRows } from '../../../cloud/inventory/number-rows.ts'

const now = Date.UTC(2026, 10, 1)
const number = fc.oneof(
  fc.constant(0),
  fc.integer({ min: -100, max: 100_000 }),
  fc.integer({ min: now - 86_400_000, max: now }),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(-0, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 51, 2 ** 51 + 1),
)
const rows = fc
  .integer({ min: 1, max: 50 })
  .chain((count) =>
    fc.tuple(
      fc.constant(count),
      fc.array(fc.tuple(fc.nat(), fc.array(number, { minLength: count, maxLength: count }))),
    ),
  )

function unpacked(bytes: Uint8Array, count: number): [number, number[]][] {
  const found: [number, number[]][] = []
  unpackNumberRows(bytes, count, (id, cells) => found.push([id, [...cells]]))
  return found
}

test('every number comes back as it was, wherever its row begins', () => {
  const packing = openNumberRows()
  fc.assert(
    fc.property(rows, fc.nat({ max: 9 }), ([count, some], start) => {
      for (const [id, numbers] of some)
        packing.add(id, Float64Array.of(...Array(start).fill(7), ...numbers), start, count)
      expect(unpacked(packing.take(), count)).toEqual(some)
    }),
  )
})

test('of bytes that are cut off the whole rows are told, and no bytes make it throw', () => {
  fc.assert(
    fc.property(rows, fc.nat(), fc.uint8Array({ maxLength: 100 }), ([count, some], cut, anything) => {
      const packing = openNumberRows()
      for (const [id, numbers] of some) packing.add(id, Float64Array.from(numbers), 0, count)
      const bytes = packing.take()
      const left = unpacked(bytes.subarray(0, cut % (bytes.length + 1)), count)
      expect(left).toEqual(some.slice(0, left.length))
      expect(unpacked(anything, count).length).toBeLessThanOrEqual(anything.length)
    }),
  )
})

test('what is known of a tag that lies still takes less than a quarter of its numbers', () => {
  const packing = openNumberRows()
  const voice = [12, 3.2e-7, 4.7, 0, 0, 100]
  const recent = [0, 1, 2, 3].flatMap((index) => [now + index * 60_000, 12, 5, -61])
  const numbers = [12, now - 7_000_000, 1, now, 60_312.4, 6, 0, 0, ...voice, ...Array<number>(18).fill(0), 4, ...recent]
  for (let id = 1; id <= 512; id += 1) packing.add(id, Float64Array.from(numbers), 0, numbers.length)
  expect(packing.take().length / 512).toBeLessThan((numbers.length * 8) / 4)
})
