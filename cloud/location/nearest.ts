import type { Evidence } from './evidence.ts'
import { isWord } from './finding.ts'

/** How strongly a tag is heard of late: mean power, dBm, by read point. */
export type Levels = ReadonlyMap<string, number>

/** A tag that is fixed to a slot. */
export interface Reference {
  readonly slot: string
  readonly levels: Levels
}

export interface NearSlot {
  readonly slot: string
  /** Of what the nearest reference tags say together, 0–1. */
  readonly share: number
}

/** So many reference tags have a say (LANDMARC found four to be best). */
const nearest = 4
/** Level at a read point that does not hear the tag: below what any reader hears. */
const unheardDbm = -80
/** Tags that are heard so much alike all count alike. */
const alikeDb = 1

/** Reads whose reader tells no level, and what people and gates said, tell nothing. */
export function levelsOf(reads: readonly Evidence[]): Levels {
  const heard = new Map<string, { milliwatts: number; reads: number }>()
  for (const one of reads) {
    if (isWord(one) || one.peakRssiDbm === undefined) continue
    const sum = heard.get(one.readPoint) ?? { milliwatts: 0, reads: 0 }
    sum.milliwatts += one.count * 10 ** (one.peakRssiDbm / 10)
    sum.reads += one.count
    heard.set(one.readPoint, sum)
  }
  return new Map([...heard].map(([point, sum]) => [point, 10 * Math.log10(sum.milliwatts / sum.reads)]))
}

/**
 * The slots in which a tag may lie that is heard so, the likeliest first: those of the reference tags that are heard most
 * like it, each weighed by the inverse square of the difference (LANDMARC, Wireless Networks 10, 2004). Reference tags
 * that no read point hears as well as the tag say nothing. None: nobody can tell.
 */
export function nearestSlots(of: Levels, references: readonly Reference[]): readonly NearSlot[] {
  const comparable = references.filter(({ levels }) => [...levels.keys()].some((point) => of.has(point)))
  const points = new Set([of, ...comparable.map(({ levels }) => levels)].flatMap((levels) => [...levels.keys()]))
  const near = comparable
    .map(({ slot, levels }) => ({ slot, squares: differenceOf(of, levels, points) }))
    .sort((a, b) => a.squares - b.squares || (a.slot < b.slot ? -1 : 1))
    .slice(0, nearest)
  const weights = new Map<string, number>()
  let all = 0
  for (const { slot, squares } of near) {
    const weight = 1 / Math.max(alikeDb ** 2, squares)
    weights.set(slot, (weights.get(slot) ?? 0) + weight)
    all += weight
  }
  return [...weights].map(([slot, weight]) => ({ slot, share: weight / all })).sort((a, b) => b.share - a.share)
}

/** dB², summed over the read points. */
function differenceOf(one: Levels, other: Levels, points: Iterable<string>): number {
  let squares = 0
  for (const point of points) squares += ((one.get(point) ?? unheardDbm) - (other.get(point) ?? unheardDbm)) ** 2
  return squares
}
