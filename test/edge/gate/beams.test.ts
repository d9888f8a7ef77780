import fc from 'fast-check'
import { expect, test } from 'vitest'
import { simulateBeamGate, watchBeamGate } from '../../../bench/gate/beam-doors.ts'
import { scoreSayings } from '../../../bench/gate/score.ts'
import { judgeBeams, takeBeamChange, takeBeamRead, watchBeams } from '../../../edge/gate/beam-watch.ts'
import {
  type BeamChange,
  type Crossing,
  crossingOf,
  crossingOver,
  noBeams,
  takeBeam,
} from '../../../edge/gate/beams.ts'
import type { Passed } from '../../../edge/gate/watch.ts'
import { parkedPallet, passingPallet } from '../../support/gate-pallet.ts'

/** `O` the light of the outer barrier is cut, `o` it is free; `I` and `i` the inner one. One letter every 200 ms from 0. */
const told = (letters: string, everyMs = 200): BeamChange[] =>
  [...letters].flatMap((letter, n) =>
    letter === ' '
      ? []
      : [
          {
            at: n * everyMs,
            side: letter.toLowerCase() === 'o' ? ('outside' as const) : ('inside' as const),
            isBroken: letter !== letter.toLowerCase(),
          },
        ],
  )

test.each<[string, string, Crossing['direction'], Crossing['why']]>([
  ['a pallet comes in', 'OIoi', 'in', 'passed'],
  ['a pallet goes out', 'IOio', 'out', 'passed'],
  ['a trolley that is shorter than the barriers are apart', 'Oo Ii', 'in', 'passed'],
  ['a pallet with a gap', 'OoOIo  IiIi', 'in', 'passed'],
  ['a change that was lost', 'OIOoi', 'in', 'passed'],
  ['a light that was cut before anybody listened', 'oOIoi', 'in', 'passed'],
  ['it stops and goes back', 'OIio', 'none', 'turned-back'],
  ['it looks in from inside', 'IOoi', 'none', 'turned-back'],
  ['somebody reaches in', 'Oo', 'none', 'one-beam'],
  ['it never leaves', 'OIo', 'none', 'blocked'],
])('%s: %s', (_what, letters, direction, why) => {
  expect(crossingOf(told(letters))).toMatchObject({ direction, why })
})

test.each([
  ['it is over when both are free for 1.5 s', 'OIoi', 2_100, 'in'],
  ['not before', 'OIoi', 2_000, undefined],
  ['not while one is cut', 'OIo', 50_000, undefined],
  ['what stands in the light for a minute is no passage', 'OIo', 60_000, 'none'],
  ['a barrier that only tells that it is free says nothing', 'o', 60_000, undefined],
])('%s', (_what, letters, now, direction) => {
  const beams = noBeams()
  for (const change of told(letters).toReversed()) takeBeam(beams, change)
  expect(crossingOver(beams, now)?.direction).toBe(direction)
  if (direction !== undefined) expect(crossingOver(beams, now + 60_000)).toBeUndefined()
})

test('with the barriers changed over in is out, whatever they told', () => {
  const change = fc.record({
    at: fc.nat(10_000),
    side: fc.constantFrom('outside' as const, 'inside' as const),
    isBroken: fc.boolean(),
  })
  const over = { in: 'out', out: 'in', none: 'none' } as const
  fc.assert(
    fc.property(fc.uniqueArray(change, { selector: ({ at }) => at, maxLength: 20 }), (changes) => {
      const sorted = changes.toSorted((a, b) => a.at - b.at)
      const crossing = crossingOf(sorted)
      const mirrored = crossingOf(
        sorted.map((one) => ({ ...one, side: one.side === 'outside' ? ('inside' as const) : ('outside' as const) })),
      )
      expect(mirrored).toEqual(crossing && { ...crossing, direction: over[crossing.direction] })
    }),
  )
})

/** A pallet that goes through, as the antennas of one side hear it, beside one that is parked there all the while. */
function passing(from: 'outside' | 'inside', heardBy: 'outside' | 'inside', light: string) {
  const watch = watchBeams()
  const passages: (Passed & { toldAt: number })[] = []
  const reads = [
    ...passingPallet(from, 10_000).map(({ tag, read }) => ({ epc: `T${tag}`, read })),
    ...parkedPallet(0, 30_000).map(({ tag, read }) => ({ epc: `P${tag}`, read: { ...read, side: heardBy } })),
  ].filter(({ read }) => read.side === heardBy)
  // The middle of the pallet is in the door at 13 s.
  const changes = told(light, 500).map((change) => ({ ...change, at: change.at + 12_250 }))
  for (let now = 0; now <= 55_000; now += 500) {
    judgeBeams(watch, now, (passed) => passages.push({ ...passed, toldAt: now }))
    for (const { epc, read } of reads) if (read.at >= now && read.at < now + 500) takeBeamRead(watch, epc, read)
    for (const change of changes) if (change.at >= now && change.at < now + 500) takeBeamChange(watch, change)
  }
  return { passages, watch, freeAt: changes.at(-1)?.at ?? 0 }
}

test.each([
  ['outside', 'inside', 'OIoi', 'in'],
  ['outside', 'outside', 'OIoi', 'in'],
  ['inside', 'inside', 'IOio', 'out'],
  ['inside', 'outside', 'IOio', 'out'],
] as const)(
  'a pallet from %s is heard on one side (%s) and told by its light (%s), within 3 s',
  (from, heardBy, light, direction) => {
    const { passages, freeAt, watch } = passing(from, heardBy, light)
    expect(passages.map(({ epc }) => epc).sort()).toEqual(Array.from({ length: 12 }, (_, n) => `T${n}`).sort())
    for (const passed of passages) {
      expect(passed).toMatchObject({ direction, at: 13_000 })
      expect(passed.confidence).toBeGreaterThan(0.88)
      expect(passed.toldAt - freeAt).toBeLessThanOrEqual(3_000)
    }
    expect(watch.tags.size).toBe(0)
  },
)

test.each([
  ['nothing stands in the light', ''],
  ['it turns back in the light', 'OIio'],
  ['one barrier alone is cut', 'Oo'],
])('a pallet that is read as if it had passed is not told when %s', (_what, light) => {
  expect(passing('outside', 'inside', light).passages).toEqual([])
})

test('at four simulated doors most passages are told by one side and the light, and few strays', () => {
  const scores = [510_001, 510_002, 510_003, 510_009].map((seed) => {
    const gate = simulateBeamGate(seed, { in: 30, out: 30, parked: 20, neighbour: 5, 'turn-back': 5 }, 0.3)
    return scoreSayings(gate, watchBeamGate(gate))
  })
  const pooled = (share: 'missedShare' | 'falsePassageShare', of: 'passages' | 'strays') =>
    scores.reduce((sum, one) => sum + one[share] * one[of], 0) / scores.reduce((sum, one) => sum + one[of], 0)
  for (const { directionAccuracy } of scores) expect(directionAccuracy).toBeGreaterThanOrEqual(0.95)
  expect(pooled('missedShare', 'passages')).toBeLessThanOrEqual(0.2)
  expect(pooled('falsePassageShare', 'strays')).toBeLessThanOrEqual(0.06)
})
