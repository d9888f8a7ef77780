import { type Look, lookAt } from './features.ts'
import type { GateRead } from './read.ts'

/** Tags that were read at the same times on the same sides: what moves together is judged together. */
export interface Load {
  readonly tags: number
  /** The reads of all its tags, looked at as if they were one. */
  readonly look: Look
  /** Sum of what speaks for a passage of each of its tags by itself (log odds, each at most 6 either way). */
  readonly motions: number
}

/** A tag in its load. `alike`: how much its reads are those of the load, 0..1; 1 = it is the load. */
export interface Place {
  readonly load: Load
  readonly alike: number
}

/** What is known of a tag before it is known who came with it. */
export interface LoadTag {
  readonly reads: readonly GateRead[]
  readonly trail: Trail
  readonly motion: number
}

/** When and where something was read: weight by bin of time and side, smoothed. */
export interface Trail {
  readonly bins: Map<number, number>
  total: number
}

const binMs = 500
/** A read is also a little one in the bins beside it: 1 s to either side. */
const smoothing = [1, 0.6, 0.3] as const
/** Trails that share less than this are not of one load. */
const leastAlike = 0.55
/** Of a tag with fewer reads than this less will do: a few reads cannot be spread as those of a load are. */
const fewReads = 6
/** Of each tag; more would let the tags that are read most speak for all. */
const readsOfTag = 24

/**
 * Sorts tags into loads: one after the other, most reads first, each to the load that it is most alike. Of tags with
 * equally many reads the earlier one comes first, so the same reads give the same loads.
 */
export function loadsOf<T extends LoadTag>(tags: readonly T[]): ReadonlyMap<T, Place> {
  const loads: { readonly trail: Trail; readonly members: { readonly tag: T; readonly alike: number }[] }[] = []
  for (const tag of [...tags].sort((a, b) => b.reads.length - a.reads.length)) {
    const { trail } = tag
    const least = leastAlike * Math.max(0.5, Math.min(1, Math.sqrt(tag.reads.length / fewReads)))
    let best: { readonly load: (typeof loads)[number]; readonly alike: number } | undefined
    for (const load of loads) {
      const alike = likeness(trail, load.trail)
      if (alike >= least && alike > (best?.alike ?? 0)) best = { load, alike }
    }
    if (best === undefined) {
      const own = { bins: new Map(trail.bins), total: trail.total }
      loads.push({ trail: own, members: [{ tag, alike: 1 }] })
    } else {
      best.load.members.push({ tag, alike: best.alike })
      for (const [bin, weight] of trail.bins)
        best.load.trail.bins.set(bin, (best.load.trail.bins.get(bin) ?? 0) + weight)
      best.load.trail.total += trail.total
    }
  }
  const places = new Map<T, Place>()
  for (const { members } of loads) {
    const load = loadOf(members.map(({ tag }) => tag))
    for (const { tag, alike } of members) places.set(tag, { load, alike })
  }
  return places
}

/** Its look is taken when it is asked for: most loads just stand there. */
function loadOf(tags: readonly LoadTag[]): Load {
  let look: Look | undefined
  return {
    tags: tags.length,
    motions: tags.reduce((sum, { motion }) => sum + clipped(motion), 0),
    get look() {
      look ??= lookAt(
        tags.flatMap(({ reads }) => thinned(reads)).sort((a, b) => a.at - b.at),
        tags.length,
      )
      return look
    },
  }
}

/** Mean of what the others of the load say by themselves, drawn to 0 where there are few. */
export function wordOf({ load }: Place, own: number): number {
  return (load.motions - clipped(own)) / load.tags
}

/** One tag does not outvote the others. */
export function clipped(logOdds: number): number {
  return Math.max(-6, Math.min(6, logOdds))
}

export function trailOf(reads: readonly GateRead[]): Trail {
  const bins = new Map<number, number>()
  let total = 0
  const add = (bin: number, weight: number) => {
    bins.set(bin, (bins.get(bin) ?? 0) + weight)
    total += weight
  }
  for (const { at, side } of reads) {
    const bin = 2 * Math.floor(at / binMs) + (side === 'inside' ? 1 : 0)
    smoothing.forEach((weight, n) => {
      add(bin + 2 * n, weight)
      if (n > 0) add(bin - 2 * n, weight)
    })
  }
  return { bins, total }
}

/** Bhattacharyya coefficient: 1 = read at the same times and sides, 0 = never. */
export function likeness(one: Trail, other: Trail): number {
  const [few, many] = one.bins.size <= other.bins.size ? [one, other] : [other, one]
  let sum = 0
  for (const [bin, weight] of few.bins) {
    const theirs = many.bins.get(bin)
    if (theirs !== undefined) sum += Math.sqrt(weight * theirs)
  }
  return sum / Math.sqrt(one.total * other.total)
}

function thinned(reads: readonly GateRead[]): readonly GateRead[] {
  const step = Math.ceil(reads.length / readsOfTag)
  return step <= 1 ? reads : reads.filter((_, n) => n % step === 0)
}
