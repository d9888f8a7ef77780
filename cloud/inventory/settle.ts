import type { JournalEntry } from '../journal/journal.ts'
import { isOwnKind } from '../journal/own-record.ts'
import { carry } from './carry.ts'
import { markDoubtful } from './doubt.ts'
import type { PackingRows } from './packing-rows.ts'
import { type Kept, refold } from './refold.ts'
import type { Changes, InventoryState } from './state.ts'
import type { UntaggedRows } from './untagged-rows.ts'

/** What is on disk of items, and how what waits to be is brought there. */
export interface Keeping extends Kept {
  readonly packings: PackingRows
  readonly untagged: UntaggedRows
  /** Writes `Changes.learned`. */
  keepEvidence(): void
}

/**
 * What follows from an entry that was folded, within the transaction that is about it: its rows are written, what is
 * packed on units goes with these, and with a tick what came too late is folded anew. All of it stands where the
 * journal says, so however entries are bundled, live or in a rebuild, the ledger has the same rows in the same order.
 */
export function settle(state: InventoryState, kept: Keeping, entry: JournalEntry, changes: Changes): void {
  for (const row of changes.ledger) kept.ledger.add(row)
  kept.bases.add(changes.bases)
  kept.packings.add(changes.packings)
  kept.untagged.add(changes.untagged)
  markDoubtful(state, changes.doubts, kept.ledger, changes)
  carry(state, kept, entry, changes)
  for (const written of [changes.ledger, changes.bases, changes.packings, changes.untagged, changes.doubts])
    written.length = 0
  if (state.stale.size === 0 || !isTick(entry)) return
  kept.keepEvidence()
  refold(state, kept, entry, changes)
}

function isTick(entry: JournalEntry): boolean {
  return entry.origin === 'cloud' && entry.records.some((record) => isOwnKind(record, 'tick'))
}
