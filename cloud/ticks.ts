import type { Clock } from '../shared/clock.ts'
import type { Journal } from './journal/journal.ts'

export interface Ticks {
  stop(): void
}

const everyMs = 1000
const lookEveryMs = 100

/**
 * Journals the time once a second, and when something waits for an instant between: the only clock that projections
 * know. `awaited`: Unix ms of the next such instant, looked at ten times a second. A tick that cannot be written is let
 * go, the next one says all that it would have said.
 */
export function startTicks(
  journal: Pick<Journal, 'appendOwn'>,
  clock: Clock,
  awaited: () => number | undefined,
): Ticks {
  let writing = false
  let tickedAt = clock.monotonicMs()
  let told = Number.NEGATIVE_INFINITY
  const timer = setInterval(() => {
    const now = clock.now()
    const sinceMs = clock.monotonicMs() - tickedAt
    // Half a look early is better than half a look late.
    const isDue = sinceMs > everyMs - lookEveryMs / 2 || isAwaited(awaited(), now)
    if (writing || !isDue) return
    writing = true
    told = now
    tickedAt = clock.monotonicMs()
    journal
      .appendOwn(undefined, [{ kind: 'tick', at: now }])
      .catch(() => undefined)
      .finally(() => {
        writing = false
      })
  }, lookEveryMs)

  /** Once: a projection that stands still is not told the same instant again and again. */
  function isAwaited(at: number | undefined, now: number): boolean {
    return at !== undefined && at <= now && at > told
  }
  return { stop: () => clearInterval(timer) }
}
