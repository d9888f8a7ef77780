import { writeFileSync } from 'node:fs'
import { coefficients } from '../../edge/gate/coefficients.ts'
import type { Look } from '../../edge/gate/features.ts'
import { type Impression, impressionOf, type Suspect, strongLevelOf } from '../../edge/gate/judge.ts'
import { clipped, type Load, loadsOf, type Place } from '../../edge/gate/loads.ts'
import { evidenceOf, type GateModel, logOdds, models, type Regression } from '../../edge/gate/model.ts'
import type { GateRead } from '../../edge/gate/read.ts'
import { pick, seededRandom } from '../../simulators/world/chance.ts'
import type { Mix } from '../../simulators/world/door-day.ts'
import { type ForestSize, fitForest } from './boost.ts'
import { makeHallRun } from './hall-runs.ts'
import { type RecordedRun, recordedRuns, thinned } from './recorded.ts'
import { fitDirection, fitLogistic, ridge } from './regression.ts'
import { makeRun, scenes } from './runs.ts'
import { learnSecond } from './second.ts'
import { gateReadOf, type SimulatedGate, simulateGate, watchSimulated } from './simulated.ts'

/** One tag at one moment of judgement, with the load it is in. */
export interface Case {
  readonly own: Look
  readonly place: Place
  /** Level of what goes through the gate. */
  readonly strongDb: number
  /** All of the load, this one too. */
  readonly mates: readonly Look[]
  readonly moved: boolean
  /** Unknown of recorded tags, and of those that did not pass. */
  readonly direction: 'in' | 'out' | undefined
}

/** Cases of equal weight in all, however many there are. */
export type Domain = readonly Case[]

/** What is learnt: what the motion of a tag says, and what it says with that of its load. */
export function fitGate(domains: readonly Domain[], size?: ForestSize): GateModel {
  const cases = domains.flatMap(weighed)
  type Weighted = (typeof cases)[number]
  const gone = cases.filter(({ direction }) => direction !== undefined)
  const inwards = (features: (one: Weighted) => readonly number[], otherwise: Regression) =>
    gone.length === 0
      ? otherwise
      : fitDirection(
          gone.map((one) => ({ features: features(one), label: one.direction === 'in' ? 1 : 0, weight: one.weight })),
        )
  const motion = fitLogistic(
    cases.map(({ own, moved, weight }) => ({ features: own.motion, label: moved ? 1 : 0, weight })),
    ridge,
  )
  const direction = inwards(({ own }) => own.direction, models.run.direction)
  const loadDirection = inwards(({ place }) => place.load.look.direction, models.run.loadDirection)
  return {
    motion,
    moved: fitForest(
      cases.map(({ own, place, strongDb, mates, moved, weight }) => {
        const start = logOdds(motion, own.motion)
        const motions = mates.reduce((sum, mate) => sum + clipped(logOdds(motion, mate.motion)), 0)
        // A load looks at its reads when it is asked to: it is not to be copied.
        const anew = { alike: place.alike, load: { tags: place.load.tags, look: place.load.look, motions } }
        return { features: evidenceOf(own, anew, strongDb, start), start, label: moved ? 1 : 0, weight }
      }),
      size,
    ),
    direction,
    loadDirection,
    directionTogether: inwards(
      ({ own, place }) => [logOdds(direction, own.direction), logOdds(loadDirection, place.load.look.direction)],
      models.run.directionTogether,
    ),
  }
}

/** Half of what is learnt is of tags that moved, half of others, however many there are of each. */
function weighed(domain: Domain): (Case & { readonly weight: number })[] {
  const moved = domain.filter((one) => one.moved).length
  return domain.map((one) => ({ ...one, weight: 500 / Math.max(1, one.moved ? moved : domain.length - moved) }))
}

/** What is done to the reads before they are judged. */
export type Retold = (suspects: readonly Suspect[]) => readonly Suspect[]
const asTold: Retold = (suspects) => suspects

