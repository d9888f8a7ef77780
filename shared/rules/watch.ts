import type { Worst } from './worst.ts'

/** What a condition says of one value: it holds, it does not, or neither (between the limit and the clear level). */
export type Level = 'beyond' | 'between' | 'within'

export interface Delays {
  readonly onDelayMs: number
  readonly offDelayMs?: number | undefined
}

/** What a rule remembers of one sensor. JSON-safe. */
export interface Watch {
  /** Event time of the first value of the present excursion; null = within the limit. */
  sinceAt: number | null
  /** Identity of the record that began it. */
  trigger: string
  /** The newest value. */
  value: number
  raised: boolean
  /** While it is raised and waits for the off-delay: event time of the first value that is within again. */
  withinAt?: number | undefined
  /** What the condition itself remembers of older values. */
  memory?: number[] | undefined
  /** It was found in late data: it rings when it is found, not when it began. */
  wasLate?: true | undefined
  /** Of the present excursion until it is raised; the alert goes on with it. */
  worst?: Worst | undefined
}

export function unwatched(): Watch {
  return { sinceAt: null, trigger: '', value: 0, raised: false }
}

export type Turn = 'raise' | 'clear' | undefined

/**
 * One newer value. An excursion begins beyond the limit and ends at the clear level; between the two it goes on if it
 * was on, so noise around the limit is one excursion. It is raised once it has lasted for the on-delay.
 */
export function watchLevel(
  watch: Watch,
  delays: Delays,
  at: number,
  value: number,
  level: Level,
  trigger: string,
): Turn {
  watch.value = value
  if (watch.sinceAt === null) {
    if (level !== 'beyond') return undefined
    watch.sinceAt = at
    watch.trigger = trigger
    watch.worst = undefined
  } else if (level === 'within') {
    // What lasted for the whole delay and ended between two values was an excursion none the less, but it is over.
    if (watch.raised && at - (watch.withinAt ?? at) < (delays.offDelayMs ?? 0)) {
      watch.withinAt ??= at
      return undefined
    }
    return endOf(watch)
  }
  watch.withinAt = undefined
  return watchTime(watch, delays, at)
}

/** Time went on to `now` without a newer value; nobody watched it before `watchedFrom`. */
export function watchTime(watch: Watch, { onDelayMs, offDelayMs = 0 }: Delays, now: number, watchedFrom = 0): Turn {
  if (watch.sinceAt === null) return undefined
  if (watch.withinAt !== undefined && now - Math.max(watch.withinAt, watchedFrom) >= offDelayMs) return endOf(watch)
  if (watch.raised || now - Math.max(watch.sinceAt, watchedFrom) < onDelayMs) return undefined
  watch.raised = true
  return 'raise'
}

function endOf(watch: Watch): Turn {
  const wasRaised = watch.raised
  watch.sinceAt = null
  watch.raised = false
  watch.withinAt = undefined
  watch.wasLate = undefined
  return wasRaised ? 'clear' : undefined
}
