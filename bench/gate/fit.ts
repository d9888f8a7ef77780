import { writeFileSync } from 'node:fs'
import { type Look, motionFeatures } from '../../edge/gate/features.ts'
import { type Impression, impressionOf, type Suspect, strongLevelOf } from '../../edge/gate/judge.ts'
import { clipped, type Load, loadsOf, type Place, wordOf } from '../../edge/gate/loads.ts'
import { type GateModel, loadFeatures, logOdds, models, type Regression } from '../../edge/gate/model.ts'
import type { GateRead } from '../../edge/gate/read.ts'
import type { Mix } from '../../simulators/world/door-day.ts'
import { type RecordedRun, recordedRuns } from './recorded.ts'
import { fitLogistic } from './regression.ts'
import { gateReadOf, type SimulatedGate, simulateGate, watchSimulated } from './simulated.ts'

/** One tag at one moment of judgement, with the load it is in. */
export interface Case {
  readonly own: Look
  readonly place: Place
  /** All of the load, this one too. */
  readonly mates: readonly Look[]
  readonly moved: boolean
  /** Unknown of recorded tags, and of those that did not pass. */
  readonly direction: 'in' | 'out' | undefined
}

/** Cases of equal weight in all, however many there are. */
export type Domain = readonly Case[]

/** In a whole run tags go to and fro: of their motion only what does not depend on how often counts. */
const runFeatures: readonly (typeof motionFeatures)[number][] = ['sideChange', 'balance', 'spreadDb', 'swingDb']

/** For all reads of a run: the tag itself, and what those that were read with it say. */
export function fitRun(domains: readonly Domain[]): GateModel {
  const own = motionFeatures.map((name) => (runFeatures.includes(name) ? 1 : 0))
  return learn(domains, own, own.map(() => 0).concat(0, 0), 1e-2)
}

/** For a look at the last seconds: everything. */
export function fitPassage(domains: readonly Domain[]): GateModel {
  const own = motionFeatures.map(() => 1)
  return learn(domains, own, own.concat(1, 1), 1e-4)
}

/** What is learnt: what the motion of a tag says, what that of its load says, and what both say together. */
function learn(domains: readonly Domain[], ownMask: number[], loadMask: number[], ridge: number): GateModel {
  const cases = domains.flatMap((domain) => domain.map((one) => ({ ...one, weight: 1000 / domain.length })))
  type Weighted = (typeof cases)[number]
  const masked = (features: readonly number[], mask: readonly number[]) => features.map((x, n) => x * (mask[n] ?? 0))
  const moved = (features: (one: Weighted) => readonly number[]) =>
    fitLogistic(
      cases.map((one) => ({ features: features(one), label: one.moved ? 1 : 0, weight: one.weight })),
      ridge,
    )
  const gone = cases.filter(({ direction }) => direction !== undefined)
  const inwards = (features: (one: Weighted) => readonly number[], otherwise: Regression) =>
    gone.length === 0
      ? otherwise
      : fitLogistic(
          gone.map((one) => ({ features: features(one), label: one.direction === 'in' ? 1 : 0, weight: one.weight })),
          ridge,
          true,
        )
  const motion = moved(({ own }) => masked(own.motion, ownMask))
  const load = moved(({ place }) => masked(loadFeatures(place), loadMask))
  const direction = inwards(({ own }) => own.direction, models.run.direction)
  const loadDirection = inwards(({ place }) => place.load.look.direction, models.run.loadDirection)
  return {
    motion,
    load,
    together: moved(({ own, place, mates }) => {
      const odds = logOdds(motion, own.motion)
      const motions = mates.reduce((sum, mate) => sum + clipped(logOdds(motion, mate.motion)), 0)
      const anew = { ...place, load: { ...place.load, motions } }
      return [odds, loadMask.includes(1) ? logOdds(load, loadFeatures(place)) : 0, wordOf(anew, odds)]
    }),
    direction,
    loadDirection,
    directionTogether: inwards(
      ({ own, place }) => [logOdds(direction, own.direction), logOdds(loadDirection, place.load.look.direction)],
      models.run.directionTogether,
    ),
  }
}