/** A recorded run as one judgement of all its tags. */
export function recordedCases({ suspects, moving }: Pick<RecordedRun, 'suspects' | 'moving'>): Case[] {
  return casesOf(suspects, (epc) => (moving.has(epc) ? 'moved' : 'none'))
}

/** The same as it would be of a reader that hears every read, half of them, one in four. */
function thinnedCases(run: RecordedRun, retold: Retold = asTold): Case[] {
  return [1, 0.5, 0.25].flatMap((kept, n) => {
    const { suspects, moving } = thinned(run, kept, n)
    return recordedCases({ suspects: retold(suspects), moving })
  })
}

/** Made-up runs of made-up gates, twisted in all the ways that gates differ in. */
function madeCases(seeds: readonly number[], retold: Retold = asTold): Case[] {
  return seeds.flatMap((seed) => {
    const random = seededRandom(seed)
    const twist = {
      kept: pick([1, 1, 0.5, 0.25], random) ?? 1,
      faster: pick([1, 1, 2, 0.5], random) ?? 1,
      stretch: pick([0.8, 1, 1, 1.25], random) ?? 1,
      weakerOutsideDb: pick([-6, 0, 0, 6], random) ?? 0,
    }
    const { suspects, truthOf } = makeRun(seed, scenes[seed % scenes.length] ?? 'busy', twist)
    return casesOf(retold(suspects), (epc) => truthOf.get(epc) ?? 'none')
  })
}

/** The same of a simulated day: what the command for recorded runs sees. */
function wholeCases({ door, day, loadOf }: SimulatedGate): Case[] {
  const byEpc = new Map<string, GateRead[]>()
  for (const read of day.reads) {
    const reads = byEpc.get(read.epc) ?? []
    byEpc.set(read.epc, reads)
    reads.push(gateReadOf(door, read))
  }
  const suspects = [...byEpc].map(([epc, reads]) => ({ epc, reads }))
  return casesOf(suspects, (epc) => {
    const act = loadOf.get(epc)?.act
    return act === 'in' || act === 'out' ? act : 'none'
  })
}

/** Cases of readers that tell no level: all reads are as strong. */
function withoutLevels(suspects: readonly Suspect[]): readonly Suspect[] {
  return suspects.map(({ epc, reads }) => ({ epc, reads: reads.map((read) => ({ ...read, rssiDb: 0 })) }))
}

function casesOf(suspects: readonly Suspect[], truth: (epc: string) => 'in' | 'out' | 'moved' | 'none'): Case[] {
  const impressions = suspects.map(({ reads }) => impressionOf(reads, models.run))
  const strongDb = strongLevelOf(impressions)
  const places = loadsOf(impressions)
  const mates = matesOf(places)
  return suspects.flatMap(({ epc }, n) => {
    const own = impressions[n]
    const place = own && places.get(own)
    if (own === undefined || place === undefined) return []
    const act = truth(epc)
    const direction = act === 'in' || act === 'out' ? act : undefined
    return [{ own: own.look, place, strongDb, mates: mates.get(place.load) ?? [], moved: act !== 'none', direction }]
  })
}

function matesOf(places: ReadonlyMap<Impression, Place>): Map<Load, Look[]> {
  const mates = new Map<Load, Look[]>()
  for (const [{ look }, { load }] of places) mates.set(load, [...(mates.get(load) ?? []), look])
  return mates
}

/** Every look at a tag while the gate was watched; a passage is one to be found once the load has crossed the line. */
function watchedCases(gate: SimulatedGate, model: GateModel): Case[] {
  const cases: Case[] = []
  let looks = 0
  let lastPlaces: ReadonlyMap<Impression, Place> | undefined
  let mates = new Map<Load, Look[]>()
  watchSimulated(gate, model, ({ epc, own, place, strongDb, places }, now) => {
    const load = gate.loadOf.get(epc)
    const crossed =
      load?.crossesAtMs !== undefined && load.crossesAtMs <= now && load.crossesAtMs > own.look.startedAt - 1_500
    const direction = crossed && (load.act === 'in' || load.act === 'out') ? load.act : undefined
    looks += 1
    // Parked tags are looked at again and again: one look in four is enough of them.
    if (crossed || looks % 4 === 0) {
      if (lastPlaces !== places) mates = matesOf(places)
      lastPlaces = places
      cases.push({ own: own.look, place, strongDb, mates: mates.get(place.load) ?? [], moved: crossed, direction })
    }
  })
  return cases
}

