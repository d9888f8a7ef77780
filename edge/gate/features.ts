import type { GateRead, Side } from './read.ts'
import { type Stretch, stretchesOf } from './stretches.ts'

/**
 * What the reads of one tag say about whether it went through. Nothing here changes when the sides are swapped, when
 * time runs faster or when every level is raised.
 */
export const motionFeatures = [
  'sideChange', // share of reads explained by changing sides, beyond what staying on one side explains: 0..0.5
  'sideReads', // the same as a number of reads, at most 10
  'balance', // share of reads of the side that read it less: 0..0.5
  'spreadDb', // standard deviation of the levels of each antenna by itself, pooled, at most 8 dB
  'swingDb', // from the weak reads (20 %) to the strong ones (97 %) of the antenna where that is most, at most 20 dB
  'reads', // logarithm of their number
  'oneSided', // 1 when it ended on the side where it began
  'order', // how far apart in time its strong reads of the two sides are (see below), whichever came first
  'slope', // how clearly levels rise on one side and fall on the other, -1..1
  'trend', // share of the levels' spread that is no noise from one read to the next of the same antenna: 0..1
  'comesAndGoesDb', // its strong reads against its first and last ones, -5..20 dB
  'sorted', // how much less often it changes sides than a tag would that is read by chance, -2..6 standard deviations
] as const

/** What they say about the way it went: positive is in. Swapping the sides changes the sign of each. */
export const directionFeatures = [
  'ends', // +1 when it began outside and ended inside, -1 the other way round, 0 when one side is all there is
  'order', // how much later the strong reads inside are than those outside, in standard deviations of time
  'slope', // levels that rise outside and fall inside: rank correlation of level and time, -1..1
] as const

export interface Look {
  readonly motion: readonly number[]
  readonly direction: readonly number[]
  /** Level of its strong reads; and of those of each antenna. */
  readonly strongDb: number
  readonly peaksDb: ReadonlyMap<number, { readonly side: Side; readonly levelDb: number }>
  /** Event time at which it changed sides for the last time; of a tag of one side, when it was strongest. */
  readonly crossedAt: number
  /** Event time of its first read. */
  readonly startedAt: number
  readonly sides: readonly Side[]
}

/** A stay on the other side that is shorter than this, between two on one side, is a turn at the door. */
const settledMs = 2_500

/** `reads` in order of time, one at least; of several tags where they are those of a load. */
export function lookAt(reads: readonly GateRead[], tags = 1): Look {
  const count = reads.length
  const { list, agreeing } = stretchesOf(reads, tags)
  const stays = settled(list, reads)
  let inside = 0
  for (const { side } of reads) if (side === 'inside') inside += 1
  const staying = Math.max(inside, count - inside)
  const antennas = antennasOf(reads)
  const deviationDb = pooledDeviation(antennas)
  const sortedDb = Float64Array.from(reads, ({ rssiDb }) => rssiDb).sort()
  const [first, last] = [stays[0], stays.at(-1)]
  const isRecent = stays.length >= 2
  const recent = isRecent ? reads.slice(stays.at(-2)?.from ?? 0) : reads
  const order = orderOf(recent)
  const slope = slopeOf(isRecent ? antennasOf(recent) : antennas, recent.length)
  const change = isRecent ? last?.from : undefined
  return {
    motion: [
      (agreeing - staying) / count,
      Math.min(10, (agreeing - staying) / tags),
      Math.min(inside, count - inside) / count,
      Math.min(8, deviationDb),
      Math.min(20, swingOf(antennas)),
      Math.log(count / tags),
      first?.side === last?.side ? 1 : 0,
      Math.abs(order),
      order === 0 ? Math.abs(slope) : Math.sign(order) * slope,
      trendOf(antennas, deviationDb),
      Math.max(-5, Math.min(20, quantile(sortedDb, 0.9) - endsOf(reads))),
      Math.max(-2, Math.min(6, sortedness(reads, inside))),
    ].map(rounded),
    strongDb: quantile(sortedDb, 0.97),
    peaksDb: peaksOf(antennas),
    direction: [change === undefined ? 0 : last?.side === 'inside' ? 1 : -1, order, slope],
    startedAt: reads[0]?.at ?? 0,
    crossedAt:
      change === undefined ? strongestAt(reads) : ((reads[change - 1]?.at ?? 0) + (reads[change]?.at ?? 0)) / 2,
    sides: stays.map(({ side }) => side),
  }
}

