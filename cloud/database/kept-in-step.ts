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
  /** Writes all that changed since the last time, and the offset, in one transaction. */
  save(changes: Changes, offset: number): void
  /** After the commit. */
  tell(changes: Changes): void
  /**
   * Nobody is told anything of these changes, so they may be written with the next ones that somebody is. The journal
   * has a tick every second, which never waits: so much of it, at most, is folded anew after a crash.
   */
  mayWait?(changes: Changes, entries: readonly JournalEntry[]): boolean
}

/**
 * Keeps memory and file in step: fold, commit, then tell. What a fold or a commit that failed left in memory is thrown
 * away, and `offset` goes back to what the file says; until the next commit nothing waits then, so that an entry that
 * cannot be applied is found in the same way as ever. Entries behind the offset change nothing.
 */
export function keptInStep<Changes>(steps: InStep<Changes>): Pick<Projection, 'offset' | 'apply' | 'skip'> & {
  /** Writes what waits. Before the file is closed. */
  flush(): void
} {
  let saved = steps.offset
  let offset = saved
  let mayWait = true
  /** What failed left something in memory that is not in the file. */
  let isDirty = false

  function commit(entries: readonly JournalEntry[], to: number): void {
    if (isDirty) steps.reload()
    isDirty = true
    try {
      const fresh = entries.filter((entry) => entry.offset > offset)
      const changes = steps.fold(fresh)
      if (mayWait && steps.mayWait?.(changes, fresh) === true) {
        offset = to
        isDirty = false
        return
      }
      steps.save(changes, to)
      saved = to
      offset = to
      mayWait = true
      isDirty = false
      steps.tell(changes)
    } catch (thrown) {
      offset = saved
      mayWait = false
      throw thrown
    }
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
      if (to <= offset) return
      mayWait = false
      commit([], to)
    },
    flush: () => {
      if (offset === saved) return
      mayWait = false
      commit([], offset)
    },
  }
}
