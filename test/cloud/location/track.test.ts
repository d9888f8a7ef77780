import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { everywhere, defaultProfile as profile } from '../../../cloud/location/profile.ts'
import { foldSign, readings, recentCells, take } from '../../../cloud/location/recent.ts'
import { placeHeard, rivalOf, type Track, trackCells } from '../../../cloud/location/track.ts'

/** 1, 2: slots of one hall; 3: the hall; 4: a slot of the cold room; 5: the dock. */
const zones = ['', 'hall', 'hall', 'hall', 'cold', 'dock']
const geography = {
  zoneOf: (place: number) => zones[place] ?? '',
  isSlot: (place: number) => place !== 3 && place !== 5,
  keyOf: String,
  isWatched: () => false,
  unhealthy: () => [],
}

const profiles = everywhere(profile)
type Sign = readonly [seconds: number, place: number, rssiDbm: number, reads?: number]

function trackAfter(signs: readonly Sign[]): Track {
  const recent = { cells: new Float64Array(recentCells), start: 0 }
  const now = { cells: new Float64Array(trackCells), start: 0 }
  for (const [seconds, place, rssiDbm, reads = 1] of signs) {
    const reading = { at: 1e12 + seconds * 1000, place, reads, rssiDbm: Number.isNaN(rssiDbm) ? undefined : rssiDbm }
    if (take(recent, reading, now, geography, profiles) === 'newest') foldSign(now, reading, geography, profiles)
  }
  return now
}

/** Read every two seconds for a minute at each place in turn. */
function stays(...places: readonly (readonly [place: number, rssiDbm: number])[]): Sign[] {
  return places.flatMap(([place, rssiDbm], stay) =>
    Array.from({ length: 30 }, (_, read): Sign => [stay * 60 + read * 2, place, rssiDbm]),
  )
}

/** Read once a second at one place. */
function reads(from: number, count: number, place: number, rssiDbm = -60): Sign[] {
  return Array.from({ length: count }, (_, read): Sign => [from + read, place, rssiDbm])
}

/** Read in turn at two places, 6 dB weaker at the other. */
function overlapping(from: number, count: number, place: number, other: number): Sign[] {
  return Array.from(
    { length: count },
    (_, read): Sign => (read % 2 === 0 ? [from + read, place, -60] : [from + read, other, -66]),
  )
}

describe('where antennas put a tag', () => {
  const atOne = stays([1, -60])
  const heardFromFour = [...atOne, ...overlapping(61, 60, 4, 1)]
  for (const [name, signs, place, rival] of [
    ['read once: nowhere', [[0, 1, -50]], 0, 0],
    [
      'read once, and once more an hour later: nowhere',
      [
        [0, 1, -50],
        [3600, 1, -50],
      ],
      0,
      0,
    ],
    [
      'read twice: present, a first guess',
      [
        [0, 1, -60],
        [1, 1, -60],
      ],
      1,
      1,
    ],
    ['two reads in one observation', [[0, 1, -60, 2]], 1, 1],
    ['read often: sure', [[0, 1, -60, 6]], 1, 0],
    [
      'heard at two places alike: uncertain between the two',
      [
        [0, 1, -60, 3],
        [1, 2, -64, 3],
      ],
      1,
      2,
    ],
    ['a single stray read of great strength', [...atOne, [61, 4, -40]], 1, 0],
    [
      'a few strays while its own antenna goes on',
      [...atOne, [61, 4, -70], [61, 1, -60], [62, 5, -66], [63, 1, -60]],
      1,
      0,
    ],
    ['gone over: soon found', [...atOne, ...Array.from({ length: 6 }, (_, n): Sign => [62 + n, 4, -60])], 4, 0],
    ['on the way: uncertain', [...atOne, ...Array.from({ length: 4 }, (_, n): Sign => [62 + n, 4, -60])], 1, 4],
    ['there for a minute', stays([1, -60], [4, -60]), 4, 0],
    ['and back', stays([1, -60], [4, -60], [1, -60]), 1, 0],
    ['gone back: found as soon', [...stays([1, -60], [4, -60]), ...reads(121, 6, 1)], 1, 0],
    ['gone back after a short stay', [...atOne, ...reads(61, 12, 4), ...reads(74, 6, 1)], 1, 0],
    ['gone to another slot of a zone where it was', [...stays([1, -60], [4, -60]), ...reads(121, 6, 2)], 2, 0],
    ['on the way there: the rival is the new one', [...stays([1, -60], [4, -60]), ...reads(121, 4, 2)], 4, 2],
    ['gone over, and still heard where it was: stays', [...heardFromFour, ...reads(122, 5, 1, -66)], 4, 0],
    ['the zone agrees with the slot', stays([1, -60], [3, -55]), 1, 0],
    ['a slot refines its zone', stays([3, -60], [1, -60]), 1, 0],
    ['another zone does not agree', stays([1, -60], [5, -60]), 5, 0],
    ['readers that tell no level', stays([1, Number.NaN], [4, Number.NaN]), 4, 0],
  ] as readonly (readonly [string, readonly Sign[], number, number])[]) {
    test(name, () => {
      const now = trackAfter(signs)
      expect([placeHeard(now), rivalOf(now, profile)]).toEqual([place, rival])
    })
  }

  test('noise around equal levels never ends in a move that stays', () => {
    // Two antennas of equal strength: uncertain is the answer, and it does not go back and forth.
    const signs = Array.from({ length: 600 }, (_, n): Sign => [n, 1 + (n % 2), -60 - (n % 2) * 6 + (n % 3)])
    const places = new Set(signs.slice(40).map((_, n) => placeHeard(trackAfter(signs.slice(0, n + 40)))))
    expect(places).toEqual(new Set([1]))
  })
})

test('readings that overtake each other by a few end in the same numbers, bit for bit', () => {
  const sign = fc.tuple(
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: -75, max: -50 }),
  )
  fc.assert(
    fc.property(
      fc
        .array(sign, { minLength: 1, maxLength: readings })
        .chain((signs) => fc.tuple(fc.constant(signs), fc.shuffledSubarray(signs, { minLength: signs.length }))),
      ([signs, shuffled]) => {
        const before = stays([1, -60], [2, -60]).map(([at, ...rest]): Sign => [at - 200, ...rest])
        expect(trackAfter([...before, ...shuffled]).cells).toEqual(trackAfter([...before, ...signs]).cells)
      },
    ),
    { numRuns: 500 },
  )
})
