import type { Forest } from '../../edge/gate/forest.ts'
import { type GateModel, models } from '../../edge/gate/model.ts'
import type { ThirdEvidence } from '../../edge/gate/third-look.ts'
import type { Mix } from '../../simulators/world/door-day.ts'
import { fitForest } from './boost.ts'
import { fitDirection } from './regression.ts'
import { type SimulatedGate, simulateGate, watchSimulated } from './simulated.ts'
import { writeWeights } from './write-weights.ts'

/** A third look at a tag while the gate was watched, and whether it is one to tell a passage by. */
export interface ThirdCase {
  readonly evidence: ThirdEvidence
  readonly act: 'in' | 'out' | 'none'
  /** Looks at one tag, before it crossed the line or afterwards: the surest of them is what counts. */
  readonly bag: string
}

type Third = Omit<NonNullable<GateModel['third']>, 'least'>

/** A passage is to be told by a look from so long after the crossing on; of what is looked at in between nobody can say what it should say. */
const aroundMs = { before: 2_500, after: 1_500, told: 6_000, over: 10_000 }

/** Every third look at a gate that is watched by `model`. */
function thirdCases(seed: number, model: GateModel): ThirdCase[] {
  const gate = trainingGate(seed)
  const cases: ThirdCase[] = []
  watchSimulated(gate, model, ({ epc, own, third, passed }, now) => {
    const load = gate.loadOf.get(epc)
    const crossesAt = load?.crossesAtMs
    if (third === undefined) return
    if (crossesAt === undefined || now < crossesAt - aroundMs.before) {
      cases.push({ evidence: third, act: 'none', bag: `${seed} ${epc} before` })
      return
    }
    const isTold = passed !== undefined && Math.abs(passed.at - crossesAt) < aroundMs.told
    const isLate = own.look.startedAt > crossesAt && now > crossesAt + aroundMs.over
    if (isTold || isLate || now < crossesAt + aroundMs.after) return
    cases.push({ evidence: third, act: load?.act === 'in' ? 'in' : 'out', bag: `${seed} ${epc}` })
  })
  return cases
}

function trainingGate(seed: number): SimulatedGate {
  return simulateGate(seed, mixes[seed % mixes.length] ?? mixes[0], [0.3, 0.3, 0.4, 0.1][seed % 4] ?? 0.3)
}
const mixes: readonly [Mix, Mix, Mix] = [
  { in: 30, out: 30, parked: 30, neighbour: 30, 'turn-back': 30 },
  { in: 60, out: 60, parked: 40, neighbour: 40, 'turn-back': 30 },
  { in: 100, out: 100, parked: 60, neighbour: 50, 'turn-back': 40 },
]

/** Learnt from as many that moved as others, each tag by the surest look at it. */
function fitThird(cases: readonly ThirdCase[]): Third {
  const bags = new Map<string, number>()
  for (const { bag } of cases) if (!bags.has(bag)) bags.set(bag, bags.size)
  const moved = cases.filter(({ act }) => act !== 'none')
  const movedBags = new Set(moved.map(({ bag }) => bag)).size
  const learnt = fitForest(
    cases.map(({ evidence, act, bag }) => ({
      features: evidence.moved,
      start: 0,
      label: act === 'none' ? 0 : 1,
      weight: 500 / Math.max(1, act === 'none' ? bags.size - movedBags : movedBags),
      bag: bags.get(bag) ?? 0,
    })),
    { trees: 160, depth: 4, leastShare: 0.001 },
  )
  return {
    moved: [prior, ...learnt],
    direction: fitDirection(
      moved.map(({ evidence, act }) => ({ features: evidence.direction, label: act === 'in' ? 1 : 0, weight: 1 })),
    ),
  }
}

/** Told of doors where two of three go through. */
const prior: Forest[number] = { features: [0], cuts: [0], leaves: [Math.LN2, Math.LN2] }

/**
 * From doors that neither the first nor the second look was learnt from, lest they seem better than they are. A third look changes what
 * a gate has told and its habit, so it is learnt twice: where the second one decides, and at other doors where what was learnt there does.
 */
function learnThird(): Third {
  const learnt = (seeds: readonly number[], model: GateModel) =>
    fitThird(seeds.flatMap((seed) => thirdCases(seed, model)))
  const started = learnt(startSeeds, { ...models.passage, third: undefined })
  return learnt(ownSeeds, { ...models.passage, third: { ...started, least: least.learning } })
}
const startSeeds = Array.from({ length: 128 }, (_, n) => 710_001 + n)
const ownSeeds = Array.from({ length: 256 }, (_, n) => 710_129 + n)

/** Log odds from which on a passage is told: at the doors that it is learnt from, and as it was chosen afterwards (docs/gates.md). */
const least = { learning: 3, chosen: 2.7 }

if (import.meta.main)
  writeWeights('third-weights.ts', 'thirdWeights', 'fit:third', { ...learnThird(), least: least.chosen })
