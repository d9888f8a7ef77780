import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeRun, type Suspect } from '../../../edge/gate/judge.ts'
import type { GateRead } from '../../../edge/gate/read.ts'

const read = fc.record({
  at: fc.integer({ min: 0, max: 20_000 }),
  isInside: fc.boolean(),
  antenna: fc.integer({ min: 0, max: 1 }),
  rssiDb: fc.integer({ min: -160, max: -80 }).map((halves) => halves / 2),
})
/** Antennas 0 and 1 look outwards, 2 and 3 inwards. */
const gateRead = read.map(
  ({ at, isInside, antenna, rssiDb }): GateRead => ({
    ...{ at, rssiDb, side: isInside ? 'inside' : 'outside' },
    antenna: isInside ? antenna + 2 : antenna,
  }),
)
const run = fc
  .array(fc.array(gateRead, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 6 })
  .map((tags) => tags.map((reads, n): Suspect => ({ epc: `T${n}`, reads: reads.sort((a, b) => a.at - b.at) })))

function mirrored(suspects: readonly Suspect[]): Suspect[] {
  return suspects.map(({ epc, reads }) => ({
    epc,
    reads: reads.map((one) => ({ ...one, side: one.side === 'inside' ? 'outside' : 'inside' })),
  }))
}

test('whatever was read: with the sides changed over in is out, and as sure', () => {
  const other = { in: 'out', out: 'in', none: 'none' }
  fc.assert(
    fc.property(run, (suspects) => {
      const seen = [...judgeRun(suspects).values()]
      const swapped = [...judgeRun(mirrored(suspects)).values()]
      for (const [n, { decision, confidence, at }] of seen.entries()) {
        expect(swapped[n]?.confidence).toBeCloseTo(confidence, 9)
        expect(swapped[n]?.at).toBe(at)
        expect(swapped[n]?.decision).toBe(other[decision])
      }
    }),
    { numRuns: 300 },
  )
})

test('whatever was read: louder, later, or by antennas of other names the decision is the same', () => {
  fc.assert(
    fc.property(run, fc.integer({ min: -40, max: 40 }), fc.integer({ min: 1, max: 2e9 }), (suspects, db, hours) => {
      const retold = suspects.map(({ epc, reads }) => ({
        epc,
        // Whole hours: what was read together is still so.
        reads: reads.map((one) => ({
          ...{ side: one.side, antenna: 9 - one.antenna },
          ...{ at: one.at + (hours % 1000) * 3_600_000, rssiDb: one.rssiDb + db },
        })),
      }))
      const seen = [...judgeRun(suspects).values()]
      for (const [n, { decision, confidence }] of [...judgeRun(retold).values()].entries()) {
        expect(decision).toBe(seen[n]?.decision)
        expect(confidence).toBeCloseTo(seen[n]?.confidence ?? 0, 9)
      }
    }),
    { numRuns: 150 },
  )
})
