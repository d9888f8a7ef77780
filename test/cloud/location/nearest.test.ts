import { describe, expect, test } from 'vitest'
import type { Evidence } from '../../../cloud/location/evidence.ts'
import { type Levels, levelsOf, nearestSlots } from '../../../cloud/location/nearest.ts'
import { openPlaces } from '../../../cloud/location/place.ts'
import { look, openLink } from '../../../simulators/world/air.ts'
import { recorded, recordedLookMs } from '../../../simulators/world/airs.ts'
import { seededRandom } from '../../../simulators/world/chance.ts'

const levels = (byPoint: Readonly<Record<string, number>>): Levels => new Map(Object.entries(byPoint))
const reference = (slot: string, byPoint: Readonly<Record<string, number>>) => ({ slot, levels: levels(byPoint) })

describe('which slots a tag may lie in, by the reference tags that are heard like it', () => {
  const left = reference('L', { a: -50, b: -65 })
  const middle = reference('M', { a: -57, b: -57 })
  const right = reference('R', { a: -65, b: -50 })
  for (const [name, of, references, slots] of [
    ['heard as one of them', { a: -50, b: -65 }, [left, middle, right], ['L', 'M', 'R']],
    ['between two, nearer to one', { a: -60, b: -54 }, [left, middle, right], ['M', 'R', 'L']],
    ['heard at one read point only', { b: -51 }, [left, middle, right], ['R', 'M', 'L']],
    [
      'two of one slot count together',
      { a: -58, b: -57 },
      [middle, reference('R', { a: -59, b: -57 }), reference('R', { a: -58, b: -58 })],
      ['R', 'M'],
    ],
    ['not heard by the same read points: nobody can tell', { c: -50 }, [left, right], []],
    ['never heard', {}, [left], []],
    ['reference tags that are not heard', { a: -50 }, [reference('L', {})], []],
    ['no reference tags', { a: -50 }, [], []],
    [
      'the four nearest have a say',
      { a: -50 },
      [-51, -52, -53, -54, -55].map((dbm, index) => reference(`S${index}`, { a: dbm })),
      ['S0', 'S1', 'S2', 'S3'],
    ],
  ] as const) {
    test(name, () => {
      const near = nearestSlots(levels(of), references)
      expect(near.map(({ slot }) => slot)).toEqual(slots)
      if (near.length > 0) expect(near.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
    })
  }

  test('the shares are the inverse squares of the differences', () => {
    const near = nearestSlots(levels({ a: -50 }), [reference('X', { a: -52 }), reference('Y', { a: -54 })])
    expect(near).toEqual([
      { slot: 'X', share: expect.closeTo(0.8) },
      { slot: 'Y', share: expect.closeTo(0.2) },
    ])
  })
})

test('a level is the mean power of the reads; words, and reads without a level, tell none', () => {
  const place = openPlaces().of('rtm', 'A', null)
  const one = { at: 0, basis: 'zone', place, readPoint: 'a', count: 1, sureness: 1, peakRssiDbm: -50 } as const
  const reads: readonly Evidence[] = [
    one,
    { ...one, peakRssiDbm: -60, count: 9 },
    { ...one, readPoint: 'b', peakRssiDbm: undefined },
    { ...one, readPoint: 'c', basis: 'scan' },
  ]
  expect([...levelsOf(reads)]).toEqual([['a', expect.closeTo(10 * Math.log10((1e-5 + 9e-6) / 10))]])
})

test('under four antennas in the recorded air most tags are given the slot in which they lie', () => {
  // Nine slots of 2.7 m in three rows, an antenna over each corner, a reference tag and twenty tags in each slot.
  const random = seededRandom(11)
  const antennas = [0, 1, 2, 3].map((corner) => ({ x: (corner % 2) * 8.1, y: Math.floor(corner / 2) * 8.1 }))
  const heardAt = (slot: number): Levels => {
    const [x, y] = [1.35 + (slot % 3) * 2.7, 1.35 + Math.floor(slot / 3) * 2.7]
    return new Map(
      antennas.flatMap((antenna, index) => {
        const metres = Math.hypot(x - antenna.x, y - antenna.y, 2)
        const link = openLink(recorded, -45 - 22 * Math.log10(metres), 0, random)
        const reads = Array.from({ length: 120 }, (_, n) => look(link, recorded, n * recordedLookMs, random))
        const powers = reads.flatMap((dbm) => (dbm === undefined ? [] : [10 ** (dbm / 10)]))
        const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length
        return powers.length === 0 ? [] : [[String(index), 10 * Math.log10(mean)] as const]
      }),
    )
  }
  const slots = Array.from({ length: 9 }, (_, slot) => slot)
  const references = slots.map((slot) => ({ slot: String(slot), levels: heardAt(slot) }))
  const right = slots.flatMap((slot) =>
    Array.from({ length: 20 }, () => nearestSlots(heardAt(slot), references)[0]?.slot === String(slot)),
  )
  const share = right.filter(Boolean).length / right.length
  expect(share).toBeGreaterThan(0.75)
})
