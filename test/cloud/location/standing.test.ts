import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Basis, Evidence } from '../../../cloud/location/evidence.ts'
import { openPlaces, type Place } from '../../../cloud/location/place.ts'
import { consider, decidedBy, remap, type Standing, unseen } from '../../../cloud/location/standing.ts'

const places = openPlaces()
const place: Readonly<Record<string, Place>> = {
  'A-1': places.of('rtm', 'A', 'A-1'),
  'A-2': places.of('rtm', 'A', 'A-2'),
  'C-1': places.of('rtm', 'COLD', 'C-1'),
  A: places.of('rtm', 'A', null),
  COLD: places.of('rtm', 'COLD', null),
  DOCK: places.of('rtm', 'DOCK', null),
  nowhere: places.of('rtm', null, null),
  gone: places.departed('rtm'),
}

function at(at: number, basis: Basis, where: string, readPoint = 'r', count = 1): Evidence {
  return { at, basis, place: place[where] ?? places.of('rtm', null, null), readPoint, count, sureness: 1 }
}

function standingAfter(...evidence: readonly Evidence[]): Standing {
  const standing = unseen()
  for (const one of evidence) consider(standing, one)
  return standing
}

describe('where an item is', () => {
  for (const [name, evidence, where, since] of [
    ['read at a slot', [at(1, 'slot', 'A-1')], 'A-1', 1],
    ['read again: since the first time', [at(1, 'slot', 'A-1'), at(9, 'slot', 'A-1')], 'A-1', 1],
    ['newer evidence moves it', [at(1, 'slot', 'A-1'), at(2, 'slot', 'C-1')], 'C-1', 2],
    ['late evidence does not', [at(2, 'slot', 'C-1'), at(1, 'slot', 'A-1')], 'C-1', 2],
    ['late evidence for the place moves since back', [at(9, 'slot', 'A-1'), at(3, 'slot', 'A-1')], 'A-1', 3],
    [
      'but not beyond evidence against it',
      [at(5, 'slot', 'C-1'), at(9, 'slot', 'A-1'), at(3, 'slot', 'A-1')],
      'A-1',
      9,
    ],
    [
      'a backlog in its own order gives the exact since',
      [at(90, 'slot', 'A-1'), at(10, 'slot', 'A-1'), at(20, 'slot', 'C-1'), at(30, 'slot', 'A-1')],
      'A-1',
      30,
    ],
    ['a zone antenna agrees with a slot of its zone', [at(1, 'slot', 'A-1'), at(5000, 'zone', 'A')], 'A-1', 1],
    ['a zone antenna elsewhere does not', [at(1, 'slot', 'A-1'), at(5000, 'zone', 'COLD')], 'COLD', 5000],
    [
      'back in the zone, the slot is not known any more',
      [at(1, 'slot', 'A-1'), at(2, 'zone', 'COLD'), at(3, 'zone', 'A')],
      'A',
      3,
    ],
    ['at the gate it is in no slot', [at(1, 'slot', 'A-1'), at(2, 'gate', 'DOCK')], 'DOCK', 2],
    ['picked from a slot of the zone', [at(1, 'slot', 'A-1'), at(2, 'pick', 'A')], 'A', 2],
    ['a passage beats the tail of gate reads', [at(1, 'passage', 'gone'), at(9000, 'gate', 'DOCK')], 'gone', 1],
    ['who comes back later is back', [at(1, 'passage', 'gone'), at(20_000, 'gate', 'DOCK')], 'DOCK', 20_000],
    ['a scan beats an antenna for 5 s', [at(1, 'scan', 'A-2'), at(5000, 'slot', 'A-1')], 'A-2', 1],
    ['and not for longer', [at(1, 'scan', 'A-2'), at(5002, 'slot', 'A-1')], 'A-1', 5002],
    ['an antenna on no map proves no place', [at(1, 'slot', 'A-1'), at(9, 'unplaced', 'nowhere')], 'A-1', 1],
    ['but that the tag exists', [at(9, 'unplaced', 'nowhere')], 'nowhere', 9],
    ['at equal times a slot beats a zone', [at(5, 'slot', 'C-1'), at(5, 'zone', 'A')], 'C-1', 5],
  ] as const) {
    test(name, () => {
      const standing = standingAfter(...evidence)
      expect(standing.place).toBe(place[where])
      expect(standing.since).toBe(since)
      expect(standing.lastSeenAt).toBe(Math.max(...evidence.map((one) => one.at)))
    })
  }

  test('a map without the slot leaves the zone, and newer evidence counts as ever', () => {
    const standing = standingAfter(at(10, 'slot', 'A-1'))
    expect(remap(standing, (one) => (one.slot === null ? one : places.of(one.site, one.zone, null)))).toBe(true)
    expect(standing.place).toBe(place['A'])
    expect(consider(standing, at(9, 'slot', 'A-2'))).toBe('moved') // an older slot of the same zone is a finer answer
    expect(consider(standing, at(11, 'slot', 'C-1'))).toBe('moved')
    expect(standing.place).toBe(place['C-1'])
  })
})

const anyEvidence: fc.Arbitrary<Evidence> = fc
  .record({
    at: fc.integer({ min: 0, max: 30_000 }).map((time) => Math.floor(time / 1000) * 1000), // equal times are frequent
    readPoint: fc.constantFrom('r1', 'r2'),
    count: fc.integer({ min: 1, max: 3 }),
    sureness: fc.constant(1),
    what: fc.constantFrom<readonly [Basis, string]>(
      ['slot', 'A-1'],
      ['slot', 'A-2'],
      ['slot', 'C-1'],
      ['zone', 'A'],
      ['zone', 'COLD'],
      ['gate', 'DOCK'],
      ['pick', 'A'],
      ['passage', 'gone'],
      ['passage', 'DOCK'],
      ['scan', 'A-2'],
      ['unplaced', 'nowhere'],
    ),
  })
  .map(({ what, ...rest }) => ({ ...rest, basis: what[0], place: place[what[1]] ?? places.of('rtm', null, null) }))

test('any order of arrival ends in the same place, on the same evidence', () => {
  fc.assert(
    fc.property(
      fc.array(anyEvidence, { minLength: 1, maxLength: 12 }).chain((evidence) => {
        return fc.tuple(fc.constant(evidence), fc.shuffledSubarray(evidence, { minLength: evidence.length }))
      }),
      ([inOrder, shuffled]) => {
        const [one, other] = [standingAfter(...inOrder), standingAfter(...shuffled)]
        const { place, lastSeenAt, readPoint } = one
        expect({ ...decidedBy(other) }).toEqual(decidedBy(one))
        expect({ place: other.place?.key, lastSeenAt: other.lastSeenAt, readPoint: other.readPoint }).toEqual({
          place: place?.key,
          lastSeenAt,
          readPoint,
        })
      },
    ),
    { numRuns: 2000 },
  )
})

test('since never lies after the last sighting', () => {
  fc.assert(
    fc.property(fc.array(anyEvidence, { minLength: 1, maxLength: 12 }), (evidence) => {
      const standing = standingAfter(...evidence)
      expect(standing.since).toBeLessThanOrEqual(standing.lastSeenAt)
    }),
  )
})
