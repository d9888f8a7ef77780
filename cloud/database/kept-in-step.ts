import type { JournalEntry } from '../journal/journal.ts'
import type { Projection } from '../journal/projection.ts'

/** A projection whose state is in memory as well as in its file. */
export interface InStep<Changes> {
  /** As the file says. */
  readonly offset: number
  /** Takes the memory back to what the file says. */
  reload(): void
  /** Applies entries to the memory. */
  fold(entries: readonly JournalEntry[]): Changes
  /** Writes what changed, and the offset, in one transaction. */
  save(changes: Changes, offset: number): void
  /** After the commit. */
  tell(changes: Changes): void
}

/**
 * Keeps memory and file in step: fold, commit, then tell. What a fold or a commit that failed left in memory is thrown
 * away before the next one; entries behind the offset change nothing.
 */
export function keptInStep<Changes>(steps: InStep<Changes>): Pick<Projection, 'offset' | 'apply' | 'skip'> {
  let { offset } = steps
  let isAhead = false

  const commit = (entries: readonly JournalEntry[], to: number): void => {
    if (isAhead) steps.reload()
    isAhead = true
    const changes = steps.fold(entries.filter((entry) => entry.offset > offset))
    steps.save(changes, to)
    isAhead = false
    offset = to
    steps.tell(changes)
  }

  return {
    get offset() {
      return offset
    },
    apply: async (entries, signal) => {
      signal.throwIfAborted()
      const last = entries.at(-1)
      if (last !== undefined && last.offset > offset) commit(entries, last.offset)
    },
    skip: async (to) => {
      if (to > offset) commit([], to)
    },
  }
}
