import type { Spool, SpoolRecord } from '../../edge/spool/spool.ts'

/** The appending half of a spool, in memory; `fail` makes the next appends reject. */
export interface MemorySpool extends Pick<Spool, 'append'> {
  readonly records: SpoolRecord[]
  readonly appends: number[]
  /** Called before every append; what it throws is what `append` rejects with. */
  fail: ((records: readonly SpoolRecord[]) => void) | undefined
}

export function memorySpool(): MemorySpool {
  const records: SpoolRecord[] = []
  const appends: number[] = []
  return {
    records,
    appends,
    fail: undefined,
    async append(added) {
      this.fail?.(added)
      const first = records.length + 1
      // As on disk: later changes of the object do not reach what is stored.
      for (const record of added) records.push(structuredClone(record))
      appends.push(added.length)
      return first
    },
  }
}
