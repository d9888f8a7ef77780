import type { Side } from './read.ts'

/** A light barrier of a gate: its light is cut, or free again. Event time, ms. */
export interface BeamChange {
  readonly at: number
  readonly side: Side
  readonly isBroken: boolean
}

/** Something stood in the light: from when the first barrier was cut until both were free. Event times, ms. */
export interface Crossing {
  readonly from: number
  readonly to: number
  readonly direction: 'in' | 'out' | 'none'
  /** Why it is no way through: it left by the barrier it came by, cut one alone, or stood there too long. */
  readonly why: 'passed' | 'turned-back' | 'one-beam' | 'blocked'
}

/** The two light barriers of a gate and what they told lately, oldest first. Changed in place by the functions of this file. */
export interface Beams {
  readonly changes: BeamChange[]
}

/** Both barriers are free for so long: what was in the light is through. Pallets have gaps, and a trolley is short. */
export const settledMs = 1_500
/** What stands in the light longer is no passage; and a barrier whose light was never told to be free again is free. */
const longestMs = 60_000
/** Of one crossing; beyond it the oldest is given up, but for the first, which tells where it began. */
const changesKept = 256

export function noBeams(): Beams {
  return { changes: [] }
}

/** Takes one change; one that comes late is put where it belongs. */
export function takeBeam({ changes }: Beams, change: BeamChange): void {
  let place = changes.length
  while (place > 0 && (changes[place - 1]?.at ?? 0) > change.at) place -= 1
  changes.splice(place, 0, change)
  if (changes.length > changesKept) changes.splice(1, 1)
}

/** The crossing that is over at `now`, once; undefined while there is none. */
export function crossingOver({ changes }: Beams, now: number): Crossing | undefined {
  const first = changes.find(({ isBroken }) => isBroken)
  const last = changes.at(-1)
  if (last === undefined || now - last.at < settledMs) return undefined
  if (first === undefined) {
    changes.length = 0 // free, and was free
    return undefined
  }
  const isFree = (side: Side) => changes.findLast((change) => change.side === side)?.isBroken !== true
  const isStuck = now - first.at >= longestMs
  if (!isStuck && !(isFree('outside') && isFree('inside'))) return undefined
  const crossing = crossingOf(changes)
  changes.length = 0
  return crossing
}

/**
 * What these changes say, in order of time: it came by the barrier that was cut first and left by the one that was free
 * last. What is told twice, or flickers in between, changes nothing.
 */
export function crossingOf(changes: readonly BeamChange[]): Crossing | undefined {
  const broken = { outside: false, inside: false }
  const wasBroken = { outside: false, inside: false }
  let first: BeamChange | undefined
  let last: BeamChange | undefined
  for (const change of changes) {
    broken[change.side] = change.isBroken
    if (change.isBroken) first ??= change
    if (first === undefined) continue
    wasBroken[change.side] = true
    if (!change.isBroken) last = change
  }
  if (first === undefined) return undefined
  const to = last?.at ?? first.at
  const why =
    broken.outside || broken.inside || to - first.at > longestMs
      ? 'blocked'
      : !(wasBroken.outside && wasBroken.inside)
        ? 'one-beam'
        : last?.side === first.side
          ? 'turned-back'
          : 'passed'
  return { from: first.at, to, direction: why !== 'passed' ? 'none' : first.side === 'outside' ? 'in' : 'out', why }
}
