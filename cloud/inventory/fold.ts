import type { JournalEntry } from '../journal/journal.ts'
import { foldGateway } from './fold-gateway.ts'
import { foldOwn } from './fold-own.ts'
import type { Changes, InventoryState } from './state.ts'

/**
 * Folds journal entries into the state, in place, and notes what changed. Depends on nothing but state and entries.
 * Newest evidence wins; whatever the order of gateway entries, items end up in the same places.
 */
export function fold(state: InventoryState, entries: readonly JournalEntry[], changes: Changes): void {
  for (const entry of entries) {
    if (entry.origin === 'gateway') foldGateway(state, entry, changes)
    else foldOwn(state, entry, changes)
  }
}
