import type { ThresholdRule } from '../../shared/rule.ts'

/** What a threshold rule remembers of one sensor. JSON-safe. */
export interface Watch {
  /** Event time of the first value of the present excursion; null = within the limit. */
  sinceAt: number | null
  /** Identity of the record that began it. */
  trigger: string
  /** The newest value. */
  value: number
  raised: boolean
}

export function unwatched(): Watch {
  return { sinceAt: null, trigger: '', value: 0, raised: false }
}

export type Turn = 'raise' | 'clear' | undefined

/**
 * One newer value. An excursion begins beyond the limit and ends at the clear level; between the two it goes on if it
 * was on, so noise around the limit is one excursion. It is raised once it has lasted for the on-delay.
 */
export function watchValue(watch: Watch, rule: ThresholdRule, at: number, value: number, trigger: string): Turn {
  watch.value = value
  if (watch.sinceAt === null) {
    if (!isBeyond(rule, value)) return undefined
    watch.sinceAt = at
    watch.trigger = trigger
  } else if (hasCleared(rule, value)) {
    // What lasted for the whole delay and ended between two values was an excursion none the less, but it is over.
    const wasRaised = watch.raised
    watch.sinceAt = null
    watch.raised = false
    return wasRaised ? 'clear' : undefined
  }
  return watchTime(watch, rule, at)
}

/** Time went on to `now` without a newer value; nobody watched it before `watchedFrom`. */
export function watchTime(watch: Watch, rule: ThresholdRule, now: number, watchedFrom = 0): Turn {
  if (watch.raised || watch.sinceAt === null) return undefined
  if (now - Math.max(watch.sinceAt, watchedFrom) < rule.onDelayMs) return undefined
  watch.raised = true
  return 'raise'
}

function isBeyond(rule: ThresholdRule, value: number): boolean {
  return rule.direction === 'above' ? value > rule.limit : value < rule.limit
}

function hasCleared(rule: ThresholdRule, value: number): boolean {
  // A clear level on the wrong side of the limit would never clear, or clear at once: then the limit itself counts.
  return rule.direction === 'above'
    ? value <= Math.min(rule.clearAt, rule.limit)
    : value >= Math.max(rule.clearAt, rule.limit)
}
