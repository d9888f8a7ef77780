import type { AntennaRead } from '../../simulators/world/overlap.ts'
import type { LocationRule, NamedRule } from './rule.ts'

/** The last antenna that read the tag has it. */
function lastReadWins(): LocationRule {
  const places = new Map<number, number>()
  return {
    take: ({ tag, antenna }) => void places.set(tag, antenna),
    passed: () => undefined,
    placeOf: (tag) => places.get(tag),
  }
}

/** The antenna with most reads in the last `windowMs` has it, the stronger sum breaks ties; nobody read it: as before. */
function fixedWindow(windowMs: number): LocationRule {
  const recent = new Map<number, AntennaRead[]>()
  const places = new Map<number, number>()
  const decide = (tag: number, reads: AntennaRead[], at: number) => {
    while (reads[0] !== undefined && reads[0].at <= at - windowMs) reads.shift()
    const votes = new Map<number, number>()
    for (const { antenna, rssiDbm } of reads) {
      votes.set(antenna, (votes.get(antenna) ?? 0) + 1 + 10 ** (rssiDbm / 10))
    }
    let best: readonly [number, number] | undefined
    for (const vote of votes) if (best === undefined || vote[1] > best[1]) best = vote
    if (best !== undefined) places.set(tag, best[0])
  }
  return {
    take: (read) => {
      const reads = recent.get(read.tag) ?? []
      recent.set(read.tag, reads)
      reads.push(read)
      decide(read.tag, reads, read.at)
    },
    passed: (at) => {
      for (const [tag, reads] of recent) decide(tag, reads, at)
    },
    placeOf: (tag) => places.get(tag),
  }
}

interface EdgexProfile {
  /** dB */
  readonly threshold: number
  readonly holdOffMs: number
  /** dB/ms, negative */
  readonly slope: number
}

/** Levels kept for each antenna. */
const ringSize = 20
const departsAfterMs = 600_000
const sweepMs = 30_000

/**
 * The location rule of EdgeX app-rfid-llrp-inventory (Apache-2.0), from its description: a ring of the last 20 levels
 * of each antenna; another antenna wins when its mean exceeds that of the present one by an offset that falls without
 * limit while the present one is silent.
 */
function edgex({ threshold, holdOffMs, slope }: EdgexProfile): LocationRule {
  interface Tag {
    place: number | undefined
    readonly rings: Map<number, { readonly levels: number[]; lastAt: number }>
    lastAt: number
  }
  const tags = new Map<number, Tag>()
  let sweptAt = 0
  const mean = (levels: readonly number[]) => levels.reduce((sum, level) => sum + level, 0) / levels.length
  return {
    take: ({ tag: id, antenna, rssiDbm, at }) => {
      const tag = tags.get(id) ?? { place: undefined, rings: new Map(), lastAt: at }
      tags.set(id, tag)
      const ring = tag.rings.get(antenna) ?? { levels: [], lastAt: at }
      tag.rings.set(antenna, ring)
      ring.levels.push(rssiDbm)
      if (ring.levels.length > ringSize) ring.levels.shift()
      ring.lastAt = at
      tag.lastAt = at
      const current = tag.place === undefined ? undefined : tag.rings.get(tag.place)
      if (current === ring) return
      if (current === undefined || current.levels.length === 0) {
        tag.place = antenna
        return
      }
      if (ring.levels.length < 2) return
      const offset = Math.min(threshold, slope * (at - current.lastAt - holdOffMs) + threshold)
      if (mean(ring.levels) > mean(current.levels) + offset) tag.place = antenna
    },
    passed: (at) => {
      if (at - sweptAt < sweepMs) return
      sweptAt = at
      for (const tag of tags.values()) {
        if (tag.lastAt >= at - departsAfterMs) continue
        tag.place = undefined
        tag.rings.clear()
      }
    },
    placeOf: (id) => tags.get(id)?.place,
  }
}

export const baselines: readonly NamedRule[] = [
  { name: 'EdgeX, defaults', open: () => edgex({ threshold: 6, holdOffMs: 500, slope: -0.008 }) },
  { name: 'EdgeX, retail garment', open: () => edgex({ threshold: 6, holdOffMs: 60_000, slope: -0.0005 }) },
  { name: 'last read wins', open: lastReadWins },
  { name: 'fixed window, 10 s', open: () => fixedWindow(10_000) },
]
