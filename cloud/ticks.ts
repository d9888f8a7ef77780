import type { Clock } from '../shared/clock.ts'
import type { Journal } from './journal/journal.ts'

export interface Ticks {
  stop(): void
}

/**
 * Journals the time once a second: the only clock that projections know. A tick that cannot be written is let go, the
 * next one says all that it would have said.
 */
export function startTicks(journal: Journal, clock: Clock, everyMs = 1000): Ticks {
  let writing = false
  const timer = setInterval(() => {
    if (writing) return
    writing = true
    journal
      .appendOwn(undefined, [{ kind: 'tick', at: clock.now() }])
      .catch(() => undefined)
      .finally(() => {
        writing = false
      })
  }, everyMs)
  return { stop: () => clearInterval(timer) }
}