/** Gates whose levels are sums of waves (`hall-runs.ts`). */
function hallCases(seeds: readonly number[]): Case[] {
  return seeds.flatMap((seed) => {
    const { suspects, truthOf } = makeHallRun(seed)
    return casesOf(suspects, (epc) => truthOf.get(epc) ?? 'none')
  })
}

/** Made-up gates of either physics, for there is but one gate that was recorded; those of the simulated doors count twice. */
export function madeDomains(): readonly Domain[] {
  const made = madeCases(madeSeeds)
  return [made, made, hallCases(hallSeeds)]
}

/** What judges whole runs: learnt from made-up gates and the recorded one, as readers would have told it that hear less, too. */
export function fitRun(runs: readonly RecordedRun[], made: readonly Domain[]): GateModel {
  const recorded = runs.flatMap((run) => thinnedCases(run))
  return fitGate([...made, recorded, recorded], runSize)
}
/** Two kinds of physics want more trees than one. */
const runSize: ForestSize = { trees: 120, depth: 3, leastShare: 0.003 }

/** The same for readers that tell no levels, from simulated doors and the recorded gate alone. */
function fitBlind(runs: readonly RecordedRun[]): GateModel {
  const made = madeCases(madeSeeds, withoutLevels)
  return fitGate([made, made, runs.flatMap((run) => thinnedCases(run, withoutLevels))])
}

/** Rather many doors than many tags at each: what is alike teaches nothing new. */
export const trainingMix: Mix = { in: 30, out: 30, parked: 30, neighbour: 30, 'turn-back': 30 }
/** Far from the seeds that the benchmark judges by. */
export const trainingSeeds = Array.from({ length: 32 }, (_, n) => 100_001 + n)

const madeSeeds = Array.from({ length: 240 }, (_, n) => 200_001 + n)
const hallSeeds = Array.from({ length: 240 }, (_, n) => 600_001 + n)

function trainingGates(): SimulatedGate[] {
  return trainingSeeds.map((seed, n) => simulateGate(seed, trainingMix, [0, 0.3, 0.3, 0.5][n % 4] ?? 0.3))
}

/** What is watched depends on the model, so it is fitted twice. Of very many looks an even share is taken. */
function watchedDomain(gates: readonly SimulatedGate[]): Domain {
  const first = fitGate([evenly(gates.flatMap(wholeCases))])
  return evenly(gates.flatMap((gate) => watchedCases(gate, first)))
}

/** What judges the last seconds of a gate that is watched. */
function fitPassage(): GateModel {
  const first = fitGate([watchedDomain(trainingGates())])
  return { ...first, second: learnSecond(first) }
}

/** So many cases teach as much as more would. */
const casesEnough = 20_000

function evenly(cases: readonly Case[]): readonly Case[] {
  const step = Math.ceil(cases.length / casesEnough)
  return cases.filter((_, n) => n % step === 0)
}

if (import.meta.main) {
  const runs = recordedRuns()
  if (runs.length === 0) throw new Error('the recorded runs are needed: shared/data/gate-static-vs-moving')
  const models = {
    passage: process.argv[2] === 'runs' ? coefficients.passage : fitPassage(),
    run: fitRun(runs, madeDomains()),
    blind: fitBlind(runs),
  }
  const rounded = JSON.stringify(models, (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(5)) : value,
  )
  writeFileSync(
    new URL('../../edge/gate/coefficients.ts', import.meta.url),
    `/** Written by \`npm run fit:gate\`, not by hand. */\n// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: what was learnt is near some logarithm by chance\nexport const coefficients = ${rounded}\n`,
  )
}
