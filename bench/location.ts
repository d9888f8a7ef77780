import { recorded, recordedLookMs, rough, white, whiteLookMs } from '../simulators/world/airs.ts'
import type { Floor } from '../simulators/world/floor.ts'
import { harshFloor, standardFloor } from '../simulators/world/floors.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { baselines } from './location/baselines.ts'
import { measureBooking } from './location/booking.ts'
import { type FloorScore, scoreFloors } from './location/floor.ts'
import { idealObserver } from './location/ideal.ts'
import { ours as warepulse } from './location/ours.ts'
import { type OverlapScore, scoreOverlap } from './location/overlap.ts'
import type { NamedRule } from './location/rule.ts'
import { measureScale } from './location/scale.ts'
import { estimate, mean, tell } from './location/statistics.ts'
import { scoreToAndFro } from './location/to-and-fro.ts'

/**
 * Where tags are said to be against where they are, ours beside the rules of others on the very same reads. Tags that
 * lie still between two antennas for an hour and then change sides, in three airs (`simulators/world/airs.ts`), at
 * three distances in level; tags that are carried to and fro between two antennas, near ones and two that never hear
 * the same tag; and halls of racks with an antenna for each slot, in which pallets are carried about, or single cartons.
 *
 * `--scale N`: what N tags on one site cost instead, the engine by itself and the stock that books by it.
 *
 * Medians over the seeds (of false findings of misplaced goods the mean) with their bootstrap intervals. What is returned is ours at 6 dB in the recorded air, and the
 * slot accuracy of the standard hall.
 */
const rules: readonly NamedRule[] = [warepulse, ...baselines]
const gapsDb = [3, 6, 10] as const
/** So far apart that only one of two antennas hears a tag. */
const outOfHearingDb = 30
const airs = [
  { name: 'recorded', air: recorded, lookMs: recordedLookMs },
  { name: 'white', air: white, lookMs: whiteLookMs },
  { name: 'rough', air: rough, lookMs: recordedLookMs },
] as const
const tagsPerSeed = 10
/** Where no rule holds what is asked, an ideal observer shows what could be had at most, at several degrees of caution. */
const sureness = [0.65, 0.7, 0.8, 0.85] as const
const stillMs = 3_600_000
const afterMs = 300_000

export async function run(options: BenchmarkOptions): Promise<Figures> {
  if (options.scale !== undefined) {
    return { ...measureScale(options.scale), ...(await measureBooking(options.scale)) }
  }
  const seeds = Array.from({ length: options.seeds ?? 20 }, (_, index) => index + 1)
  let ours: readonly OverlapScore[] = []
  for (const { name, air, lookMs } of airs) {
    for (const gapDb of gapsDb) {
      head(`${name} air, ${gapDb} dB apart`, ['false moves/tag-h', 'found %', 'p90 s', 'unsure %'])
      const ideal = name === 'recorded' && gapDb === 3 ? sureness.map((sure) => idealObserver(gapDb, air, sure)) : []
      for (const rule of [...rules, ...ideal]) {
        const overlap = { gapDb, air, lookMs, stillMs, afterMs }
        const scores = seeds.map((seed) => scoreOverlap(rule, overlap, tagsPerSeed, seed))
        row(rule.name, [
          tell(estimate(scores.map((score) => score.falseMovesPerTagHour)), 2),
          tell(estimate(scores.map((score) => 100 * score.foundShare)), 1),
          tell(estimate(scores.map((score) => score.p90FindSeconds)), 1),
          tell(estimate(scores.map((score) => 100 * score.unsureShare)), 1),
        ])
        if (name === 'recorded' && gapDb === 6 && rule === rules[0]) ours = scores
      }
    }
  }
  for (const gapDb of [...gapsDb, outOfHearingDb]) {
    const distance = gapDb === outOfHearingDb ? 'out of hearing' : `${gapDb} dB apart`
    head(`to and fro, ${distance}`, ['false moves/tag-h', 'found %', 'p90 s'])
    for (const rule of rules) {
      const scores = seeds.map((seed) => scoreToAndFro(rule, { gapDb, air: recorded, lookMs: recordedLookMs }, seed))
      row(rule.name, [
        tell(estimate(scores.map((score) => score.falseMovesPerTagHour)), 2),
        tell(estimate(scores.map((score) => 100 * score.foundShare)), 1),
        tell(estimate(scores.map((score) => score.p90FindSeconds)), 1),
      ])
    }
  }
  const standard = floors('standard hall', standardFloor, seeds)
  const harsh = floors('harsh hall', harshFloor, seeds)
  floors('… cartons, alone', { ...harshFloor, relocates: 'cartons' }, seeds)
  const median = (values: readonly number[], digits: number) => Number(estimate(values).center.toFixed(digits))
  return {
    falseMovesPerTagHour: median(
      ours.map((score) => score.falseMovesPerTagHour),
      3,
    ),
    foundShare: median(
      ours.map((score) => score.foundShare),
      4,
    ),
    p90FindSeconds: median(
      ours.map((score) => score.p90FindSeconds),
      1,
    ),
    slotAccuracy: median(
      standard.map((score) => score.slotAccuracy),
      4,
    ),
    slotAccuracyHarsh: median(
      harsh.map((score) => score.slotAccuracy),
      4,
    ),
    seeds: seeds.length,
  }
}

/** Returns the scores of the first rule. */
function floors(name: string, floor: Floor, seeds: readonly number[]): readonly FloorScore[] {
  head(name, [
    ...['slot accuracy %', 'found %', 'p90 s', 'worst s', 'false moves/10k tag-h'],
    ...['misplaced found %', 'p90 s', 'false misplaced/10k, mean', 'ghosts'],
  ])
  const bySeed = seeds.map((seed) => scoreFloors(rules, floor, seed))
  rules.forEach((rule, index) => {
    const values = (pick: (score: FloorScore) => number) =>
      bySeed.flatMap((scores) => (scores[index] === undefined ? [] : [pick(scores[index])]))
    const figures = (pick: (score: FloorScore) => number) => estimate(values(pick))
    row(rule.name, [
      tell(
        figures((score) => 100 * score.slotAccuracy),
        2,
      ),
      tell(
        figures((score) => 100 * score.foundShare),
        1,
      ),
      tell(
        figures((score) => score.p90FindSeconds),
        1,
      ),
      tell(
        figures((score) => score.worstFindSeconds),
        0,
      ),
      tell(
        figures((score) => score.falseMovesPer10kTagHours),
        1,
      ),
      tell(
        figures((score) => 100 * score.misplacedShare),
        1,
      ),
      tell(
        figures((score) => score.p90MisplacedSeconds),
        1,
      ),
      // One in an hour of a hall is 105 already, and none in most: the median would hide them.
      tell(
        estimate(
          values((score) => score.falseMisplacedPer10kTagHours),
          mean,
        ),
        1,
      ),
      tell(
        figures((score) => score.ghostsBelieved),
        0,
      ),
    ])
  })
  return bySeed.flatMap((scores) => scores[0] ?? [])
}

function head(name: string, columns: readonly string[]): void {
  row(`\n${name}`, columns)
}

function row(name: string, columns: readonly string[]): void {
  process.stderr.write(`${name.padEnd(24)}${columns.map((column) => column.padStart(26)).join('')}\n`)
}
