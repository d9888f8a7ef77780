import { bases, type Evidence } from '../location/evidence.ts'
import { signOf } from '../location/finding.ts'
import { retake } from '../location/recent.ts'
import type { TrackedItem } from './item.ts'
import type { InventoryState } from './state.ts'

/**
 * What a sighting that was booked once, and from which nothing was concluded, leaves behind of item and track: so much
 * need not be written of an item that is where it was.
 */
export function seeAgain(state: InventoryState, item: TrackedItem, evidence: Evidence, isTooLate: boolean): void {
  item.reads += evidence.count
  see(item, evidence)
  const sign = isTooLate ? undefined : signOf(evidence)
  if (sign === undefined) return
  retake(state.tracks.of(item.id), sign, state.ground, state.profiles.of(item))
  item.foldedAt = Math.max(item.foldedAt, evidence.at)
  support(item, evidence)
}

/** The newest sighting of all. */
export function see(item: TrackedItem, { at, readPoint, place }: Evidence): void {
  const { lastSeenAt, seenPlace } = item
  if (at < lastSeenAt) return
  if (at === lastSeenAt) {
    if (readPoint < item.readPoint) return
    if (readPoint === item.readPoint && seenPlace !== null && place.key <= seenPlace.key) return
  }
  item.lastSeenAt = at
  item.readPoint = readPoint
  item.seenPlace = place
}

/** Takes the evidence as what the place stands on, if it speaks for that and is newer. */
export function support(item: TrackedItem, evidence: Evidence): void {
  const { place, at, basis, count } = evidence
  if (place !== item.place || at < item.decidedAt) return
  if (at === item.decidedAt) {
    const stronger = bases.indexOf(basis) - bases.indexOf(item.basis) || count - item.count
    if (stronger <= 0) return
  }
  stand(item, evidence)
}

export function stand(item: TrackedItem, { basis, count, sureness, at }: Evidence): void {
  item.basis = basis
  item.count = count
  item.sureness = sureness
  item.decidedAt = at
}
