import type { JournalEntry } from '../journal/journal.ts'
import { foldGateway } from './fold-gateway.ts'
import { foldOwn } from './fold-own.ts'
import type { Changes, InventoryState } from './state.ts'

/**
 * Folds a journal entry into the state, in place, and notes what changed. Depends on nothing but state and entry.
 * What comes too late to be folded in order marks its item, which is then folded anew (`settle.ts`).
 */
export function fold(state: InventoryState, entry: JournalEntry, changes: Changes): void {
  if (entry.origin === 'gateway') foldGateway(state, entry, changes)
  else foldOwn(state, entry, changes)
}
