import type { Evidence } from '../location/evidence.ts'
import { defaultProfile as profile } from '../location/profile.ts'
import { advance, type Findings, judgeSilence, silentBy } from './advance.ts'
import { countConclusion, rebook, touchSlot } from './book.ts'
import { stepMs } from './deadlines.ts'
import type { TrackedItem } from './item.ts'
import { see } from './seen.ts'
import { type Changes, type InventoryState, noteItem, type Origin } from './state.ts'

/** What is recorded so long after it happened is history, and moves no stock. */
export const tooLateMs = 7 * 86_400_000
/** What is on its way from a healthy reader is awaited before an item is called lost. */
export const graceMs = 10_000

/** Keeps one piece of evidence for an item, weighs it, and books what follows: slot counts, ledger, counters of the day. */
export function weigh(
  state: InventoryState,
  item: TrackedItem,
  evidence: Evidence,
  origin: Origin,
  changes: Changes,
): void {
  book(state, item, evidence, origin, changes)
  noteItem(changes, item)
}

/** The same for evidence that came with new tag reads, counted already: of what is only seen again that is enough. */
export function weighReads(
  state: InventoryState,
  item: TrackedItem,
  evidence: Evidence,
  origin: Origin,
  changes: Changes,
): void {
  if (!book(state, item, evidence, origin, changes)) noteItem(changes, item)
}

/** All of it since this instant has to be folded anew. */
export function markStale(state: InventoryState, item: TrackedItem, from: number, changes: Changes): void {
  item.staleFrom = item.staleFrom === 0 ? Math.max(1, from) : Math.min(item.staleFrom, Math.max(1, from))
  state.stale.add(item)
  noteItem(changes, item)
}

/** Event time up to which silence can be judged with a tick: to the steps of `deadlines`, whatever ticks there are. */
export function judgedToBy(now: number): number {
  return Math.floor(now / stepMs) * stepMs - graceMs
}

/** What was not read for too long by `now` is lost; what may be soon is looked at again. */
export function judgeDue(state: InventoryState, now: number, origin: Origin, changes: Changes): void {
  state.judgedTo = judgedToBy(now)
  for (const item of state.deadlines.due(now)) {
    const before = item.place
    if (before === null || before.departed || item.staleFrom !== 0) continue
    if (state.packs.hasPacked(item)) {
      const silent = silentBy(state, item, state.judgedTo)
      if (silent === undefined) watch(state, item, now)
      else markStale(state, item, silent.decidedAt, changes)
      continue
    }
    if (judgeSilence(state, item, state.judgedTo, scratch)) {
      settleFindings(state, before, item, origin, changes)
      noteItem(changes, item)
    } else watch(state, item, now)
  }
}

/**
 * Its silence is watched from now on, if it is anywhere: looked at when its time will be over, and once a minute, for
 * its mean gap may have become shorter or a reader well again. So it is found lost with one and the same tick whenever
 * it was looked at before.
 */
export function watch(state: InventoryState, item: TrackedItem, now: number): void {
  if (item.isWatched || item.place === null || item.place.departed) return
  const departure = silentBy(state, item, Number.POSITIVE_INFINITY)
  const overAt = departure === undefined ? Number.POSITIVE_INFINITY : departure.decidedAt + graceMs
  state.deadlines.watch(item, Math.min(overAt, Math.max(now, item.lastSeenAt) + profile.absentLeastMs))
}

/** The same for all that is found in the file: none is over before this, and more is known when it is looked at. */
export function watchLoaded(state: InventoryState, item: TrackedItem): void {
  if (item.place === null || item.place.departed) return
  state.deadlines.watch(item, Math.max(state.now, item.foldedAt + profile.absentLeastMs + graceMs))
}

const scratch: Findings = { conclusions: [], bases: [] }

/** Returns whether `seeAgain` makes the same of it. */
function book(state: InventoryState, item: TrackedItem, evidence: Evidence, origin: Origin, changes: Changes): boolean {
  const isTooLate = origin.recordedAt - evidence.at > tooLateMs
  const exact = exactly(evidence)
  changes.learned.add(item.id, exact, isTooLate)
  see(item, exact)
  if (exact.place.slot !== null) touchSlot(state, exact.place, exact.at, changes)
  if (isTooLate) return true
  const isSilent = state.packs.hasPacked(item) && silentBy(state, item, exact.at) !== undefined
  if (item.staleFrom !== 0 || isSilent) {
    // What is packed on a unit is not lost for its own silence: only who reads the ledger of the unit can tell.
    markStale(state, item, exact.at, changes)
    return false
  }
  const before = item.place
  const advanced = advance(state, item, exact, scratch)
  if (advanced === 'late') {
    markStale(state, item, exact.at, changes)
    return false
  }
  if (scratch.conclusions.length + scratch.bases.length > 0) settleFindings(state, before, item, origin, changes)
  if (!item.isWatched) watch(state, item, state.now)
  return advanced === 'seen'
}

function settleFindings(
  state: InventoryState,
  before: TrackedItem['place'],
  item: TrackedItem,
  { offset, recordedAt }: Origin,
  changes: Changes,
): void {
  for (const conclusion of scratch.conclusions) {
    changes.ledger.push({ ...conclusion, offset, recordedAt, late: false, revokes: null })
    countConclusion(state, conclusion, 1, changes)
  }
  for (const base of scratch.bases) changes.bases.push(base)
  scratch.conclusions.length = 0
  scratch.bases.length = 0
  rebook(state, before, item.place, changes)
}

/** To the digits that are kept, so that whoever folds it anew finds the same. */
function exactly(evidence: Evidence): Evidence {
  const { peakRssiDbm, sureness } = evidence
  const level = peakRssiDbm === undefined ? undefined : Math.round(peakRssiDbm * 100) / 100
  const share = Math.round(sureness * 1000) / 1000
  if (level === peakRssiDbm && share === sureness) return evidence
  return { ...evidence, peakRssiDbm: level, sureness: share }
}
