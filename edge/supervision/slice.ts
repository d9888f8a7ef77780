import { type AntennaRate, nextSlice, noRate, type RateChange } from './antenna-rate.ts'
import { type ClockSkew, endSlice as endSkewSlice, noSkew } from './clock-skew.ts'

/** What is watched of one device between its first frame and now. Changed in place; hot. */
export interface Watched {
  /** Of the last frame that was understood, monotonic. */
  lastFrameMs: number | undefined
  skew: ClockSkew
  /** It was up when the slice began; a reader that came back within it is not judged by it. */
  wasUp: boolean
  /** By port. */
  readonly antennas: Map<number, WatchedAntenna>
}

export interface WatchedAntenna {
  /** In the slice under way. */
  reads: number
  /** In the last whole slice. */
  readsBefore: number
  rate: AntennaRate
}

/** LLRP numbers antennas up to 65,535; a reader that makes ports up must not fill memory. */
const mostAntennas = 256

export function nothingWatched(): Watched {
  return { lastFrameMs: undefined, skew: noSkew, wasUp: false, antennas: new Map() }
}

export function noteReads({ antennas }: Watched, port: number, count: number): void {
  const antenna = antennas.get(port)
  if (antenna !== undefined) antenna.reads += count
  else if (antennas.size < mostAntennas) antennas.set(port, { reads: count, readsBefore: 0, rate: noRate })
}

/** Something that people should know. `antenna`: of this port only, which is `silent` now or `up` again. */
export interface SliceNews {
  readonly antenna?: number
  readonly state: 'up' | 'silent'
  readonly reason: string
}

/** A slice of `sliceMs` is over. Antennas are judged only where the reader was up from its beginning to its end. */
export function endSlice(watched: Watched, isUp: boolean): readonly SliceNews[] {
  const news: SliceNews[] = []
  const isJudged = isUp && watched.wasUp
  watched.wasUp = isUp
  for (const [port, antenna] of watched.antennas) {
    const { reads } = antenna
    antenna.readsBefore = reads
    antenna.reads = 0
    if (!isJudged) continue
    const { rate, change } = nextSlice(antenna.rate, reads)
    antenna.rate = rate
    if (change !== undefined) news.push({ antenna: port, ...sentenceOf(port, change) })
  }
  const { skew, news: skewNews } = endSkewSlice(watched.skew)
  watched.skew = skew
  if (skewNews !== undefined && isUp) news.push({ state: 'up', reason: skewNews })
  return news
}

function sentenceOf(port: number, { to, reads, usual }: RateChange): { state: 'up' | 'silent'; reason: string } {
  switch (to) {
    case 'collapsed':
      return { state: 'silent', reason: `antenna ${port} reads ${reads} a minute where ${usual} are usual` }
    case 'recovered':
      return { state: 'up', reason: `antenna ${port} reads ${reads} a minute again` }
    case 'accepted':
      return { state: 'up', reason: `antenna ${port} has read so little for hours that it is usual now` }
  }
}