/** Far below what is measured: whatever all levels are raised by, the sums are the same. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6
}

/** Without the short turns in between; the first and the last stay. */
function settled(list: readonly Stretch[], reads: readonly GateRead[]): readonly Stretch[] {
  const stays: Stretch[] = []
  list.forEach((stretch, n) => {
    const inner = n > 0 && n < list.length - 1
    const forMs = (reads[stretch.to - 1]?.at ?? 0) - (reads[stretch.from]?.at ?? 0)
    const before = stays.at(-1)
    if (before !== undefined && ((inner && forMs < settledMs) || before.side === stretch.side)) {
      stays[stays.length - 1] = { ...before, to: stretch.to }
    } else stays.push(stretch)
  })
  return stays
}

/** What one antenna told of a tag, in order of time and in order of level. */
interface AntennaLevels {
  readonly side: Side
  readonly levelsDb: number[]
  readonly sortedDb: Float64Array
}

function antennasOf(reads: readonly GateRead[]): ReadonlyMap<number, AntennaLevels> {
  const byAntenna = new Map<number, { side: Side; levelsDb: number[]; sortedDb: Float64Array }>()
  for (const { antenna, side, rssiDb } of reads) {
    const levels = byAntenna.get(antenna)
    if (levels === undefined) byAntenna.set(antenna, { side, levelsDb: [rssiDb], sortedDb: noLevels })
    else levels.levelsDb.push(rssiDb)
  }
  for (const levels of byAntenna.values()) levels.sortedDb = Float64Array.from(levels.levelsDb).sort()
  return byAntenna
}
const noLevels = new Float64Array(0)

/** The strong reads of each antenna: 85 % of its others are weaker. */
function peaksOf(antennas: ReadonlyMap<number, AntennaLevels>): Look['peaksDb'] {
  return new Map(
    [...antennas].map(([antenna, { side, sortedDb }]) => [antenna, { side, levelDb: quantile(sortedDb, 0.85) }]),
  )
}

function swingOf(antennas: ReadonlyMap<number, AntennaLevels>): number {
  let swing = 0
  for (const { sortedDb } of antennas.values())
    swing = Math.max(swing, quantile(sortedDb, 0.97) - quantile(sortedDb, 0.2))
  return swing
}

function pooledDeviation(antennas: ReadonlyMap<number, AntennaLevels>): number {
  let squares = 0
  let degrees = 0
  for (const { sortedDb } of antennas.values()) {
    let sum = 0
    for (const level of sortedDb) sum += level
    const mean = sum / sortedDb.length
    for (const level of sortedDb) squares += (level - mean) ** 2
    degrees += sortedDb.length - 1
  }
  // One degree more, without spread: two reads that differ prove little.
  return Math.sqrt(squares / (degrees + 1))
}

/** One minus von Neumann's ratio of each antenna, pooled; drawn to 0 where reads are few. */
function trendOf(antennas: ReadonlyMap<number, AntennaLevels>, deviationDb: number): number {
  let [steps, stepSquares] = [0, 0]
  for (const { levelsDb } of antennas.values()) {
    for (let n = 1; n < levelsDb.length; n += 1) stepSquares += ((levelsDb[n] ?? 0) - (levelsDb[n - 1] ?? 0)) ** 2
    steps += levelsDb.length - 1
  }
  if (steps === 0 || deviationDb === 0) return 0
  const share = 1 - stepSquares / (steps * 2) / deviationDb ** 2
  return Math.max(0, share) * (steps / (steps + 4))
}

