import type { Findings } from './advance.ts'
import { countConclusion, rebook } from './book.ts'
import { takeCarried } from './carried.ts'
import type { TrackedItem } from './item.ts'
import type { Kept } from './refold.ts'
import { type Changes, type InventoryState, noteItem, type Origin } from './state.ts'
import { carriedTo, openLedgers } from './unit-ledgers.ts'
import { markStale, watch } from './weigh.ts'

/**
 * Takes what is packed on units to where these have gone with this commit, within its transaction and after its rows
 * were written. What is newer already has to be folded anew.
 */
export function carry(state: InventoryState, kept: Kept, origin: Origin, changes: Changes): void {
  const due = dueIn(state, changes)
  if (due.size === 0) return
  const ledgers = openLedgers(state, kept)
  for (const [item, from] of due) {
    const found: Findings = { conclusions: [], bases: [] }
    const before = item.place
    const own = ledgers.of(item, Number.POSITIVE_INFINITY, found)
    for (const carried of carriedTo(state, ledgers, item, from)) {
      // Of one instant with what is folded already: another word of the unit may have stood there.
      const isNewer = item.staleFrom === 0 && carried.stop.at > item.foldedAt
      if (isNewer && takeCarried(state, item, carried, own, found) === 'taken') continue
      markStale(state, item, carried.stop.at, changes)
      break
    }
    for (const conclusion of found.conclusions) {
      kept.ledger.add({
        ...conclusion,
        offset: origin.offset,
        recordedAt: origin.recordedAt,
        late: false,
        revokes: null,
      })
      countConclusion(state, conclusion, 1, changes)
    }
    kept.bases.add(found.bases)
    rebook(state, before, item.place, changes)
    watch(state, item, state.now)
    noteItem(changes, item)
  }
}

/** Items, and since when there is news of what they are packed on. */
function dueIn(state: InventoryState, changes: Changes): ReadonlyMap<TrackedItem, number> {
  const due = new Map<TrackedItem, number>()
  const note = (item: TrackedItem, at: number) => due.set(item, Math.min(at, due.get(item) ?? at))
  for (const { child, at, act } of changes.packings) {
    const item = state.byEpc.get(child)
    if (item === undefined || act === 'reject') continue
    // Who was taken off, or is on another unit since, may have been carried after that.
    if (act === 'delete' || state.packs.packingsOf(item).length > 1) markStale(state, item, at, changes)
    else note(item, at)
  }
  for (const row of changes.ledger) {
    const unit = state.items[row.item - 1]
    for (const child of state.packs.everOn(unit?.epc ?? '')) note(child, row.at)
  }
  return due
}
