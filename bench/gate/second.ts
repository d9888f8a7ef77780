import type { Forest } from '../../edge/gate/forest.ts'
import type { GateModel } from '../../edge/gate/model.ts'
import type { SecondEvidence } from '../../edge/gate/second-look.ts'
import type { Mix } from '../../simulators/world/door-day.ts'
import { fitForest } from './boost.ts'
import { fitDirection } from './regression.ts'
import { type SimulatedGate, simulateGate, watchSimulated } from './simulated.ts'

/** A second look at a tag while the gate was watched, and whether it is one to tell a passage by. */
export interface SecondCase {
  readonly evidence: SecondEvidence
  readonly act: 'in' | 'out' | 'none'
}

type Second = NonNullable<GateModel['second']>

/**
 * Every second look at a tag. Left out are those of which nobody can say what they should have said: around the crossing,
 * once the passage has been told, and when all reads are of what came after it.
 */
function secondCases(gate: SimulatedGate, model: GateModel): SecondCase[] {
  const cases: SecondCase[] = []
  watchSimulated(gate, { ...model, second: firstAgain }, ({ epc, own, evidence, passed }, now) => {
    const load = gate.loadOf.get(epc)
    const crossesAt = load?.crossesAtMs
    if (evidence === undefined) return
    if (crossesAt === undefined || now < crossesAt - aroundMs.before) cases.push({ evidence, act: 'none' })
    else if (now >= crossesAt + aroundMs.after) {
      const isTold = passed !== undefined && Math.abs(passed.at - crossesAt) < aroundMs.told
      if (!isTold && own.look.startedAt <= crossesAt) cases.push({ evidence, act: load?.act === 'in' ? 'in' : 'out' })
    }
  })
  return cases
}
/** A second look that says what the first one said (in steps of a quarter): by it a gate is watched that is to be learnt from. */
const firstAgain: Second = {
  moved: [
    { features: [0], cuts: [0], leaves: [-4, -4] },
    ...Array.from({ length: 48 }, (_, n) => ({ features: [0], cuts: [(n - 15.5) / 4], leaves: [0, 0.25] })),
  ],
  direction: { bias: 0, weights: [1, 0, 0] },
}
const aroundMs = { before: 2_500, after: 1_500, told: 6_000 }

/** What the second look adds up to: learnt from as many that moved as others, told of doors where two of three go through. */
function fitSecond(cases: readonly SecondCase[]): Second {
  const moved = cases.filter(({ act }) => act !== 'none')
  const learnt = fitForest(
    cases.map(({ evidence, act }) => ({
      features: evidence.moved,
      start: 0,
      label: act === 'none' ? 0 : 1,
      weight: 500 / Math.max(1, act === 'none' ? cases.length - moved.length : moved.length),
    })),
    { trees: 160, depth: 4, leastShare: 0.002 },
  )
  return {
    moved: [prior, ...learnt],
    direction: fitDirection(
      moved.map(({ evidence, act }) => ({ features: evidence.direction, label: act === 'in' ? 1 : 0, weight: 1 })),
    ),
  }
}
const prior: Forest[number] = { features: [0], cuts: [0], leaves: [Math.LN2, Math.LN2] }

/** From doors that the first look was not learnt from, lest it seems better than it is. */
export function learnSecond(first: GateModel): Second {
  return fitSecond(secondSeeds.flatMap((seed) => secondCases(secondGate(seed), first)))
}
const secondSeeds = Array.from({ length: 48 }, (_, n) => 110_001 + n)

function secondGate(seed: number): SimulatedGate {
  return simulateGate(seed, mixes[seed % 2] ?? mixes[0], [0.3, 0.3, 0.4, 0.1][seed % 4] ?? 0.3)
}
const mixes: readonly [Mix, Mix] = [
  { in: 30, out: 30, parked: 30, neighbour: 30, 'turn-back': 30 },
  { in: 60, out: 60, parked: 40, neighbour: 40, 'turn-back': 30 },
]