/** Mean level of the first reads and the last ones: a tenth of them each, one at least. */
function endsOf(reads: readonly GateRead[]): number {
  const many = Math.ceil(reads.length / 10)
  const ends = [...reads.slice(0, many), ...reads.slice(-many)]
  return ends.reduce((sum, { rssiDb }) => sum + rssiDb, 0) / ends.length
}

/** Runs test of Wald and Wolfowitz on the sides: positive = sides are sorted in time. */
function sortedness(reads: readonly GateRead[], inside: number): number {
  const count = reads.length
  const outside = count - inside
  if (inside === 0 || outside === 0 || count < 3) return 0
  let runs = 1
  for (let n = 1; n < count; n += 1) if (reads[n]?.side !== reads[n - 1]?.side) runs += 1
  const product = 2 * inside * outside
  const variance = (product * (product - count)) / (count * count * (count - 1))
  return variance === 0 ? 0 : (product / count + 1 - runs) / Math.sqrt(variance)
}

function orderOf(reads: readonly GateRead[]): number {
  const [count, startedAt] = [reads.length, reads[0]?.at ?? 0]
  let [weakest, total] = [Number.POSITIVE_INFINITY, 0]
  for (const { at, rssiDb } of reads) {
    weakest = Math.min(weakest, rssiDb)
    total += at - startedAt
  }
  let [outside, outsideAt, inside, insideAt, squares] = [0, 0, 0, 0, 0]
  for (const { at, side, rssiDb } of reads) {
    const weight = 10 ** (Math.min(15, rssiDb - weakest) / 20)
    if (side === 'outside') {
      outside += weight
      outsideAt += weight * (at - startedAt)
    } else {
      inside += weight
      insideAt += weight * (at - startedAt)
    }
    squares += (at - startedAt - total / count) ** 2
  }
  const deviation = Math.sqrt(squares / count)
  return outside === 0 || inside === 0 || deviation === 0 ? 0 : (insideAt / inside - outsideAt / outside) / deviation
}

function slopeOf(antennas: ReadonlyMap<number, AntennaLevels>, reads: number): number {
  let sum = 0
  for (const { side, levelsDb, sortedDb } of antennas.values()) {
    if (levelsDb.length < 3) continue
    sum += (side === 'outside' ? 1 : -1) * rankCorrelation(levelsDb, sortedDb) * levelsDb.length
  }
  return sum / reads
}

/** Of the values with their order (Spearman; equal values share their rank). `sorted`: the same values. */
function rankCorrelation(values: readonly number[], sorted: Float64Array): number {
  const middle = (values.length - 1) / 2
  let [product, ofRanks, ofOrder] = [0, 0, 0]
  for (let n = 0; n < values.length; n += 1) {
    const value = values[n] ?? 0
    const rank = (placeIn(sorted, value, false) + placeIn(sorted, value, true) - 1) / 2
    product += (rank - middle) * (n - middle)
    ofRanks += (rank - middle) ** 2
    ofOrder += (n - middle) ** 2
  }
  return ofRanks === 0 ? 0 : product / Math.sqrt(ofRanks * ofOrder)
}

/** How many of the values are less than this one, or not more. */
function placeIn(sorted: Float64Array, value: number, andEqual: boolean): number {
  let [from, to] = [0, sorted.length]
  while (from < to) {
    const middle = (from + to) >> 1
    const at = sorted[middle] ?? 0
    if (at < value || (andEqual && at === value)) from = middle + 1
    else to = middle
  }
  return from
}

function strongestAt(reads: readonly GateRead[]): number {
  return reads.reduce((best, read) => (read.rssiDb > best.rssiDb ? read : best)).at
}

export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}
