/**
 * Does an antenna read far less than it did? It is compared with itself, slice by slice of its own time, so that a shelf
 * of a hundred tags and one of three are judged alike. Not judged is what has no usual rate: an antenna at a gate, which
 * is quiet between passages, and one that was not watched for long enough.
 */
export interface AntennaRate {
  /** Reads in each slice while it was well, oldest first; at most `historySlices`. */
  readonly history: readonly number[]
  readonly lowSlices: number
  readonly wellSlices: number
  /** 0: it is well. */
  readonly collapsedSlices: number
}

export const sliceMs = 60_000
/** An hour is remembered, and half of it is needed to know what is usual. */
const historySlices = 60
const leastHistory = 30
/** Steady is what was read in nine of ten slices, … */
const steadyShare = 0.9
/** … and a median below this is too few to tell a fall from chance. */
const leastUsual = 20
/** Below a fifth of the usual for three slices in a row: a cable, a broken antenna, a wall of water in front of it. */
const collapsedShare = 0.2
const collapsedAfter = 3
/** Back above half of the usual for two in a row. */
const recoveredShare = 0.5
const recoveredAfter = 2
/** What stays low for so long is how it is now: the goods were taken away. */
const newNormalAfter = 6 * 60

export const noRate: AntennaRate = { history: [], lowSlices: 0, wellSlices: 0, collapsedSlices: 0 }

export interface RateChange {
  readonly to: 'collapsed' | 'recovered' | 'accepted'
  /** In the slice that decided. */
  readonly reads: number
  /** Median of the slices in which it was well. */
  readonly usual: number
}

/** One slice is over, in which the reader was heard. The new state, and what changed with it. */
export function nextSlice(
  rate: AntennaRate,
  reads: number,
): { readonly rate: AntennaRate; readonly change?: RateChange } {
  const usual = usualOf(rate.history)
  if (rate.collapsedSlices > 0) return whileCollapsed(rate, reads, usual ?? 0)
  if (usual === undefined || reads >= usual * collapsedShare) {
    return { rate: { ...noRate, history: [...rate.history, reads].slice(-historySlices) } }
  }
  const lowSlices = rate.lowSlices + 1
  if (lowSlices < collapsedAfter) return { rate: { ...rate, lowSlices } }
  return { rate: { ...rate, lowSlices: 0, collapsedSlices: 1 }, change: { to: 'collapsed', reads, usual } }
}

function whileCollapsed(rate: AntennaRate, reads: number, usual: number): ReturnType<typeof nextSlice> {
  const wellSlices = reads >= usual * recoveredShare ? rate.wellSlices + 1 : 0
  if (wellSlices >= recoveredAfter) {
    return { rate: { ...noRate, history: rate.history }, change: { to: 'recovered', reads, usual } }
  }
  const collapsedSlices = rate.collapsedSlices + 1
  if (collapsedSlices > newNormalAfter) return { rate: noRate, change: { to: 'accepted', reads, usual } }
  return { rate: { ...rate, wellSlices, collapsedSlices } }
}

/** The median, where there is enough to call it usual. */
function usualOf(history: readonly number[]): number | undefined {
  if (history.length < leastHistory) return undefined
  const steady = history.filter((reads) => reads > 0).length
  if (steady < history.length * steadyShare) return undefined
  const median = history.toSorted((a, b) => a - b)[Math.floor(history.length / 2)] ?? 0
  return median < leastUsual ? undefined : median
}
