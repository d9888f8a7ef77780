import type { JournalEntry } from '../journal/journal.ts'
import { foldGateway } from './fold-gateway.ts'
import { foldOwn } from './fold-own.ts'
import type { Changes, InventoryState } from './state.ts'

/**
 * Folds journal entries into the state, in place, and notes what changed. Depends on nothing but state and entries.
 * What comes too late to be folded in order marks its item, which is then folded anew (`refold.ts`).
 */
export function fold(state: InventoryState, entries: readonly JournalEntry[], changes: Changes): void {
  for (const entry of entries) {
    changes.origin = entry
    if (entry.origin === 'gateway') foldGateway(state, entry, changes)
    else foldOwn(state, entry, changes)
  }
}
