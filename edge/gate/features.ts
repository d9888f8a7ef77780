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
  const inside = reads.reduce((sum, read) => sum + (read.side === 'inside' ? 1 : 0), 0)
  const staying = Math.max(inside, count - inside)
  const byAntenna = levelsByAntenna(reads)
  const levels = [...byAntenna.values()]
  const [first, last] = [stays[0], stays.at(-1)]
  const recent = stays.length < 2 ? reads : reads.slice(stays.at(-2)?.from ?? 0)
  const [order, slope] = [orderOf(recent), slopeOf(recent)]
  const change = stays.length < 2 ? undefined : last?.from
  return {
    motion: [
      (agreeing - staying) / count,
      Math.min(10, (agreeing - staying) / tags),
      Math.min(inside, count - inside) / count,
      Math.min(8, pooledDeviation(levels)),
      Math.min(20, Math.max(0, ...levels.map((ofAntenna) => quantile(ofAntenna, 0.97) - quantile(ofAntenna, 0.2)))),
      Math.log(count / tags),
      first?.side === last?.side ? 1 : 0,
      Math.abs(order),
      order === 0 ? Math.abs(slope) : Math.sign(order) * slope,
      trendOf(reads),
      Math.max(-5, Math.min(20, quantile(levels.flat().sort(ascending), 0.9) - endsOf(reads))),
      Math.max(-2, Math.min(6, sortedness(reads))),
    ].map(rounded),
    strongDb: quantile(levels.flat().sort(ascending), 0.97),
    peaksDb: peaksOf(reads, byAntenna),
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

function levelsByAntenna(reads: readonly GateRead[]): ReadonlyMap<number, readonly number[]> {
  const byAntenna = new Map<number, number[]>()
  for (const { antenna, rssiDb } of reads) {
    const levels = byAntenna.get(antenna)
    if (levels === undefined) byAntenna.set(antenna, [rssiDb])
    else levels.push(rssiDb)
  }
  for (const levels of byAntenna.values()) levels.sort(ascending)
  return byAntenna
}

/** The strong reads of each antenna: 85 % of its others are weaker. */
function peaksOf(reads: readonly GateRead[], levels: ReadonlyMap<number, readonly number[]>): Look['peaksDb'] {
  const sides = new Map(reads.map(({ antenna, side }) => [antenna, side]))
  return new Map(
    [...levels].map(([antenna, sorted]) => [
      antenna,
      { side: sides.get(antenna) ?? 'outside', levelDb: quantile(sorted, 0.85) },
    ]),
  )
}

function pooledDeviation(levels: readonly (readonly number[])[]): number {
  let squares = 0
  let degrees = 0
  for (const ofAntenna of levels) {
    const mean = ofAntenna.reduce((sum, level) => sum + level, 0) / ofAntenna.length
    for (const level of ofAntenna) squares += (level - mean) ** 2
    degrees += ofAntenna.length - 1
  }
  // One degree more, without spread: two reads that differ prove little.
  return Math.sqrt(squares / (degrees + 1))
}

/** One minus von Neumann's ratio of each antenna, pooled; drawn to 0 where reads are few. */
function trendOf(reads: readonly GateRead[]): number {
  const last = new Map<number, number>()
  let [steps, stepSquares] = [0, 0]
  for (const { antenna, rssiDb } of reads) {
    const before = last.get(antenna)
    if (before !== undefined) {
      steps += 1
      stepSquares += (rssiDb - before) ** 2
    }
    last.set(antenna, rssiDb)
  }
  const squares = pooledDeviation([...levelsByAntenna(reads).values()]) ** 2
  if (steps === 0 || squares === 0) return 0
  const share = 1 - stepSquares / (steps * 2) / squares
  return Math.max(0, share) * (steps / (steps + 4))
}

/** Mean level of the first reads and the last ones: a tenth of them each, one at least. */
function endsOf(reads: readonly GateRead[]): number {
  const many = Math.ceil(reads.length / 10)
  const ends = [...reads.slice(0, many), ...reads.slice(-many)]
  return ends.reduce((sum, { rssiDb }) => sum + rssiDb, 0) / ends.length
}

/** Runs test of Wald and Wolfowitz on the sides: positive = sides are sorted in time. */
function sortedness(reads: readonly GateRead[]): number {
  const count = reads.length
  const inside = reads.reduce((sum, { side }) => sum + (side === 'inside' ? 1 : 0), 0)
  const outside = count - inside
  if (inside === 0 || outside === 0 || count < 3) return 0
  const runs = reads.reduce((sum, { side }, n) => sum + (n > 0 && side === reads[n - 1]?.side ? 0 : 1), 0)
  const product = 2 * inside * outside
  const variance = (product * (product - count)) / (count * count * (count - 1))
  return variance === 0 ? 0 : (product / count + 1 - runs) / Math.sqrt(variance)
}

function orderOf(reads: readonly GateRead[]): number {
  const weakest = Math.min(...reads.map((read) => read.rssiDb))
  const sums = { outside: [0, 0], inside: [0, 0] }
  for (const { at, side, rssiDb } of reads) {
    const weight = 10 ** (Math.min(15, rssiDb - weakest) / 20)
    const sum = sums[side]
    sum[0] = (sum[0] ?? 0) + weight
    sum[1] = (sum[1] ?? 0) + weight * (at - (reads[0]?.at ?? 0))
  }
  const mean = reads.reduce((sum, { at }) => sum + at, 0) / reads.length
  const deviation = Math.sqrt(reads.reduce((sum, { at }) => sum + (at - mean) ** 2, 0) / reads.length)
  const [[outside = 0, outsideAt = 0], [inside = 0, insideAt = 0]] = [sums.outside, sums.inside]
  return outside === 0 || inside === 0 || deviation === 0 ? 0 : (insideAt / inside - outsideAt / outside) / deviation
}

function slopeOf(reads: readonly GateRead[]): number {
  let sum = 0
  for (const antenna of new Set(reads.map((read) => read.antenna))) {
    const own = reads.filter((read) => read.antenna === antenna)
    if (own.length < 3) continue
    const correlation = rankCorrelation(own.map((read) => read.rssiDb))
    sum += (own[0]?.side === 'outside' ? 1 : -1) * correlation * own.length
  }
  return sum / reads.length
}

/** Of the values with their order (Spearman; equal values share their rank). */
function rankCorrelation(values: readonly number[]): number {
  const order = values.map((_, n) => n).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const ranks = new Array<number>(values.length).fill(0)
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1
    for (let n = from; n < to; n += 1) ranks[order[n] ?? 0] = (from + to - 1) / 2
    from = to
  }
  const middle = (values.length - 1) / 2
  let [product, ofRanks, ofOrder] = [0, 0, 0]
  ranks.forEach((rank, n) => {
    product += (rank - middle) * (n - middle)
    ofRanks += (rank - middle) ** 2
    ofOrder += (n - middle) ** 2
  })
  return ofRanks === 0 ? 0 : product / Math.sqrt(ofRanks * ofOrder)
}

function strongestAt(reads: readonly GateRead[]): number {
  return reads.reduce((best, read) => (read.rssiDb > best.rssiDb ? read : best)).at
}

export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

function ascending(a: number, b: number): number {
  return a - b
}
