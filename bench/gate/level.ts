import type { Row } from './table.ts'

/** Between the weakest and the strongest 3 % of the reads at one gate, dB: 12 in the recorded runs, 25 where loads go by. */
const plausibleSpread = { leastDb: 8, usualDb: 12, mostDb: 30 }
/** What is told in steps of a dB, whatever their zero is, spans less than this factor. */
const leastFactor = 2.5
/** Nothing is stretched beyond recognition. */
const mostStretch = 2.5

/**
 * From the scale of a file to dB, up to a constant. `auto`: a median below -200 is centi-dBm, below 0 it is dBm, and above
 * it is a scale of the vendor's own: a power, if the reads of the gate then spread as they do at gates. If they do not it is
 * an amplitude or something else, and its logarithm is stretched until they do; where it spans too little for either it is
 * in dB already.
 */
export function levelIn(scale: string, levels: readonly number[]): (rssi: number) => number {
  const sorted = levels.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
  const found = scale !== 'auto' ? scale : at(0.5) < -200 ? 'cdbm' : at(0.5) < 0 ? 'dbm' : 'linear'
  if (found === 'cdbm') return (rssi) => rssi / 100
  if (found === 'dbm') return (rssi) => rssi
  const [weak, strong] = [at(0.03), at(0.97)]
  if (scale === 'auto' && weak > 0 && strong / weak < leastFactor && strong <= 255 && strong - weak >= 1) {
    return (rssi) => rssi
  }
  const db = (rssi: number) => 10 * Math.log10(Math.max(rssi, 1e-9))
  const spread = db(strong) - db(weak)
  const { leastDb, usualDb, mostDb } = plausibleSpread
  const wanted = spread > 0 && spread < leastDb ? usualDb : Math.min(spread, mostDb)
  const stretch = spread > 0 ? Math.min(mostStretch, wanted / spread) : 1
  return (rssi) => db(rssi) * stretch
}

/** All reads are as strong where nobody tells a level. */
const noLevel = 1

/**
 * The level of each read, in order of time. One that was not told, or is told as 0, as readers do that have none, is that of the
 * read before it of the same tag and antenna, or of the one after it; where that antenna tells none of the tag it is as strong as
 * most reads are.
 */
export function withoutGaps(rows: readonly Row[]): readonly number[] {
  const levels = rows.map(({ rssi }) => (rssi === null || rssi === 0 ? undefined : rssi))
  const known = levels.filter((level) => level !== undefined).sort((a, b) => a - b)
  const usual = known[known.length >> 1] ?? noLevel
  const fill = (n: number, last: Map<string, number>) => {
    const { antenna, epc } = rows[n] as Row
    const link = `${antenna} ${epc}`
    levels[n] ??= last.get(link)
    if (levels[n] !== undefined) last.set(link, levels[n] as number)
  }
  const [before, after] = [new Map<string, number>(), new Map<string, number>()]
  for (let n = 0; n < rows.length; n += 1) fill(n, before)
  for (let n = rows.length - 1; n >= 0; n -= 1) fill(n, after)
  return levels.map((level) => level ?? usual)
}
