import type { Forest } from '../../edge/gate/forest.ts'
import type { GateModel } from '../../edge/gate/model.ts'
import type { Mix } from '../../simulators/world/door-day.ts'
import { fitForest } from './boost.ts'
import { type SimulatedGate, simulateGate, watchSimulated } from './simulated.ts'

/** A second look at a tag while the gate was watched, and whether it is one to tell a passage by. */
export interface SecondCase {
  readonly evidence: readonly number[]
  readonly moved: boolean
}

/**
 * Every second look at a tag. Left out are those of which nobody can say what they should have said: around the crossing,
 * once the passage has been told, and when all reads are of what came after it.
 */
export function secondCases(gate: SimulatedGate, model: GateModel): SecondCase[] {
  const cases: SecondCase[] = []
  watchSimulated(gate, { ...model, second: firstAgain }, ({ epc, own, evidence, passed }, now) => {
    const crossesAt = gate.loadOf.get(epc)?.crossesAtMs
    if (evidence === undefined) return
    if (crossesAt === undefined || now < crossesAt - aroundMs.before) cases.push({ evidence, moved: false })
    else if (now >= crossesAt + aroundMs.after) {
      const isTold = passed !== undefined && Math.abs(passed.at - crossesAt) < aroundMs.told
      if (!isTold && own.look.startedAt <= crossesAt) cases.push({ evidence, moved: true })
    }
  })
  return cases
}
/** A second look that says what the first one said (in steps of a quarter): by it a gate is watched that is to be learnt from. */
const firstAgain: Forest = [
  { features: [0], cuts: [0], leaves: [-4, -4] },
  ...Array.from({ length: 48 }, (_, n) => ({ features: [0], cuts: [(n - 15.5) / 4], leaves: [0, 0.25] })),
]
const aroundMs = { before: 2_500, after: 1_500, told: 6_000 }

/** What the second look adds up to: learnt from as many that moved as others, told of doors where two of three go through. */
export function fitSecond(cases: readonly SecondCase[]): Forest {
  const moved = cases.filter((one) => one.moved).length
  const learnt = fitForest(
    cases.map((one) => ({
      features: one.evidence,
      start: 0,
      label: one.moved ? 1 : 0,
      weight: 500 / Math.max(1, one.moved ? moved : cases.length - moved),
    })),
    { trees: 160, depth: 4, leastShare: 0.002 },
  )
  return [{ features: [0], cuts: [0], leaves: [Math.LN2, Math.LN2] }, ...learnt]
}

/** Doors that the first look was not learnt from, lest it seems better than it is. */
export function secondGates(): SimulatedGate[] {
  return Array.from({ length: 64 }, (_, n) =>
    simulateGate(110_001 + n, mixes[(n + 1) % 2] ?? mixes[0], [0.3, 0.3, 0.4, 0.1][n % 4] ?? 0.3),
  )
}
const mixes: readonly [Mix, Mix] = [
  { in: 30, out: 30, parked: 30, neighbour: 30, 'turn-back': 30 },
  { in: 60, out: 60, parked: 40, neighbour: 40, 'turn-back': 30 },
]
