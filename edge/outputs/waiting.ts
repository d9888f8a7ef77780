import type { EdgeAlert } from '../../shared/record.ts'
import { keyOf } from './output.ts'

/** States that an output has still to show, one for each rule and subject, oldest first. */
export interface WaitingStates {
  readonly size: number
  /** Puts a state at the end. Says what had to go for it: an older state of the same, or, beyond `most`, the oldest of all. */
  put(record: EdgeAlert): 'replaced' | 'dropped' | undefined
  /** The oldest, which is the taker's now. */
  take(): EdgeAlert | undefined
}

export function waitingStates(most: number): WaitingStates {
  const waiting = new Map<string, EdgeAlert>()
  const takeOldest = () => {
    for (const [key, record] of waiting) {
      waiting.delete(key)
      return record
    }
    return undefined
  }
  return {
    get size() {
      return waiting.size
    },
    put(record) {
      const replaced = waiting.delete(keyOf(record))
      const dropped = waiting.size >= most && takeOldest() !== undefined
      waiting.set(keyOf(record), record)
      return replaced ? 'replaced' : dropped ? 'dropped' : undefined
    },
    take: takeOldest,
  }
}
