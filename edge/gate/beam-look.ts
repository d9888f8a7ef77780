import type { Crossing } from './beams.ts'
import { lookAt, quantile } from './features.ts'
import type { GateRead } from './read.ts'

/** What the reads of one tag, or of a load as if it were one, say about whether it was what stood in the light. */
export const crossingFeatures = [
  'inTheLight', // logarithm of its reads while the light was cut
  'whereItGoes', // of its other reads, on the side where the antenna should hear it: before or after the light was cut
  'whereItIsNot', // and where it should not: what is parked is heard there as ever
  'share', // of all its reads, those where it should be heard: 0..1
  'long', // logarithm of its reads more than 3 s before or after the light, where it should not be heard
  'overOthersDb', // its strong reads in the light against those of everybody heard then, -20..10 dB
  'overUsualDb', // and against those of what goes through this gate, -20..10 dB
  'whereItGoesDb', // its strong reads in the light against those where it should be heard, -10..15 dB
  'whereItIsNotDb', // and where it should not
  'fall', // how clearly its levels fall with time from the light: -1..1, drawn to 0 where there are few
  'spreadDb', // as in `motionFeatures`
  'swingDb',
  'trend',
  'comesAndGoesDb',
  'aside', // s that its strong reads are from the middle of the crossing: positive = where it goes
] as const

/** Reads so long before the light was cut tell of the crossing. */
export const lookedBackMs = 8_000
/** Times of tags and of inputs are taken at the two ends of a reader. */
const slackMs = 500
const longMs = 3_000

/** What is known of a crossing but for the tag that is looked at; levels undefined: not known. */
export interface CrossingLevels {
  /** Of everybody heard in the light; and of what goes through this gate. */
  readonly othersDb: number | undefined
  readonly usualDb: number | undefined
}

/** `reads` in order of time. */
export function lookAtCrossing(
  reads: readonly GateRead[],
  crossing: Crossing,
  { othersDb, usualDb }: CrossingLevels,
  tags = 1,
): readonly number[] {
  const [near, where, whereNot]: [number[], number[], number[]] = [[], [], []]
  let [long, weights, lateness] = [0, 0, 0]
  const { from, to, direction } = crossing
  const middle = (from + to) / 2
  const strongest = reads.reduce((most, { rssiDb }) => Math.max(most, rssiDb), Number.NEGATIVE_INFINITY)
  for (const { at, side, rssiDb } of reads) {
    const isHeardAfter = (side === 'inside') === (direction === 'in')
    const weight = 10 ** (Math.max(-20, rssiDb - strongest) / 10)
    weights += weight
    lateness += weight * (isHeardAfter ? at - middle : middle - at)
    if (isInLight(at, crossing)) near.push(rssiDb)
    else if (isHeardAfter === at > middle) where.push(rssiDb)
    else {
      whereNot.push(rssiDb)
      if (at < from - longMs || at > to + longMs) long += 1
    }
  }
  const motion = lookAt(reads, tags).motion
  const nearDb = strongOf(near)
  return [
    Math.log(1 + near.length / tags),
    Math.log(1 + where.length / tags),
    Math.log(1 + whereNot.length / tags),
    (near.length + where.length + tags / 2) / (reads.length + tags),
    Math.log(1 + long / tags),
    over(nearDb, othersDb, -20, 10, 0),
    over(nearDb, usualDb, -20, 10, 0),
    over(nearDb, strongOf(where), -10, 15, 0),
    over(nearDb, strongOf(whereNot), -10, 15, 8),
    fallOf(reads, from, to),
    motion[3] ?? 0,
    motion[4] ?? 0,
    motion[9] ?? 0,
    motion[10] ?? 0,
    within(-5, 5, lateness / weights / 1000),
  ]
}

export function isInLight(at: number, { from, to }: Pick<Crossing, 'from' | 'to'>): boolean {
  return at >= from - slackMs && at <= to + slackMs
}

/** Level of the strong ones; undefined of none. */
export function strongOf(levels: number[]): number | undefined {
  return levels.length === 0 ? undefined : quantile(Float64Array.from(levels).sort(), 0.85)
}

function over(nearDb: number | undefined, other: number | undefined, least: number, most: number, unknown: number) {
  if (nearDb === undefined) return least
  return other === undefined ? unknown : within(least, most, nearDb - other)
}

/** Correlation of level and time from the light. */
function fallOf(reads: readonly GateRead[], from: number, to: number): number {
  const away = (at: number) => Math.min(5_000, Math.max(0, from - at, at - to)) / 1000
  const count = reads.length
  let [x, y] = [0, 0]
  for (const { at, rssiDb } of reads) {
    x += away(at) / count
    y += rssiDb / count
  }
  let [xx, yy, xy] = [0, 0, 0]
  for (const { at, rssiDb } of reads) {
    xx += (away(at) - x) ** 2
    yy += (rssiDb - y) ** 2
    xy += (away(at) - x) * (rssiDb - y)
  }
  return xx === 0 || yy === 0 ? 0 : (-xy / Math.sqrt(xx * yy)) * (count / (count + 4))
}

function within(least: number, most: number, value: number): number {
  return Math.max(least, Math.min(most, value))
}
