import { type Basis, bases, displaces, type Evidence, headStartMs } from './evidence.ts'
import type { Place } from './place.ts'

/**
 * What is known of one item. Ranks are event times plus head start. Everything that decides the place is a maximum
 * over the evidence, so its order of arrival does not matter.
 */
export interface Standing {
  /** The conclusion; null = never seen. */
  place: Place | null
  /** Event time of the first evidence for the present place after the last one against it. */
  since: number
  /** Event time of the newest evidence against the present place; 0 = none. */
  elsewhereAt: number
  lastSeenAt: number
  /** That saw it last. */
  readPoint: string
  /** The newest evidence. */
  newest: Place | null
  newestRank: number
  newestBasis: Basis
  newestCount: number
  newestSureness: number
  /** The newest evidence that names a slot. */
  slot: Place | null
  slotRank: number
  slotBasis: Basis
  slotCount: number
  /** Newest evidence that it lies in no slot (gate, pick, passage). */
  displacedRank: number
  /** Newest evidence from another zone than that of `newest`. */
  otherZoneRank: number
}

export function unseen(): Standing {
  return {
    place: null,
    since: 0,
    elsewhereAt: 0,
    lastSeenAt: 0,
    readPoint: '',
    newest: null,
    newestRank: Number.NEGATIVE_INFINITY,
    newestBasis: 'unplaced',
    newestCount: 0,
    newestSureness: 0,
    slot: null,
    slotRank: Number.NEGATIVE_INFINITY,
    slotBasis: 'slot',
    slotCount: 0,
    displacedRank: Number.NEGATIVE_INFINITY,
    otherZoneRank: Number.NEGATIVE_INFINITY,
  }
}

/** moved: another conclusion. agreed: the same one. contrary: it speaks for another place, and is older or weaker. */
export type Verdict = 'moved' | 'agreed' | 'contrary'

/**
 * Folds one piece of evidence in, in place (hundreds of thousands a second). Newest evidence wins; late evidence never
 * overrules newer; equal times are decided by basis, then place, then count, so that any order of arrival ends in the
 * same place, basis, read point and last sighting.
 *
 * A zone antenna that hears an item whose slot lies in that zone agrees with the slot: it cannot tell slots apart.
 *
 * `since` alone depends on the order of arrival: late evidence for the same place moves it back, late evidence against
 * it moves it forward to the newest evidence. A backlog that arrives in its own order gives the exact value.
 */
export function consider(standing: Standing, evidence: Evidence): Verdict {
  const { at, basis, place, readPoint } = evidence
  if (at > standing.lastSeenAt || (at === standing.lastSeenAt && readPoint > standing.readPoint)) {
    standing.lastSeenAt = at
    standing.readPoint = readPoint
  }
  const rank = at + headStartMs(basis)
  const before = standing.place
  const newestBefore = standing.newest
  const newestAtBefore = newestAt(standing)

  if (displaces(basis) && rank > standing.displacedRank) standing.displacedRank = rank
  if (
    place.slot !== null &&
    beats(evidence, rank, standing.slot, standing.slotRank, standing.slotBasis, standing.slotCount)
  ) {
    standing.slot = place
    standing.slotRank = rank
    standing.slotBasis = basis
    standing.slotCount = evidence.count
  }
  if (beats(evidence, rank, newestBefore, standing.newestRank, standing.newestBasis, standing.newestCount)) {
    // All that was newest until now is of another zone, or older than what was.
    if (newestBefore !== null && newestBefore.zoneKey !== place.zoneKey) standing.otherZoneRank = standing.newestRank
    standing.newest = place
    standing.newestRank = rank
    standing.newestBasis = basis
    standing.newestCount = evidence.count
    standing.newestSureness = evidence.sureness
  } else if (newestBefore?.zoneKey !== place.zoneKey && rank > standing.otherZoneRank) {
    standing.otherZoneRank = rank
  }

  const after = conclude(standing)
  if (after !== before) {
    const refined = before !== null && before.zoneKey === after.zoneKey && (before.slot === null || after.slot === null)
    standing.place = after
    standing.since = at
    if (before !== null && !refined) standing.elsewhereAt = Math.max(standing.elsewhereAt, newestAtBefore)
    if (place.zoneKey !== after.zoneKey) {
      // Late word from another zone: the slot is no longer believed, the zone is.
      standing.elsewhereAt = Math.max(standing.elsewhereAt, at)
      standing.since = newestAt(standing)
    }
    return 'moved'
  }
  if (place === after || basis === 'unplaced' || (basis === 'zone' && place.zoneKey === after.zoneKey)) {
    if (at < standing.since && at > standing.elsewhereAt && basis !== 'unplaced') standing.since = at
    return 'agreed'
  }
  if (at > standing.elsewhereAt) {
    standing.elsewhereAt = at
    if (standing.since <= at) standing.since = newestAt(standing)
  }
  return 'contrary'
}

/** Event time of the evidence that counts as newest. */
export function newestAt(standing: Standing): number {
  return standing.newestRank - headStartMs(standing.newestBasis)
}

/** The basis, tag reads and event time on which the present place stands. */
export function decidedBy(standing: Standing): { basis: Basis; count: number; at: number; sureness: number } {
  if (standing.place !== standing.newest && standing.place === standing.slot) {
    const at = standing.slotRank - headStartMs(standing.slotBasis)
    return { basis: standing.slotBasis, count: standing.slotCount, at, sureness: 1 }
  }
  const { newestBasis: basis, newestCount: count, newestSureness: sureness } = standing
  return { basis, count, at: newestAt(standing), sureness }
}

/**
 * A new map: every place is told again (`mapped`), the times stay, so that newer evidence takes over as ever. Returns
 * whether the conclusion changed.
 */
export function remap(standing: Standing, mapped: (place: Place) => Place): boolean {
  if (standing.newest === null) return false
  const before = standing.place
  standing.newest = mapped(standing.newest)
  const slot = standing.slot === null ? null : mapped(standing.slot)
  standing.slot = slot?.slot === null ? null : slot
  if (standing.slot === null) standing.slotRank = Number.NEGATIVE_INFINITY
  standing.place = conclude(standing)
  return standing.place !== before
}

function conclude(standing: Standing): Place {
  const { newest, slot, slotRank } = standing
  if (newest === null) throw new RangeError('No evidence, no conclusion.')
  if (slot === null || newest.slot !== null || newest.zoneKey !== slot.zoneKey) return newest
  return slotRank > standing.displacedRank && slotRank > standing.otherZoneRank ? slot : newest
}

function beats(
  evidence: Evidence,
  rank: number,
  place: Place | null,
  otherRank: number,
  otherBasis: Basis,
  otherCount: number,
): boolean {
  if (rank !== otherRank || place === null) return rank > otherRank
  if (evidence.basis !== otherBasis) return bases.indexOf(evidence.basis) > bases.indexOf(otherBasis)
  if (evidence.place !== place) return evidence.place.key > place.key
  return evidence.count > otherCount
}
