import type { Departure } from '../location/absence.ts'
import type { Evidence } from '../location/evidence.ts'
import { isWord, signOf } from '../location/finding.ts'
import { lostBy } from '../location/lose.ts'
import type { Place } from '../location/place.ts'
import { foldSign, settleAs, take, view } from '../location/recent.ts'
import { forget, placeHeard, sinceHeard, type Track, trackCells } from '../location/track.ts'
import { baseOf } from './base.ts'
import type { TrackedItem } from './item.ts'
import { inEnglish, whyOf, whyOfSilence } from './reason.ts'
import { stand, support } from './seen.ts'
import type { Base, Conclusion, InventoryState, LedgerKind } from './state.ts'

/** What folding found out, in the order of event time. */
export interface Findings {
  readonly conclusions: Conclusion[]
  readonly bases: Base[]
}

/**
 * late: it was not folded, for it is older than what the track remembers in order. seen: it is where it was, and
 * `seeAgain` would have left the same behind.
 */
export type Advance = 'late' | 'seen' | 'changed'

const hourMs = 3_600_000
const scratch: Track = { cells: new Float64Array(trackCells), start: 0 }

/**
 * Folds one piece of evidence into the track of an item and into what stock concludes. Whoever folds the same evidence
 * in the order of `inOrder` finds the same, whether it is folded as it comes or years later.
 */
export function advance(state: InventoryState, item: TrackedItem, evidence: Evidence, found: Findings): Advance {
  const sign = signOf(evidence)
  if (sign === undefined) return 'seen'
  const { at } = evidence
  if (hourOf(at) < hourOf(item.foldedAt)) return 'late'
  const track = state.tracks.of(item.id)
  const settledSince = sinceHeard(track)
  const order = take(track, sign, scratch, state.ground, state.profiles.of(item))
  if (order === 'late') return 'late'
  // Of readings folded for good one may have been the first after a silence: how long that lasted is known now.
  const isSeen = sinceHeard(track) === settledSince
  if (order === 'among') {
    support(item, evidence)
    return isSeen ? 'seen' : 'changed'
  }

  const concluded = found.conclusions.length
  lose(item, lostBy(scratch, at, state.ground, state.profiles.of(item)), scratch, found)
  remember(item, at, scratch, found)
  foldSign(scratch, sign, state.ground, state.profiles.of(item))
  item.foldedAt = Math.max(item.foldedAt, at)
  const before = item.place
  const after = placeAfter(state, before, evidence)
  if (after !== before) {
    item.place = after
    item.since = after?.departed === true ? at : sinceHeard(scratch)
  } else if (!isWord(evidence)) {
    support(item, evidence)
    return isSeen && found.conclusions.length === concluded ? 'seen' : 'changed'
  }
  stand(item, evidence)
  const isScanned = evidence.basis === 'scan' || evidence.basis === 'pick'
  if (after !== before || isScanned) {
    const kind = isScanned || after === null ? 'scanned' : kindOf(before, after, evidence)
    const readPoint = evidence.readPoint === '' ? null : evidence.readPoint
    const parent = evidence.carriedBy ?? null
    const why = inEnglish([whyOf(evidence)])
    const row = { item: item.id, at, kind, from: before, to: after, readPoint, lastReadAt: null }
    found.conclusions.push({ ...row, parent, why })
  }
  return 'changed'
}

/** Whether the item was silent for too long by `now`; then it is lost. */
export function judgeSilence(state: InventoryState, item: TrackedItem, now: number, found: Findings): boolean {
  const departure = silentBy(state, item, now)
  if (departure === undefined) return false
  lose(item, departure, scratch, found)
  settleAs(state.tracks.of(item.id), scratch)
  return true
}

/** Whether the item was silent for too long by `now`, and since when. */
export function silentBy(state: InventoryState, item: TrackedItem, now: number): Departure | undefined {
  view(state.tracks.of(item.id), scratch, state.ground, state.profiles.of(item))
  return lostBy(scratch, now, state.ground, state.profiles.of(item))
}

/** The logistic unit is lost, and nothing but that told where the item was. */
export function loseWith(
  state: InventoryState,
  item: TrackedItem,
  departure: Departure,
  parent: string,
  found: Findings,
): void {
  view(state.tracks.of(item.id), scratch, state.ground, state.profiles.of(item))
  lose(item, departure, scratch, found, parent)
  settleAs(state.tracks.of(item.id), scratch)
}

function lose(
  item: TrackedItem,
  departure: Departure | undefined,
  track: Track,
  found: Findings,
  parent: string | null = null,
): void {
  if (departure === undefined) return
  const { lastReadAt, decidedAt } = departure
  remember(item, decidedAt, track, found)
  forget(track, decidedAt)
  const why = inEnglish([parent === null ? whyOfSilence(departure) : { code: 'unit-not-read', unit: parent }])
  const row = { item: item.id, at: decidedAt, kind: 'lost', from: item.place, to: null, readPoint: null } as const
  found.conclusions.push({ ...row, lastReadAt, parent, why })
  item.place = null
  item.since = decidedAt
  item.lostAt = decidedAt
  item.foldedAt = Math.max(item.foldedAt, decidedAt)
  item.basis = 'unplaced'
  item.count = 0
  item.sureness = 0
  item.decidedAt = 0
}

/** An hour began: what is known as of its beginning is kept. */
function remember(item: TrackedItem, at: number, track: Track, found: Findings): void {
  if (item.foldedAt > 0 && hourOf(at) > hourOf(item.foldedAt)) found.bases.push(baseOf(item, hourOf(at), track))
}

function placeAfter(state: InventoryState, before: Place | null, evidence: Evidence): Place | null {
  const id = placeHeard(scratch)
  if (id !== 0) return state.places.byId(id) ?? null
  if (isWord(evidence)) return evidence.place
  return before?.departed === true ? before : null
}

/** Gates see what comes in. A tag never seen before that turns up on a shelf was found there. */
function kindOf(before: Place | null, after: Place, { basis, cameIn }: Evidence): LedgerKind {
  if (after.departed) return 'departed'
  if (before === null) return basis === 'gate' || basis === 'passage' || cameIn === true ? 'arrived' : 'observed'
  return before.departed || before.site !== after.site ? 'arrived' : 'moved'
}

/** Hours since 1970, UTC. */
export function hourOf(at: number): number {
  return Math.floor(at / hourMs)
}
