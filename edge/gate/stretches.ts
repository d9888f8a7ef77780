import type { GateRead, Side } from './read.ts'

/** Reads that were mostly of one side, between two changes of side. */
export interface Stretch {
  readonly side: Side
  /** Of the reads in order of time, the first of this stretch and the one after its last. */
  readonly from: number
  readonly to: number
}

export interface Stretches {
  /** In order of time; neighbours differ in side. */
  readonly list: readonly Stretch[]
  /** Reads of the side of their stretch. */
  readonly agreeing: number
}

/**
 * What one change of side must win, in reads: fewer stray reads of the other side change nothing. Of a load it is more,
 * for what shades one tag of it shades its neighbours, but not as much more as it has tags.
 */
const changeCosts = 3

/**
 * The most plausible sequence of sides a tag was at (Viterbi over two states: a read of the other side costs one, a
 * change of side costs three). No window and no speed goes in, so a slow gate and a fast one are read alike.
 */
export function stretchesOf(reads: readonly GateRead[], tags = 1): Stretches {
  const cost = changeCosts * Math.sqrt(tags)
  let outside: Path = { score: 0, chain: undefined, agreeing: 0 }
  let inside: Path = { score: 0, chain: undefined, agreeing: 0 }
  reads.forEach((read, n) => {
    const [fromOut, fromIn] = [outside, inside]
    outside = step(fromOut, fromIn, 'outside', read.side, n, cost)
    inside = step(fromIn, fromOut, 'inside', read.side, n, cost)
  })
  // Of two that are as plausible, the one that ends where it was heard last: so it is when the sides are swapped, too.
  const heardLast = reads.at(-1)?.side === 'inside' ? inside : outside
  const best = outside.score === inside.score ? heardLast : outside.score > inside.score ? outside : inside
  const list: Stretch[] = []
  let to = reads.length
  for (let link = best.chain; link !== undefined; link = link.before) {
    list.push({ side: link.side, from: link.from, to })
    to = link.from
  }
  return { list: list.reverse(), agreeing: best.agreeing }
}

interface Chain {
  readonly side: Side
  readonly from: number
  readonly before: Chain | undefined
}

interface Path {
  readonly score: number
  readonly chain: Chain | undefined
  readonly agreeing: number
}

function step(same: Path, other: Path, side: Side, seen: Side, n: number, cost: number): Path {
  const agrees = seen === side ? 1 : 0
  const changed = other.chain !== undefined && other.score - cost > same.score
  const path = changed ? other : same
  return {
    score: path.score + agrees - (changed ? cost : 0),
    chain: path.chain?.side === side ? path.chain : { side, from: n, before: path.chain },
    agreeing: path.agreeing + agrees,
  }
}
