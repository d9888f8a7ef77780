import { brotliCompressSync, constants } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { packMap, packSnapshot, unpackMap, unpackSnapshot } from '../../shared/board-packed.ts'
import { planWarehouse } from '../../simulators/world/plan.ts'
import { warehouseSizes } from '../../simulators/world/size.ts'
import { aMap, aSnapshot } from '../cloud/board/a-site.ts'

const overTheWire = <T>(value: T): T => JSON.parse(JSON.stringify(value))
const snapshot = {
  ...aSnapshot(),
  asOf: 5000,
  slots: { slot: [0, 1, 2, 3], state: [0, 1, 2, 1], items: [0, 3, 0, 12], asOf: [0, 4990, 1, 5000] },
}

test('what was packed comes out again', () => {
  const map = aMap()
  expect(unpackMap(overTheWire(packMap(map)))).toEqual(map)
  expect(unpackSnapshot(overTheWire(packSnapshot(snapshot)), snapshot.map)).toEqual(snapshot)
})
test('a site without slots, readers and sensors', () => {
  const map = aMap({ slots: [], readPoints: [], sensors: [] })
  expect(unpackMap(overTheWire(packMap(map)))).toEqual(map)
})

describe('a snapshot for another map is refused', () => {
  const packed = packSnapshot(snapshot)
  for (const [name, broken] of [
    ['another version', { ...packed, mapVersion: 2 }],
    ['a slot too few', { ...packed, slots: { ...packed.slots, state: '012' } }],
    ['a column too short', { ...packed, slots: { ...packed.slots, age: [1] } }],
  ] as const) {
    test(name, () => expect(unpackSnapshot(broken, snapshot.map)).toBeNull())
  }
})

test('100,000 slots: map and state together stay under a megabyte on the wire', () => {
  const { map } = planWarehouse({ site: 'dc', name: 'DC', timeZone: 'UTC', seed: 42, size: warehouseSizes.huge })
  expect(map.slots.length).toBe(100_000)
  const slot = map.slots.map((_, index) => index)
  const now = 1_790_000_000_000
  // No order that a compressor could find in times and counts.
  const mixed = (n: number) => Math.imul(n ^ (n >>> 7), 0x9e3779b1) >>> 0
  const slots = {
    slot,
    state: slot.map((n) => (mixed(n) % 4 === 0 ? 0 : 1)),
    items: slot.map((n) => mixed(n + 1) % 7),
    asOf: slot.map((n) => now - (mixed(n + 2) % 600_000)),
  }
  const bytes = [packMap(map), packSnapshot({ ...snapshot, map, asOf: now, slots })].map(
    (packed) => brotliCompressSync(JSON.stringify(packed), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }).length,
  )
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(1_000_000)
})
