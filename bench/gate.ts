import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { firstToLast, lastReadWins } from './gate/baselines.ts'
import { judgeFile } from './gate/file.ts'
import { fitRun, recordedCases } from './gate/fit.ts'
import { recordedRuns } from './gate/recorded.ts'
import { accuracyOf, confusionOf } from './gate/recorded-table.ts'
import { type Sayings, scoreSayings } from './gate/score.ts'
import { type SimulatedGate, simulateGate, watchSimulated } from './gate/simulated.ts'
import { estimate, tell } from './location/statistics.ts'

/**
 * Gates against the truth. Without `--file`: simulated doors, each seed another door, with what runs at the edge beside
 * two habits, medians over the seeds with their bootstrap intervals; and the recorded runs, each judged by a model that
 * was fitted to the other two. With `--file`: one recorded run is judged (`gate/file.ts`).
 */
const rules: readonly { readonly name: string; readonly say: (gate: SimulatedGate) => Sayings }[] = [
  { name: 'Warepulse', say: (gate) => watchSimulated(gate) },
  { name: 'last read wins', say: lastReadWins },
  { name: 'first to last antenna', say: firstToLast },
]
/** Parked tags are 20 % of those that are no bleed of the lane next door and no turn at the door. */
const mix = { in: 100, out: 100, parked: 50, neighbour: 20, 'turn-back': 20 }
const missedShare = 0.3

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const { file, outside, inside, rssi } = options.gate
  if (file !== undefined) return { tags: judgeFile({ file, outside, inside, rssi }) }
  const seeds = Array.from({ length: options.seeds ?? 20 }, (_, n) => n + 1)
  const scores = rules.map(() => [] as ReturnType<typeof scoreSayings>[])
  for (const seed of seeds) {
    const gate = simulateGate(seed, mix, missedShare)
    rules.forEach(({ say }, n) => {
      scores[n]?.push(scoreSayings(gate, say(gate)))
    })
  }
  row('simulated doors', ['direction %', 'strays as passages %', 'missed %', 'said twice %'])
  rules.forEach(({ name }, n) => {
    const percent = (of: (score: ReturnType<typeof scoreSayings>) => number) =>
      tell(estimate((scores[n] ?? []).map((score) => 100 * of(score))), 2)
    row(name, [
      percent((score) => score.directionAccuracy),
      percent((score) => score.falsePassageShare),
      percent((score) => score.missedShare),
      percent((score) => score.twiceShare),
    ])
  })
  const ours = scores[0] ?? []
  const median = (of: (score: (typeof ours)[number]) => number) => Number(estimate(ours.map(of)).median.toFixed(5))
  return {
    directionAccuracy: median((score) => score.directionAccuracy),
    falsePassageShare: median((score) => score.falsePassageShare),
    missedShare: median((score) => score.missedShare),
    strays: ours.reduce((sum, { strays }) => sum + strays, 0),
    passages: ours.reduce((sum, { passages }) => sum + passages, 0),
    seeds: seeds.length,
    ...recorded(),
  }
}

/** Each run by a model fitted to the other two; the committed one is fitted to all of them and to simulated gates. */
function recorded(): Figures {
  const runs = recordedRuns()
  if (runs.length === 0) {
    process.stderr.write('\nno recorded runs beside the project: left out\n')
    return {}
  }
  const cases = runs.map(recordedCases)
  row('\nrecorded, others fitted', ['right %', 'moved: moved', 'moved: still', 'still: moved', 'still: still'])
  const accuracies = runs.map((run, n) => {
    const others = cases.filter((_, other) => other !== n)
    const counts = confusionOf(run, fitRun([others.flat()]))
    row(run.name, [(100 * accuracyOf(counts)).toFixed(1), ...Object.values(counts).map(String)])
    return accuracyOf(counts)
  })
  return { recordedAccuracy: Number(Math.min(...accuracies).toFixed(4)) }
}

function row(name: string, columns: readonly string[]): void {
  process.stderr.write(`${name.padEnd(24)}${columns.map((column) => column.padStart(24)).join('')}\n`)
}
