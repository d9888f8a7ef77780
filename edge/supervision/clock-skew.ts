/**
 * How far the clock of a device goes beside ours, by the stamps in its own messages: arrival minus stamp. A message may be
 * late (a queue, a reader that kept it), never early, so the least of a slice is nearest to the truth.
 */
export interface ClockSkew {
  /** Least of the slice under way; undefined: nothing with a stamp came. */
  readonly leastMs: number | undefined
  /** Of the last slice with stamps. Positive: the device is behind. */
  readonly skewMs: number | undefined
  /** It was told that the clock is wrong. */
  readonly isWrong: boolean
}

/** Wrong from 2 s on, in line with what batches and networks take; right again below 1 s. */
const wrongFromMs = 2000
const rightBelowMs = 1000

export const noSkew: ClockSkew = { leastMs: undefined, skewMs: undefined, isWrong: false }

export function noteStamp(skew: ClockSkew, arrivedAt: number, stampedAt: number): ClockSkew {
  const leastMs = Math.min(skew.leastMs ?? Number.POSITIVE_INFINITY, arrivedAt - stampedAt)
  return leastMs === skew.leastMs ? skew : { ...skew, leastMs }
}

/** A slice is over. The new state, and a sentence if it is news. */
export function endSlice(skew: ClockSkew): { readonly skew: ClockSkew; readonly news?: string } {
  const { leastMs } = skew
  if (leastMs === undefined) return { skew }
  const size = Math.abs(leastMs)
  const isWrong = skew.isWrong ? size >= rightBelowMs : size >= wrongFromMs
  const next = { leastMs: undefined, skewMs: leastMs, isWrong }
  if (isWrong === skew.isWrong) return { skew: next }
  const way = leastMs > 0 ? 'behind' : 'ahead'
  return {
    skew: next,
    news: isWrong ? `its clock is ${(size / 1000).toFixed(1)} s ${way}` : 'its clock is right again',
  }
}
