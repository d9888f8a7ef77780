import type { Place } from '../location/place.ts'

/** Where an item went, as something saw it. */
export interface Move {
  readonly epc: string
  readonly at: number
  readonly readPoint: string
  readonly to: Place
}

/** What moved with a unit, and how often. */
export interface Proposal {
  readonly parent: string
  readonly child: string
  readonly together: number
  readonly lastAt: number
}

/** What a load goes through a gate, or onto a shelf, within, ms. */
export const togetherMs = 10_000
/** Once is chance: two loads pass one gate right after each other. */
const togetherLeast = 2

/**
 * What went to one place with a unit, at one read point and within seconds, often enough to ask somebody whether it is
 * packed on it; the most often first. Nothing follows from it until somebody says so. `moves` in the order of time.
 */
export function proposalsOf(
  moves: readonly Move[],
  isUnit: (epc: string) => boolean,
  isAskedAlready: (child: string, parent: string, at: number) => boolean,
): readonly Proposal[] {
  const pairs = new Map<string, { parent: string; child: string; together: number; lastAt: number }>()
  let first = 0
  for (const unit of moves) {
    if (!isUnit(unit.epc)) continue
    while ((moves[first]?.at ?? unit.at) < unit.at - togetherMs) first += 1
    const seen = new Set<string>()
    for (let index = first; index < moves.length; index += 1) {
      const move = moves[index]
      if (move === undefined || move.at > unit.at + togetherMs) break
      if (move.readPoint !== unit.readPoint || move.to !== unit.to || seen.has(move.epc)) continue
      if (isUnit(move.epc) || isAskedAlready(move.epc, unit.epc, unit.at)) continue
      seen.add(move.epc)
      const key = `${unit.epc} ${move.epc}`
      const pair = pairs.get(key) ?? { parent: unit.epc, child: move.epc, together: 0, lastAt: 0 }
      pairs.set(key, pair)
      pair.together += 1
      pair.lastAt = Math.max(pair.lastAt, unit.at)
    }
  }
  return [...pairs.values()]
    .filter(({ together }) => together >= togetherLeast)
    .sort(
      (a, b) =>
        b.together - a.together || b.lastAt - a.lastAt || compare(a.parent, b.parent) || compare(a.child, b.child),
    )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