/** A recorded run as one judgement of all its tags. */
export function recordedCases({ suspects, moving }: RecordedRun): Case[] {
  return casesOf(suspects, (epc) => (moving.has(epc) ? 'moved' : 'none'))
}

/** The same of a simulated day: what the command for recorded runs sees. */
export function wholeCases({ door, day, loadOf }: SimulatedGate): Case[] {
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

function casesOf(suspects: readonly Suspect[], truth: (epc: string) => 'in' | 'out' | 'moved' | 'none'): Case[] {
  const strongDb = strongLevelOf(suspects)
  const impressions = suspects.map(({ reads }) => impressionOf(reads, strongDb, models.run))
  const places = loadsOf(impressions, strongDb)
  const mates = matesOf(places)
  return suspects.flatMap(({ epc }, n) => {
    const own = impressions[n]
    const place = own && places.get(own)
    if (own === undefined || place === undefined) return []
    const act = truth(epc)
    const direction = act === 'in' || act === 'out' ? act : undefined
    return [{ own: own.look, place, mates: mates.get(place.load) ?? [], moved: act !== 'none', direction }]
  })
}

function matesOf(places: ReadonlyMap<Impression, Place>): Map<Load, Look[]> {
  const mates = new Map<Load, Look[]>()
  for (const [{ look }, { load }] of places) mates.set(load, [...(mates.get(load) ?? []), look])
  return mates
}

/** Every look at a tag while the gate was watched; a passage is one to be found once the load has crossed the line. */
export function watchedCases(gate: SimulatedGate, model: GateModel): Case[] {
  const cases: Case[] = []
  let looks = 0
  let lastPlaces: ReadonlyMap<Impression, Place> | undefined
  let mates = new Map<Load, Look[]>()
  watchSimulated(gate, model, (epc, own, place, now, places) => {
    const load = gate.loadOf.get(epc)
    const crossed =
      load?.crossesAtMs !== undefined && load.crossesAtMs <= now && load.crossesAtMs > own.look.startedAt - 1_500
    const direction = crossed && (load.act === 'in' || load.act === 'out') ? load.act : undefined
    looks += 1
    // Parked tags are looked at again and again: one look in four is enough of them.
    if (crossed || looks % 4 === 0) {
      if (lastPlaces !== places) mates = matesOf(places)
      lastPlaces = places
      cases.push({ own: own.look, place, mates: mates.get(place.load) ?? [], moved: crossed, direction })
    }
  })
  return cases
}

/** Half pass; the rest is parked, passes next door or turns back. */
export const trainingMix: Mix = { in: 60, out: 60, parked: 40, neighbour: 25, 'turn-back': 25 }
/** Far from the seeds that the benchmark judges by. */
export const trainingSeeds = Array.from({ length: 16 }, (_, n) => 100_001 + n)

export function trainingGates(): SimulatedGate[] {
  return trainingSeeds.map((seed, n) => simulateGate(seed, trainingMix, [0, 0.3, 0.3, 0.5][n % 4] ?? 0.3))
}

/** What is watched depends on the model, so it is fitted twice. */
export function watchedDomain(gates: readonly SimulatedGate[]): Domain {
  let model = fitPassage([gates.flatMap(wholeCases)])
  let watched: readonly Case[] = []
  for (let round = 0; round < 2; round += 1) {
    watched = gates.flatMap((gate) => watchedCases(gate, model))
    model = fitPassage([watched])
  }
  return watched
}

if (import.meta.main) {
  const gates = trainingGates()
  const recorded = recordedRuns().flatMap(recordedCases)
  if (recorded.length === 0) throw new Error('the recorded runs are needed: shared/data/gate-static-vs-moving')
  const models = { passage: fitPassage([watchedDomain(gates)]), run: fitRun([gates.flatMap(wholeCases), recorded]) }
  const rounded = JSON.stringify(
    models,
    (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value),
    2,
  )
  writeFileSync(
    new URL('../../edge/gate/coefficients.ts', import.meta.url),
    `/** Written by \`npm run fit:gate\`, not by hand. */\nexport const coefficients = ${rounded}\n`,
  )
}
