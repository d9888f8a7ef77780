import { bases, type Evidence } from '../location/evidence.ts'
import { openPacking } from './evidence-bytes.ts'
import type { Names } from './item-row.ts'

/**
 * What is learned of items while entries are folded, to be kept for those who ask why. It is packed as it comes: tens of
 * thousands of objects that live until the commit would be copied about by the collector.
 */
export interface Learned {
  add(item: number, evidence: Evidence, isTooLate: boolean): void
  /** What was added since the last time. */
  take(): Seen
}

/** Evidence of one commit, or of a part of it, as it is kept (`packEvidence`). */
export interface Seen {
  readonly bytes: Uint8Array
  /** Ids, one for each piece. */
  readonly items: readonly number[]
}

export function openLearned(names: Names): Learned {
  const packing = openPacking()
  let items: number[] = []
  return {
    add: (item, evidence, isTooLate) => {
      const { at, place, readPoint, basis, count, peakRssiDbm, sureness } = evidence
      items.push(item)
      packing.add({
        item,
        at,
        place: place.id,
        readPoint: names.idOf(readPoint),
        basis: bases.indexOf(basis),
        count,
        level: peakRssiDbm === undefined ? undefined : Math.round(peakRssiDbm * 100),
        sureness: Math.round(sureness * 1000),
        isTooLate,
      })
    },
    take: () => {
      const taken = { bytes: packing.take(), items }
      items = []
      return taken
    },
  }
}
