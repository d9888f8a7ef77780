import type { GateRead, Side } from './read.ts'

/** Reads that were mostly of one side, between two changes of side. */
export interface Stretches {
  /** Sides in order of time; neighbours differ. */
  readonly sides: readonly Side[]
  /** Reads of the side of their stretch. */
  readonly agreeing: number
}

/** What one change of side must win, in reads: fewer stray reads of the other side than this change nothing. */
const changeCosts = 3

/**
 * The most plausible sequence of sides a tag was at (Viterbi over two states: a read of the other side costs one, a
 * change of side costs three). No window and no speed goes in, so a slow gate and a fast one are read alike.
 */
export function stretchesOf(reads: readonly GateRead[]): Stretches {
  let outside = { score: 0, sides: undefined as Chain | undefined, agreeing: 0 }
  let inside = { score: 0, sides: undefined as Chain | undefined, agreeing: 0 }
  for (const read of reads) {
    const [fromOut, fromIn] = [outside, inside]
    outside = step(fromOut, fromIn, 'outside', read.side)
    inside = step(fromIn, fromOut, 'inside', read.side)
  }
  const best = outside.score >= inside.score ? outside : inside
  const sides: Side[] = []
  for (let link = best.sides; link !== undefined; link = link.before) sides.push(link.side)
  return { sides: sides.reverse(), agreeing: best.agreeing }
}

interface Chain {
  readonly side: Side
  readonly before: Chain | undefined
}

interface Path {
  readonly score: number
  readonly sides: Chain | undefined
  readonly agreeing: number
}

function step(same: Path, other: Path, side: Side, seen: Side): Path {
  const agrees = seen === side ? 1 : 0
  const changed = other.sides !== undefined && other.score - changeCosts > same.score
  const from = changed ? other : same
  return {
    score: from.score + agrees - (changed ? changeCosts : 0),
    sides: from.sides?.side === side ? from.sides : { side, before: from.sides },
    agreeing: from.agreeing + agrees,
  }
}
