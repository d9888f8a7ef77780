import type { GateModel } from '../edge/gate/model.ts'
import type { Mix } from '../simulators/world/door-day.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { firstToLast, lastReadWins } from './gate/baselines.ts'
import { simulateBeamGate, watchBeamGate } from './gate/beam-doors.ts'
import { judgeFile } from './gate/file.ts'
import { fitGate, fitRun, madeDomains, recordedCases } from './gate/fit.ts'
import { type RecordedRun, recordedRuns, thinned } from './gate/recorded.ts'
import { accuracyOf, confusionOf } from './gate/recorded-table.ts'
import { type Sayings, scoreSayings } from './gate/score.ts'
import { type SimulatedGate, simulateGate, watchSimulated } from './gate/simulated.ts'
import { estimate, tell } from './location/statistics.ts'

/**
 * Gates against the truth. Without `--file`: simulated doors, each seed another door, with what runs at the edge beside
 * two habits, medians over the seeds with their bootstrap intervals; doors with antennas on one side and light barriers;
 * and the recorded runs, each judged by a model that
 * was fitted to the other two. With `--file`: one recorded run is judged (`gate/file.ts`).
 */
const rules: readonly { readonly name: string; readonly say: (gate: SimulatedGate) => Sayings }[] = [
  { name: 'Warepulse', say: (gate) => watchSimulated(gate) },
  { name: 'last read wins', say: lastReadWins },
  { name: 'first to last antenna', say: firstToLast },
]
/** Parked tags are 20 % of those that are no bleed of the lane next door and no turn at the door. */
const mix: Mix = { in: 100, out: 100, parked: 50, neighbour: 20, 'turn-back': 20 }
const missedShare = 0.3

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const { file, outside, inside, rssi } = options.gate
  if (file !== undefined) return { tags: judgeFile({ file, outside, inside, rssi }) }
  const seeds = Array.from({ length: options.seeds ?? 20 }, (_, n) => n + 1)
  const scale = options.scale ?? 1
  const scaled: Mix = {
    in: mix.in * scale,
    out: mix.out * scale,
    parked: mix.parked * scale,
    neighbour: mix.neighbour * scale,
    'turn-back': mix['turn-back'] * scale,
  }
  const scores = rules.map(() => [] as Score[])
  const byLight: Score[] = []
  for (const seed of seeds) {
    const lit = simulateBeamGate(seed, scaled, missedShare)
    byLight.push(scoreSayings(lit, watchBeamGate(lit)))
    const gate = simulateGate(seed, scaled, missedShare)
    rules.forEach(({ say }, n) => {
      scores[n]?.push(scoreSayings(gate, say(gate)))
    })
  }
  row('simulated doors', ['direction %', 'strays as passages %', 'missed %', 'said twice %'])
  for (const [n, { name }] of rules.entries()) scoreRow(name, scores[n] ?? [])
  scoreRow('one side and light', byLight)
  const ours = scores[0] ?? []
  const median = (of: (score: Score) => number, all = ours) => Number(estimate(all.map(of)).center.toFixed(5))
  const pooled = (share: 'falsePassageShare' | 'missedShare', of: 'strays' | 'passages', all = ours) =>
    Number((all.reduce((sum, s) => sum + s[share] * s[of], 0) / all.reduce((sum, s) => sum + s[of], 0)).toFixed(5))
  return {
    directionAccuracy: median((score) => score.directionAccuracy),
    falsePassageShare: median((score) => score.falsePassageShare),
    missedShare: median((score) => score.missedShare),
    falsePassageShareOfAll: pooled('falsePassageShare', 'strays'),
    missedShareOfAll: pooled('missedShare', 'passages'),
    strays: ours.reduce((sum, { strays }) => sum + strays, 0),
    passages: ours.reduce((sum, { passages }) => sum + passages, 0),
    directionAccuracyByLight: median((score) => score.directionAccuracy, byLight),
    falsePassageShareByLight: pooled('falsePassageShare', 'strays', byLight),
    missedShareByLight: pooled('missedShare', 'passages', byLight),
    seeds: seeds.length,
    ...recorded(),
  }
}

type Score = ReturnType<typeof scoreSayings>

function scoreRow(name: string, scores: readonly Score[]): void {
  const percent = (of: (score: Score) => number) => tell(estimate(scores.map((score) => 100 * of(score))), 2)
  row(name, [
    percent((score) => score.directionAccuracy),
    percent((score) => score.falsePassageShare),
    percent((score) => score.missedShare),
    percent((score) => score.twiceShare),
  ])
}

/**
 * Each run by models that have not seen it: fitted to the other two, and as what is shipped is, to made-up runs and the
 * other two; by that also as a reader would have told it that heard half of the reads, or one in four.
 */
function recorded(): Figures {
  const runs = recordedRuns()
  if (runs.length === 0) {
    process.stderr.write('\nno recorded runs beside the project: left out\n')
    return {}
  }
  const made = madeDomains()
  row('\nrecorded', ['right %', 'moved: moved', 'moved: still', 'still: moved', 'still: still'])
  const accuracyAs = (name: string, run: RecordedRun, model: GateModel) => {
    const counts = confusionOf(run, model)
    row(name, [(100 * accuracyOf(counts)).toFixed(1), ...Object.values(counts).map(String)])
    return accuracyOf(counts)
  }
  const accuracies = runs.map((run) => {
    const others = runs.filter((other) => other !== run)
    const alone = fitGate([others.flatMap(recordedCases)])
    const shipped = fitRun(others, made)
    return {
      alone: accuracyAs(`${run.name}, others`, run, alone),
      whole: accuracyAs(`${run.name}, made and others`, run, shipped),
      half: accuracyAs('  half of the reads', thinned(run, 1 / 2, 11), shipped),
      quarter: accuracyAs('  one read in four', thinned(run, 1 / 4, 12), shipped),
    }
  })
  const least = (of: (one: (typeof accuracies)[number]) => number) => Number(Math.min(...accuracies.map(of)).toFixed(4))
  return {
    recordedAccuracy: least(({ alone }) => alone),
    recordedAccuracyAsShipped: least(({ whole }) => whole),
    recordedAccuracyHalf: least(({ half }) => half),
    recordedAccuracyQuarter: least(({ quarter }) => quarter),
  }
}

function row(name: string, columns: readonly string[]): void {
  process.stderr.write(`${name.padEnd(24)}${columns.map((column) => column.padStart(24)).join('')}\n`)
}
